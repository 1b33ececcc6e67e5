import { inputJobsOf, workOf, type StepWork } from './graph';
import { findJob } from './lookup';
import { isVideoEnded } from './transitions';
import { STEPS, type JobFacts, type Step, type VideoSnapshot } from './types';

/** A step that may start now. */
export interface PlannedClaim {
	job: JobFacts;
	attempt: number;
	work: StepWork;
}

/** A step whose result another step of the same video already has. */
export interface PlannedAdoption {
	job: JobFacts;
	from: JobFacts;
	work: StepWork;
}

export interface Plan {
	claims: PlannedClaim[];
	adoptions: PlannedAdoption[];
	/** Segments (by order) that wait for a person's clip. */
	waitingForClip: number[];
	/** The earliest time at which a step that waits for its next attempt may start; undefined when none does. */
	nextAttemptAtMs?: number;
}

/** Cheap submits first: they cost milliseconds, and their services work on while the voices are spoken. */
const CLAIM_ORDER: readonly Step[] = ['music', 'background', 'concatenate', 'mix', 'combine', 'voiceover'];

/**
 * A person's clip replaces what was generated, or an earlier clip of theirs, until the segment's combine is claimed.
 * Later it changes nothing until that segment is retried.
 */
function isReplacedByClip(snapshot: VideoSnapshot, job: JobFacts, work: StepWork): boolean {
	if (job.step !== 'background' || work.service !== 'spaces') return false;
	if (job.status !== 'processing' && job.status !== 'completed') return false;
	const combine = findJob(snapshot, 'combine', job.order);
	return work.inputHash !== job.inputHash && combine?.inputHash === undefined;
}

/** A person's clip that could not be used; the step waits until they choose another. */
function isRefusedClip(job: JobFacts, work: StepWork): boolean {
	const isOpen = job.step === 'background' && job.status === 'pending' && work.service === 'spaces';
	return (
		isOpen && job.errorMessage !== undefined && job.nextCheckAtMs === undefined && job.inputHash === work.inputHash
	);
}

function isStartable(job: JobFacts, nowMs: number): boolean {
	return job.status === 'pending' && (job.nextCheckAtMs === undefined || job.nextCheckAtMs <= nowMs);
}

/**
 * The input of a job that waits for its next attempt after one that was, or may have been, paid for. Only that next
 * attempt looks for what was paid, so no equal step may start afresh meanwhile.
 */
function paidInputOf(snapshot: VideoSnapshot, job: JobFacts): string | undefined {
	if (job.status !== 'pending' || job.paidHash === undefined) return undefined;
	const work = workOf(snapshot, job);
	return work && work.inputHash === job.paidHash && !isRefusedClip(job, work) ? job.paidHash : undefined;
}

/**
 * The heart of the engine: what may happen to a video now. Pure; called after every event, and safe to call at any time.
 * A step is planned only when its inputs are there, nobody works on it, and its result exists nowhere in this video.
 */
export function planVideo(snapshot: VideoSnapshot, nowMs: number): Plan {
	const plan: Plan = { claims: [], adoptions: [], waitingForClip: [] };
	if (isVideoEnded(snapshot.video.status) || snapshot.jobs.some((job) => job.status === 'failed')) return plan;

	const byHash = new Map<string, JobFacts>();
	for (const job of snapshot.jobs) {
		const isHolder = job.status === 'processing' || job.status === 'completed';
		if (isHolder && job.inputHash && !(byHash.get(job.inputHash)?.status === 'completed'))
			byHash.set(job.inputHash, job);
	}
	for (const job of snapshot.jobs) {
		const hash = paidInputOf(snapshot, job);
		if (hash !== undefined && !byHash.has(hash)) byHash.set(hash, job);
	}

	const replaced = new Set<number | undefined>();
	const inOrder = [...snapshot.jobs].sort((a, b) => CLAIM_ORDER.indexOf(a.step) - CLAIM_ORDER.indexOf(b.step));
	for (const job of inOrder) {
		// Nothing may happen to any other now, and to learn what a job would do costs a hash.
		if (job.status !== 'pending' && job.step !== 'background') continue;
		// A combine whose background is about to be replaced must not start with the old one.
		if (job.step === 'combine' && replaced.has(job.order)) continue;
		const work = workOf(snapshot, job);
		if (!work) {
			if (job.step === 'background' && job.status === 'pending') plan.waitingForClip.push(Number(job.order));
			continue;
		}
		if (isRefusedClip(job, work)) {
			plan.waitingForClip.push(Number(job.order));
			continue;
		}
		if (job.step === 'mix' && job.skipped) {
			const [from] = inputJobsOf(snapshot, job);
			if (job.status === 'pending') plan.adoptions.push({ job, from, work });
			continue;
		}
		const isReplacement = isReplacedByClip(snapshot, job, work);
		if (!isReplacement && !isStartable(job, nowMs)) {
			noteNextAttempt(plan, job);
			continue;
		}
		if (isReplacement) replaced.add(job.order);

		const holder = byHash.get(work.inputHash);
		if (holder && holder.jobKey !== job.jobKey) {
			if (holder.status === 'completed') plan.adoptions.push({ job, from: holder, work });
			continue;
		}
		const claimed: JobFacts = { ...job, status: 'processing', inputHash: work.inputHash };
		byHash.set(work.inputHash, claimed);
		plan.claims.push({ job, attempt: job.attempt + 1, work });
	}
	return plan;
}

function noteNextAttempt(plan: Plan, job: JobFacts): void {
	if (job.status !== 'pending' || job.nextCheckAtMs === undefined) return;
	plan.nextAttemptAtMs = Math.min(plan.nextAttemptAtMs ?? Infinity, job.nextCheckAtMs);
}

/** Sorts jobs as people read them: by step, then by segment. */
export function inReadingOrder(jobs: JobFacts[]): JobFacts[] {
	return [...jobs].sort((a, b) => STEPS.indexOf(a.step) - STEPS.indexOf(b.step) || (a.order ?? 0) - (b.order ?? 0));
}
