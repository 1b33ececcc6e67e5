import { ok, refuse, type Result } from '../result';
import { dependentsOf } from './graph';
import { resetJob, skipJob } from './lifecycle';
import type { JobFacts, VideoSnapshot } from './types';

/** Steps without which a film is still a film: then the concatenated one is the final one. */
const OF_MUSIC: ReadonlyArray<JobFacts['step']> = ['music', 'mix'];

/** What is skipped together with a job: the whole segment, or the music and its mixing. */
function companionsOf(snapshot: VideoSnapshot, job: JobFacts): JobFacts[] {
	if (job.order !== undefined) return snapshot.jobs.filter((other) => other.order === job.order);
	return OF_MUSIC.includes(job.step) ? snapshot.jobs.filter((other) => OF_MUSIC.includes(other.step)) : [job];
}

function refuseToSkip(snapshot: VideoSnapshot, named: JobFacts[]): Result<never> | undefined {
	if (named.some((job) => job.step === 'concatenate')) {
		const words = 'A film can’t do without "concatenate". Skip a segment or the music, or cancel the video.';
		return refuse('cannot_skip', words, 'target');
	}
	if (named.every((job) => job.skipped)) return refuse('nothing_to_skip', 'This was skipped before.', 'target');
	const leftOut = new Set(named.map((job) => job.order));
	const remains = snapshot.jobs.some((job) => job.step === 'combine' && !job.skipped && !leftOut.has(job.order));
	if (remains || named.every((job) => job.order === undefined)) return undefined;
	return refuse('cannot_skip', 'At least one segment must remain. Cancel the video instead.', 'target');
}

/**
 * Leaves steps out of a video: a segment (or any job of it) leaves the concatenation; without music or mix, the
 * concatenated film becomes the final one. What depends on them runs anew where it had begun.
 *
 * @returns the changed jobs; refused with `cannot_skip` or `nothing_to_skip`
 */
export function skipJobs(snapshot: VideoSnapshot, named: JobFacts[], nowMs: number): Result<JobFacts[]> {
	const refusal = refuseToSkip(snapshot, named);
	if (refusal) return refusal;
	const changed = new Map<string, JobFacts>();
	for (const job of named.flatMap((root) => companionsOf(snapshot, root))) {
		// The mix stays: it takes the concatenated film as its own.
		const isEnd = job.step === 'mix';
		changed.set(job.jobKey, isEnd ? { ...resetJob(job, nowMs, 'skipped'), skipped: true } : skipJob(job, nowMs));
	}
	for (const root of named) {
		for (const job of dependentsOf(snapshot, root)) {
			const hasBegun = job.status !== 'pending' || job.nextCheckAtMs !== undefined;
			if (!changed.has(job.jobKey) && hasBegun) changed.set(job.jobKey, resetDependent(job, nowMs));
		}
	}
	return ok([...changed.values()]);
}

/** A job that runs anew without being named, for its input has changed or it had ended: it stays skipped where it was. */
export function resetDependent(job: JobFacts, nowMs: number): JobFacts {
	return { ...resetJob(job, nowMs), skipped: job.skipped };
}

/** The jobs that a person's retry of some jobs brings back: with a skipped one all that was skipped with it. */
export function withSkippedCompanions(snapshot: VideoSnapshot, jobs: JobFacts[]): JobFacts[] {
	const all = jobs.flatMap((job) => (job.skipped ? companionsOf(snapshot, job) : [job]));
	return [...new Map(all.map((job) => [job.jobKey, job])).values()];
}
