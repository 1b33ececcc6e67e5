import type { JobFacts } from '../engine/video/types';
import { ABANDONED_QUEUE_JOBS, MS_PER_S, QUEUES_FRESH_MS } from './constants';
import type { TrackerContext } from './context';

/** Why a job seems to be gone. */
export type Omen = 'overtaken' | 'unknown';

/** How often a job was found so, and when last. */
export interface Strikes {
	jobKey: string;
	attempt: number;
	omen: Omen;
	count: number;
	atMs: number;
}

/** When the latest submitted job of each queue that has ended was submitted, as of a moment. */
export interface QueueEnds {
	readAtMs: number;
	/** Queue → ms since the epoch. */
	submittedMs: Map<string, number>;
}

function strikeKey(job: JobFacts, omen: Omen): string {
	return `${job.jobKey}|${job.attempt}|${omen}`;
}

/**
 * Counts that a job seems to be gone. Two findings prove it when an interval lies between them: at one moment a service
 * may be wrong about itself.
 *
 * @returns how many findings count by now
 */
export function strike(context: TrackerContext, job: JobFacts, omen: Omen): number {
	const { strikes } = context.memory;
	const nowMs = context.clock.now();
	const key = strikeKey(job, omen);
	const before = strikes.get(key);
	const apartMs = (context.settings.tickS * MS_PER_S) / 2;
	if (before && nowMs - before.atMs < apartMs) return before.count;
	const count = (before?.count ?? 0) + 1;
	strikes.set(key, { jobKey: job.jobKey, attempt: job.attempt, omen, count, atMs: nowMs });
	return count;
}

/** Forgets what was counted of a job: it was seen alive. */
export function clearStrikes(context: TrackerContext, job: JobFacts): void {
	context.memory.strikes.delete(strikeKey(job, 'overtaken'));
	context.memory.strikes.delete(strikeKey(job, 'unknown'));
}

/** Forgets what was counted of attempts that are no longer under way. */
export function forgetStrikes(context: TrackerContext, open: ReadonlySet<string>): void {
	for (const [key, { jobKey, attempt }] of context.memory.strikes) {
		if (!open.has(`${jobKey}|${attempt}`)) context.memory.strikes.delete(key);
	}
}

/** Goes through all jobs once for all looks of a tick, instead of once for each. */
function queueEnds(context: TrackerContext): Map<string, number> {
	const nowMs = context.clock.now();
	const known = context.memory.queueEnds;
	if (known && nowMs - known.readAtMs < QUEUES_FRESH_MS) return known.submittedMs;
	const submittedMs = new Map<string, number>();
	for (const { snapshot } of context.cache.all()) {
		for (const { queueId, status, submittedAtMs } of snapshot.jobs) {
			if (queueId === undefined || submittedAtMs === undefined || status !== 'completed') continue;
			submittedMs.set(queueId, Math.max(submittedMs.get(queueId) ?? 0, submittedAtMs));
		}
	}
	context.memory.queueEnds = { readAtMs: nowMs, submittedMs };
	return submittedMs;
}

/** True when a job that was submitted later to the same queue has ended: NCA's queues are first in, first out. */
export function isOvertaken(context: TrackerContext, { queueId, submittedAtMs }: JobFacts): boolean {
	if (queueId === undefined || submittedAtMs === undefined) return false;
	return (queueEnds(context).get(queueId) ?? 0) > submittedAtMs;
}

/**
 * True when so many jobs were submitted later that some of them would have come to this job's queue, and none did: the
 * toolkit was restarted, and its new processes have queues of their own. Its record of the job says "queued" for ever.
 */
export function isAbandoned(context: TrackerContext, { queueId, submittedAtMs }: JobFacts): boolean {
	if (queueId === undefined || submittedAtMs === undefined) return false;
	let elsewhere = 0;
	for (const { snapshot } of context.cache.all()) {
		for (const other of snapshot.jobs) {
			if (other.queueId === undefined || (other.submittedAtMs ?? 0) <= submittedAtMs) continue;
			if (other.queueId === queueId) return false;
			elsewhere += 1;
		}
	}
	return elsewhere >= ABANDONED_QUEUE_JOBS;
}
