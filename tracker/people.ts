import { ok, refuse, type Result } from '../engine/result';
import { dependentsOf, videoIdOf, workOf } from '../engine/video/graph';
import { cancelJob, resetJob } from '../engine/video/lifecycle';
import { isGivenUp, projectVideo, reopened, type VideoProjection } from '../engine/video/derive';
import { inReadingOrder } from '../engine/video/planner';
import { isVideoEnded } from '../engine/video/transitions';
import { etaSeconds } from '../engine/video/progress';
import { resetDependent, skipJobs, withSkippedCompanions } from '../engine/video/skip';
import type { JobFacts } from '../engine/video/types';
import { allDurable, settleVideo, type TrackerContext } from './context';
import { expectations } from './expectations';
import { abandonAttempt } from './paidCalls';
import type { Durable, VideoEntry } from './videoCache';

/** What a person's act applies to: one job, one segment, or the whole video. */
export interface Target {
	videoId: string;
	jobKey?: string;
	/** Order of a segment. */
	segment?: number;
}

/** The target that a job key or a video id names. */
export function targetOf(idOrKey: string, segment?: number): Target {
	return idOrKey.includes('.') ? { videoId: videoIdOf(idOrKey), jobKey: idOrKey } : { videoId: idOrKey, segment };
}

function targeted(entry: VideoEntry, target: Target): JobFacts[] {
	const { jobs } = entry.snapshot;
	if (target.jobKey !== undefined) return jobs.filter((job) => job.jobKey === target.jobKey);
	if (target.segment !== undefined) return jobs.filter((job) => job.order === target.segment);
	return jobs;
}

/** What a person stops may go on at its service: its call is out of sight from now on, and may cost something. */
function withAbandonedCall(context: TrackerContext, before: JobFacts | undefined, after: JobFacts): JobFacts {
	if (before?.status !== 'processing' || after.status === 'processing') return after;
	const { actualCostUsd, paidAgain, paidHash } = abandonAttempt(context, before);
	return { ...after, actualCostUsd, paidAgain, paidHash };
}

type Work = (entry: VideoEntry, jobs: JobFacts[]) => Result<JobFacts[]>;

/** Does what a person asked for; when this resolves, it is durable. */
async function change(context: TrackerContext, target: Target, work: Work): Promise<Result<{ changed: string[] }>> {
	for (;;) {
		const made = await changeOnce(context, target, work);
		if (!made.ok) return made;
		const durable = await allDurable(made.value.writes);
		if (!durable.ok) return durable;
		if (made.value.changed) return ok({ changed: made.value.changed });
	}
}

interface Made {
	/** Keys of the changed jobs; absent where only the video left its end. */
	changed?: string[];
	writes: Durable[];
}

/**
 * One step of a person's act. A video that has ended leaves its end first, and only once that is durable its jobs
 * change: a process that ends in between leaves a video that the scan finds, never an ended one with open jobs.
 */
async function changeOnce(context: TrackerContext, target: Target, work: Work): Promise<Result<Made>> {
	return await context.locks.run(target.videoId, async (): Promise<Result<Made>> => {
		const loaded = await context.cache.load(target.videoId);
		if (!loaded.ok) return loaded;
		const entry = loaded.value;
		const jobs = targeted(entry, target);
		if (jobs.length === 0) return refuse('not_found', 'There is no such job or segment in this video.', 'target');
		if (target.segment !== undefined) {
			const refreshed = await context.cache.refreshSegments([entry]);
			if (!refreshed.ok) return refreshed;
		}
		const before = new Map(entry.snapshot.jobs.map((job) => [job.jobKey, job]));
		const hadEnded = isVideoEnded(entry.snapshot.video.status);
		const changed = work(entry, jobs);
		if (!changed.ok) return changed;
		if (hadEnded && !isVideoEnded(entry.snapshot.video.status)) {
			return ok({ writes: context.cache.writeProjections(entry, true) });
		}
		// The last step first: as long as its row says "completed", so does the video's.
		const writes = inReadingOrder(changed.value)
			.reverse()
			.map((job) => context.cache.writeJob(entry, withAbandonedCall(context, before.get(job.jobKey), job)));
		writes.push(...settleVideo(context, entry));
		return ok({ changed: changed.value.map((job) => job.jobKey), writes });
	});
}

/** True while a call is at work on just what is wanted: to begin it anew would be to pay for it twice. */
function isUnderWay({ snapshot }: VideoEntry, job: JobFacts): boolean {
	return job.status === 'processing' && workOf(snapshot, job)?.inputHash === job.inputHash;
}

/**
 * A person's retry. Of a job or segment: it and only what depends on it run anew, with the clip that is there now; a call that is
 * at work on what is wanted goes on.
 * Of a video: everything that failed or was cancelled runs anew; finished results stay.
 */
export async function retry(context: TrackerContext, target: Target): Promise<Result<{ changed: string[] }>> {
	return await change(context, target, (entry, jobs) => {
		const isWhole = target.jobKey === undefined && target.segment === undefined;
		const named = jobs.filter((job) => !isUnderWay(entry, job));
		if (!isWhole && named.length === 0)
			return refuse('job_running', 'What is named here is running: check it now, or cancel it first.', 'target');
		const ended = entry.snapshot.jobs.filter(isGivenUp);
		// What was skipped comes back when it is named, and only then.
		const wanted = isWhole ? [] : withSkippedCompanions(entry.snapshot, named);
		const roots = [...wanted, ...ended];
		if (roots.length === 0)
			return refuse('nothing_to_retry', 'Nothing of this video has failed or was cancelled.', 'target');
		const nowMs = context.clock.now();
		const affected = new Map(wanted.map((job) => [job.jobKey, resetJob(job, nowMs)]));
		for (const job of [...ended, ...roots.flatMap((root) => dependentsOf(entry.snapshot, root))]) {
			if (!affected.has(job.jobKey)) affected.set(job.jobKey, resetDependent(job, nowMs));
		}
		reopen(entry);
		return ok([...affected.values()]);
	});
}

/** Only a person's act takes a video out of its end; its state then follows from its jobs again. */
function reopen(entry: VideoEntry): void {
	entry.snapshot.video = reopened(entry.snapshot.video);
}

/**
 * A person's skip: the video does without a segment (named by its order or by any job of it), or without its music
 * (named by `music` or `mix`: then the concatenated film is the final one). What depends on it runs anew where it had
 * begun. A retry of what was skipped brings it back.
 */
export async function skip(context: TrackerContext, target: Target): Promise<Result<{ changed: string[] }>> {
	if (target.jobKey === undefined && target.segment === undefined)
		return refuse('cannot_skip', 'Name the segment or the job that the video is to do without.', 'target');
	return await change(context, target, (entry, jobs) => {
		const skipped = skipJobs(entry.snapshot, jobs, context.clock.now());
		if (skipped.ok) reopen(entry);
		return skipped;
	});
}

/** A person's cancel: what has not ended stops, late results are recorded and change nothing, and the video has failed. */
export async function cancel(context: TrackerContext, target: Target): Promise<Result<{ changed: string[] }>> {
	return await change(context, target, (_entry, jobs) => {
		const results = jobs.map((job) => cancelJob(job, context.clock.now()));
		const cancelled = results.flatMap((result) => (result.ok ? [result.value] : []));
		if (cancelled.length === 0) return refuse('nothing_to_cancel', 'Everything named here has ended.', 'target');
		return ok(
			cancelled.map((job) => ({ ...job, errorMessage: 'Cancelled by a person', completedAtMs: context.clock.now() })),
		);
	});
}

/** Lets everything of a video be looked at on the next tick, instead of when it is due. */
export async function checkNow(context: TrackerContext, target: Target): Promise<Result<{ changed: string[] }>> {
	return await change(context, target, (entry, jobs) => {
		entry.segmentsReadAtMs = 0;
		const open = jobs.filter((job) => job.status === 'processing' || job.status === 'pending');
		const nowMs = context.clock.now();
		return ok(open.map((job) => ({ ...job, nextCheckAtMs: job.status === 'processing' ? nowMs : undefined })));
	});
}

/** Where a video stands, for people and programs. */
export interface VideoState extends VideoProjection {
	/** Seconds until it is likely to be done; absent where nobody can say. */
	etaS?: number;
	videoId: string;
	title: string;
	jobs: JobFacts[];
	waitingForClip: number[];
}

function stateOf(context: TrackerContext, entry: VideoEntry): VideoState {
	const { video, segments, jobs } = entry.snapshot;
	const waitsForPerson = (order: number) =>
		jobs.some((job) => job.step === 'background' && job.order === order && job.status === 'pending');
	const waitingForClip = segments
		.filter((segment) => video.options.background.source === 'user' && !segment.clip && waitsForPerson(segment.order))
		.map((segment) => segment.order);
	const expect = expectations(context);
	return {
		...projectVideo(entry.snapshot, expect),
		etaS: etaSeconds(entry.snapshot, expect, context.clock.now(), waitingForClip),
		videoId: video.videoId,
		title: video.title,
		jobs: inReadingOrder(jobs),
		waitingForClip,
	};
}

/** Where a video stands; code `not_found` where there is none. */
export async function getStatus(context: TrackerContext, videoId: string): Promise<Result<VideoState>> {
	const loaded = await context.cache.load(videoId);
	return loaded.ok ? ok(stateOf(context, loaded.value)) : loaded;
}

/** Every video that is under way, from memory. */
export function listActive(context: TrackerContext): VideoState[] {
	return context.cache.active().map((entry) => stateOf(context, entry));
}
