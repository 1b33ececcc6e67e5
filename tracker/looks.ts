import { hashOf } from '../engine/video/graph';
import type { JobFacts } from '../engine/video/types';
import { LOOK_PAUSE_MAX_MS, MS_PER_S } from './constants';
import type { TrackerContext } from './context';
import { forgetStrikes } from './strikes';

/** When a job is looked at again, and how often in a row its service did not answer. */
export interface LookNote {
	atMs: number;
	silences: number;
	/** True until something was heard of the last look: the service may hang, and the look with it. */
	isOpen: boolean;
}

/** A new due time of a job (a person's "check now") opens a new look. */
function lookKey(job: JobFacts): string {
	return `${job.jobKey}|${job.attempt}|${job.nextCheckAtMs}`;
}

/**
 * True when a job's time has come and nobody has looked since. What is due within half a tick is due now: otherwise a
 * job that was submitted just after a tick, and due one tick later, would wait for two.
 */
export function isDue(context: TrackerContext, job: JobFacts, nowMs: number): boolean {
	const soonMs = nowMs + (context.settings.tickS * MS_PER_S) / 2;
	const isLooked = nowMs < (context.memory.looks.get(lookKey(job))?.atMs ?? 0);
	return !isLooked && soonMs >= dueAtMs(context, job, nowMs);
}

/** A due time further ahead than we ever set one was edited: it counts as none. */
function dueAtMs(context: TrackerContext, job: JobFacts, nowMs: number): number {
	const atMs = job.nextCheckAtMs ?? 0;
	return atMs > nowMs + context.settings.tickS * MS_PER_S ? 0 : atMs;
}

/** How much longer than a tick is waited after so many silences in a row: nothing, then one tick, three, seven … */
function extraPauseMs(context: TrackerContext, silences: number): number {
	const ticks = 2 ** Math.max(0, silences - 1) - 1;
	return Math.min(ticks * context.settings.tickS * MS_PER_S, LOOK_PAUSE_MAX_MS);
}

/** A job is looked at at its deadline at the latest. */
function withinDeadline(job: JobFacts, nowMs: number, atMs: number): number {
	const deadlineMs = job.deadlineAtMs ?? 0;
	return deadlineMs > nowMs ? Math.min(atMs, deadlineMs) : atMs;
}

/** Notes that a job is being looked at: not again before the next tick, and later where the last look still hangs. */
export function noteLook(context: TrackerContext, job: JobFacts, nowMs: number): void {
	const before = context.memory.looks.get(lookKey(job));
	const silences = (before?.silences ?? 0) + (before?.isOpen ? 1 : 0);
	const extraMs = before?.isOpen ? extraPauseMs(context, silences + 1) : 0;
	// A little less than a tick, so that a tick that comes early does not wait for the one after it.
	const nextMs = nowMs + context.settings.tickS * MS_PER_S * 0.9;
	const atMs = withinDeadline(job, nextMs, nextMs + extraMs);
	// Where several processes share the work, another one may hear what this look finds.
	const isOpen = context.settings.lock === 'process';
	context.memory.looks.set(lookKey(job), { atMs, silences, isOpen });
}

/**
 * Notes what a look found. A service that does not answer is asked about this job after one tick, then after two,
 * four …, but never later than at its deadline.
 */
export function noteFinding(context: TrackerContext, job: JobFacts, isSilent: boolean): void {
	const nowMs = context.clock.now();
	const key = lookKey(job);
	const before = context.memory.looks.get(key);
	if (!isSilent) {
		if (before) context.memory.looks.set(key, { ...before, silences: 0, isOpen: false });
		return;
	}
	const silences = (before?.silences ?? 0) + 1;
	const nextMs = Math.max(before?.atMs ?? nowMs, nowMs);
	const atMs = withinDeadline(job, nextMs, nextMs + extraPauseMs(context, silences));
	context.memory.looks.set(key, { atMs, silences, isOpen: false });
}

/** Forgets the looks at attempts that are no longer under way. */
export function forgetLooks(context: TrackerContext): void {
	const open = new Set<string>();
	const attempts = new Set<string>();
	for (const { snapshot } of context.cache.active()) {
		for (const job of snapshot.jobs) {
			if (job.status !== 'processing') continue;
			open.add(lookKey(job));
			attempts.add(`${job.jobKey}|${job.attempt}`);
		}
	}
	for (const key of context.memory.looks.keys()) if (!open.has(key)) context.memory.looks.delete(key);
	forgetStrikes(context, attempts);
}

/** The claim that a job under way goes by. */
export function claimRefOf(job: JobFacts) {
	return { jobKey: job.jobKey, attempt: job.attempt, h: hashOf(job) };
}
