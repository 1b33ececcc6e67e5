import { defaultExpectation, type Expectation, type Expectations } from '../expectations/expectations';
import { inputJobsOf } from './graph';
import { findSegment } from './lookup';
import { isVideoEnded } from './transitions';
import type { JobFacts, SegmentFacts, VideoSnapshot } from './types';

const MS_PER_S = 1000;
/** What is said to be left of a job that has lasted longer than any before it. */
const OVERDUE_LEFT_S = 10;

function lengthOf({ startS, endS }: SegmentFacts): number {
	return endS - startS;
}

/** Seconds of media that a job works on: its segment's, or the whole video's. Estimated until the voice is there. */
export function mediaSecondsOf(snapshot: VideoSnapshot, job: JobFacts): number {
	if (job.order === undefined) return snapshot.segments.reduce((sum, segment) => sum + lengthOf(segment), 0);
	const segment = findSegment(snapshot, job.order);
	return segment ? lengthOf(segment) : 0;
}

/** What is expected of a job by its step and the media that it works on. */
export function expectationOf(snapshot: VideoSnapshot, job: JobFacts, expect: Expectations): Expectation {
	return expect(job.step, mediaSecondsOf(snapshot, job));
}

/** Progress of a video, 0 to 100: finished expected work over all of it. */
export function progressOf(snapshot: VideoSnapshot, expect: Expectations = defaultExpectation): number {
	if (snapshot.video.status === 'completed') return 100;
	let total = 0;
	let done = 0;
	for (const job of snapshot.jobs) {
		if (job.skipped) continue;
		const { p50S } = expectationOf(snapshot, job, expect);
		total += p50S;
		if (job.status === 'completed') done += p50S;
	}
	return total === 0 ? 0 : Math.min(99, Math.floor((done / total) * 100));
}

/**
 * Seconds that a job under way is likely to take from now on: to the next mark that it has not passed yet. The last
 * one may lie far ahead; a job that is late is thought to take half as long again as it has taken.
 */
function leftOf({ p50S, p90S, p99S }: Expectation, elapsedS: number): number {
	const mark = [p50S, p90S].find((seconds) => seconds > elapsedS);
	if (mark !== undefined) return mark - elapsedS;
	const halfAgainS = Math.max(OVERDUE_LEFT_S, elapsedS / 2);
	return elapsedS < p99S ? Math.min(p99S - elapsedS, halfAgainS) : OVERDUE_LEFT_S;
}

/** Seconds that a job itself still needs, from the moment its inputs are there. */
function ownSecondsLeft(snapshot: VideoSnapshot, job: JobFacts, expect: Expectations, nowMs: number): number {
	if (job.status === 'completed' || job.status === 'cancelled' || job.skipped) return 0;
	const expectation = expectationOf(snapshot, job, expect);
	if (job.status !== 'processing') {
		const pauseS = ((job.nextCheckAtMs ?? nowMs) - nowMs) / MS_PER_S;
		return Math.max(0, pauseS) + expectation.p50S;
	}
	const begunMs = job.submittedAtMs ?? job.claimedAtMs ?? nowMs;
	return leftOf(expectation, Math.max(0, nowMs - begunMs) / MS_PER_S);
}

/**
 * Seconds until a video is likely to be done: the longest way through its open steps, less what has passed.
 * Undefined where nobody can say: it has ended, a step has failed, or it waits for a person or for a service.
 *
 * @param waitingForClip orders of the segments that wait for a person
 */
export function etaSeconds(
	snapshot: VideoSnapshot,
	expect: Expectations,
	nowMs: number,
	waitingForClip: number[] = [],
): number | undefined {
	const { video, jobs } = snapshot;
	const isStuck = waitingForClip.length > 0 || video.waitingFor !== undefined;
	if (isStuck || isVideoEnded(video.status) || jobs.some((job) => job.status === 'failed')) return undefined;
	const known = new Map<string, number>();
	const doneIn = (job: JobFacts): number => {
		const before = known.get(job.jobKey);
		if (before !== undefined) return before;
		const inputs = job.status === 'completed' || job.status === 'cancelled' ? [] : inputJobsOf(snapshot, job);
		const seconds = Math.max(0, ...inputs.map(doneIn)) + ownSecondsLeft(snapshot, job, expect, nowMs);
		known.set(job.jobKey, seconds);
		return seconds;
	};
	return Math.ceil(Math.max(0, ...jobs.filter((job) => job.step === 'mix').map(doneIn)));
}
