import { defaultExpectation, type Expectations } from '../expectations/expectations';
import type { Failure, ProviderEvent } from '../events';
import { shortHash } from '../hash';
import { ok, type Result } from '../result';
import {
	DEADLINE_EXTENDED_MAX_S,
	DEADLINE_P99_FACTOR,
	ERROR_MESSAGE_MAX_CHARS,
	HISTORY_LINES_MAX,
	NOT_BEGUN_RETRIES_MAX,
	RETRY_BACKOFF_FIRST_S,
	RETRY_BACKOFF_MAX_S,
} from './constants';
import { workOf } from './graph';
import type { PlannedAdoption, PlannedClaim } from './planner';
import { expectationOf } from './progress';
import { nextJobStatus } from './transitions';
import type { JobFacts, JobOutput, VideoSnapshot } from './types';

const MS_PER_S = 1000;

function remember(job: JobFacts, nowMs: number, line: string): string[] {
	return [...job.history, `${new Date(nowMs).toISOString()} ${line}`].slice(-HISTORY_LINES_MAX);
}

/** What becomes of a piece of news. Only `take` and `failed` change anything. */
export type EventVerdict =
	'take' | 'failed' | 'progress' | 'duplicate' | 'stale' | 'late_failure' | 'cancelled' | 'unknown_job';

/**
 * Decides on a callback, an answer or a finding. A result counts when its hash is the job's current one and the job is
 * not completed: then the first valid one wins, of whatever attempt. A failure counts only for the attempt under way.
 */
export function judgeEvent(
	snapshot: VideoSnapshot,
	event: Pick<ProviderEvent, 'jobKey' | 'attempt' | 'h' | 'outcome'>,
): EventVerdict {
	const job = snapshot.jobs.find((candidate) => candidate.jobKey === event.jobKey);
	if (!job) return 'unknown_job';
	if (job.inputHash === undefined || shortHash(job.inputHash) !== event.h) return 'stale';
	if (job.status === 'completed') return 'duplicate';
	if (job.status === 'cancelled') return 'cancelled';
	if (event.outcome === 'progress') return 'progress';
	if (event.outcome === 'completed') return 'take';
	return job.status === 'processing' && event.attempt === job.attempt ? 'failed' : 'late_failure';
}

export interface ClaimInfo {
	nowMs: number;
	holder: string;
	/** What the call is thought to cost; undefined where none is made. */
	estimatedCostUsd?: number;
	/** Seconds between two looks at what is under way. */
	tickS: number;
	/** How long steps take; the start values where absent. */
	expect?: Expectations;
}

/** When a job is next asked about: after its expected time, and never more than one tick away. */
function nextCheck(snapshot: VideoSnapshot, job: JobFacts, info: Omit<ClaimInfo, 'holder'>): number {
	const { p50S } = expectationOf(snapshot, job, info.expect ?? defaultExpectation);
	return info.nowMs + Math.min(p50S, info.tickS) * MS_PER_S;
}

/** When an attempt is given up: what was asked for, or twice what nearly all runs took, where that is longer. */
function deadline(snapshot: VideoSnapshot, job: JobFacts, info: Omit<ClaimInfo, 'holder'>): number {
	const { p99S } = expectationOf(snapshot, job, info.expect ?? defaultExpectation);
	const slowS = Math.min(DEADLINE_P99_FACTOR * p99S, DEADLINE_EXTENDED_MAX_S);
	return info.nowMs + Math.max(snapshot.video.options.deadlineS, slowS) * MS_PER_S;
}

/** The job as the claim leaves it. */
export function claimJob(snapshot: VideoSnapshot, claim: PlannedClaim, info: ClaimInfo): JobFacts {
	const { job, work, attempt } = claim;
	return {
		...job,
		status: 'processing',
		attempt,
		inputHash: work.inputHash,
		objectKey: work.objectKey,
		holder: info.holder,
		externalId: undefined,
		queueId: undefined,
		submittedAtMs: undefined,
		claimedAtMs: info.nowMs,
		nextCheckAtMs: nextCheck(snapshot, job, info),
		deadlineAtMs: deadline(snapshot, job, info),
		completedAtMs: undefined,
		output: undefined,
		errorMessage: undefined,
		estimatedCostUsd: info.estimatedCostUsd,
		history: remember(job, info.nowMs, `claimed, attempt ${attempt}`),
	};
}

/** The job as taking another job's result leaves it. */
export function adoptResult(adoption: PlannedAdoption, nowMs: number): JobFacts {
	const { job, from, work } = adoption;
	return {
		...job,
		status: 'completed',
		inputHash: work.inputHash,
		objectKey: from.objectKey,
		output: from.output,
		completedAtMs: nowMs,
		nextCheckAtMs: undefined,
		errorMessage: undefined,
		history: remember(job, nowMs, `took the result of ${from.jobKey}`),
	};
}

export interface Submission {
	attempt: number;
	externalId: string;
	queueId?: string;
	nowMs: number;
	tickS: number;
	expect?: Expectations;
}

/**
 * Notes that a provider has accepted a job. Never lowers a state: a callback can come before the acceptance is read.
 * Undefined when there is nothing to note.
 */
export function submitJob(snapshot: VideoSnapshot, job: JobFacts, submission: Submission): JobFacts | undefined {
	if (job.attempt !== submission.attempt || job.externalId === submission.externalId) return undefined;
	const { externalId, queueId, nowMs } = submission;
	const noted = {
		...job,
		externalId,
		queueId,
		submittedAtMs: nowMs,
		history: remember(job, nowMs, `submitted as ${externalId}`),
	};
	return job.status === 'processing' ? { ...noted, nextCheckAtMs: nextCheck(snapshot, job, submission) } : noted;
}

export interface Completion {
	output: JobOutput;
	nowMs: number;
	externalId?: string | null;
}

/** The job as its result leaves it; refused where the transition is illegal. */
export function completeJob(job: JobFacts, completion: Completion): Result<JobFacts> {
	const status = nextJobStatus(job.status, 'complete');
	if (!status.ok) return status;
	return ok({
		...job,
		status: status.value,
		output: completion.output,
		externalId: job.externalId ?? completion.externalId ?? undefined,
		completedAtMs: completion.nowMs,
		nextCheckAtMs: undefined,
		errorMessage: undefined,
		history: remember(job, completion.nowMs, 'completed'),
	});
}

/** Seconds to wait after the n-th failure in a row: doubling, capped, with jitter from `random` in [0, 1). */
export function retryDelaySeconds(
	failures: number,
	failure: Pick<Failure, 'retryAfterS'>,
	random: () => number,
): number {
	const backoff = Math.min(RETRY_BACKOFF_FIRST_S * 2 ** Math.max(0, failures - 1), RETRY_BACKOFF_MAX_S);
	return Math.max(failure.retryAfterS ?? 0, backoff * (0.5 + random() / 2));
}

/** True when a background is a file that a person chose. */
export function isPersonsClip(snapshot: VideoSnapshot, job: JobFacts): boolean {
	return job.step === 'background' && workOf(snapshot, job)?.service === 'spaces';
}

export interface FailureInfo {
	attempt: number;
	failure: Failure;
	nowMs: number;
	random: () => number;
}

/**
 * The job after a failed attempt: pending for the next one, or failed for good.
 * Undefined when the failure is of an attempt that is no longer under way.
 */
export function failJob(snapshot: VideoSnapshot, job: JobFacts, info: FailureInfo): JobFacts | undefined {
	if (job.status !== 'processing' || job.attempt !== info.attempt) return undefined;
	const { failure, nowMs } = info;
	const errorMessage = failure.message.slice(0, ERROR_MESSAGE_MAX_CHARS);
	const limit = failure.began === 'no' ? NOT_BEGUN_RETRIES_MAX : snapshot.video.options.maxAttempts;
	const mayRetry = failure.retryable && job.retries + 1 < limit;
	const changed = {
		...job,
		errorMessage,
		retries: job.retries + 1,
		history: remember(job, nowMs, `attempt ${job.attempt} failed: ${errorMessage.slice(0, 160)}`),
	};
	// A person's clip that can't be used is the person's to replace: the step waits, and says why.
	if (!failure.retryable && isPersonsClip(snapshot, job))
		return { ...changed, status: 'pending', nextCheckAtMs: undefined };
	if (!mayRetry) return { ...changed, status: 'failed', nextCheckAtMs: undefined, completedAtMs: nowMs };

	const delayMs = retryDelaySeconds(job.retries + 1, failure, info.random) * MS_PER_S;
	return { ...changed, status: 'pending', nextCheckAtMs: nowMs + delayMs };
}

/** The job as a person's retry leaves it: all of its attempts anew, its old result no longer wanted. */
export function resetJob(job: JobFacts, nowMs: number, act = 'retried'): JobFacts {
	return {
		...job,
		status: 'pending',
		skipped: undefined,
		retries: 0,
		inputHash: undefined,
		nextCheckAtMs: undefined,
		deadlineAtMs: undefined,
		completedAtMs: undefined,
		output: undefined,
		errorMessage: undefined,
		alertedAtMs: undefined,
		history: remember(job, nowMs, `${act} by a person`),
	};
}

/** The job as a person's skip leaves it: it ends, and the video does without it. */
export function skipJob(job: JobFacts, nowMs: number): JobFacts {
	return {
		...job,
		status: 'cancelled',
		skipped: true,
		nextCheckAtMs: undefined,
		deadlineAtMs: undefined,
		completedAtMs: nowMs,
		errorMessage: 'Skipped by a person',
		history: remember(job, nowMs, 'skipped by a person'),
	};
}

/** The job as a person's cancel leaves it; refused where it has ended. */
export function cancelJob(job: JobFacts, nowMs: number): Result<JobFacts> {
	const status = nextJobStatus(job.status, 'cancel');
	if (!status.ok) return status;
	return ok({
		...job,
		status: status.value,
		nextCheckAtMs: undefined,
		history: remember(job, nowMs, 'cancelled by a person'),
	});
}
