import type { IExecuteFunctions } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

import type { Failure } from '../../engine/events';
import { parseNcaJobsStatus, parseNcaJobStatus, type NcaJobStatus } from '../../engine/nca/wire';
import { ServiceError } from '../shared/errors';
import type { HttpTiming } from '../shared/http';
import { attempt } from './attempt';
import { PATHS, SERVICE_LABEL, STATUS_TIMEOUT_MS, WAIT_MISSES_MAX } from './constants';
import { failureOfEnvelope, readable } from './outcome';
import { callToolkit } from './transport';

/** What the toolkit says about one job; undefined when it does not know it. */
export type KnownJob = NcaJobStatus | undefined;

export interface WaitOptions {
	intervalMs: number;
	deadlineMs: number;
	timing?: HttpTiming;
}

// Looked up at each call, so that a test or a virtual world that replaces them holds here, too.
const REAL_TIMING: HttpTiming = { random: () => Math.random(), sleep, nowMs: () => Date.now() };

function fail(failure: Failure): never {
	throw new ServiceError(failure, SERVICE_LABEL);
}

/**
 * Asks how one job is doing. A failed job is an answer, not an error: the toolkit calls it done, too.
 *
 * @throws ServiceError when the toolkit can't be asked or its answer can't be read
 */
export async function askJob(
	ctx: IExecuteFunctions,
	jobId: string,
	itemIndex: number,
	timing?: HttpTiming,
): Promise<KnownJob> {
	const body = { job_id: jobId };
	const call = { path: PATHS.jobStatus, body, idempotent: true, timeoutMs: STATUS_TIMEOUT_MS, timing };
	const answer = await attempt(callToolkit(ctx, call, itemIndex));
	if ('value' in answer) return readable(parseNcaJobStatus(answer.value.body));
	return answer.failure.class === 'lost' ? undefined : fail(answer.failure);
}

/**
 * Asks for the states of all jobs of the last `sinceS` seconds in one request; job ID → state.
 * A job that is missing from it proves nothing.
 *
 * @throws ServiceError when the toolkit can't be asked or its answer can't be read
 */
export async function askJobs(ctx: IExecuteFunctions, sinceS: number, itemIndex: number): Promise<Map<string, string>> {
	const body = { since_seconds: sinceS };
	const call = { path: PATHS.jobsStatus, body, idempotent: true, timeoutMs: STATUS_TIMEOUT_MS };
	const answer = await attempt(callToolkit(ctx, call, itemIndex));
	if ('value' in answer) return new Map(Object.entries(readable(parseNcaJobsStatus(answer.value.body))));
	// A toolkit that has never had a job has no folder of jobs, and says so with 404.
	return answer.failure.class === 'lost' ? new Map() : fail(answer.failure);
}

/**
 * The job, where the toolkit knows it.
 *
 * @throws ServiceError of class `lost`
 */
export function requireKnown(job: KnownJob): NcaJobStatus {
	if (job) return job;
	const message = 'The toolkit does not know this job: it may have restarted, or its files were cleaned up.';
	return fail({ class: 'lost', message, began: 'unknown', retryable: false, httpStatus: 404 });
}

/** Why a job failed; a start that Cloud Run refused leaves no result to read it from. */
function failureOfJob({ state, envelope }: NcaJobStatus): Failure | undefined {
	if (envelope) return failureOfEnvelope(envelope);
	if (state !== 'failed') return undefined;
	const message = 'The toolkit could not start the job and gave no reason.';
	return { class: 'provider_failed', message, began: 'unknown', retryable: true };
}

function expired(jobId: string, state: string, deadlineMs: number): Failure {
	const message = `Job ${jobId} was not done after ${Math.round(deadlineMs / 1000)} s; the toolkit last said: ${state}.`;
	return { class: 'timeout', message, began: 'yes', retryable: true };
}

async function pause(timing: HttpTiming, ms: number, signal?: AbortSignal): Promise<boolean> {
	try {
		await timing.sleep(ms, signal);
		return true;
	} catch {
		return false;
	}
}

/**
 * Asks again and again until a job is done. The wait ends at the deadline, when the execution is cancelled, or when
 * the toolkit did not know the job twice in a row.
 *
 * @throws ServiceError when the job failed, is lost or is late; the job itself goes on
 */
export async function waitForJob(
	ctx: IExecuteFunctions,
	jobId: string,
	itemIndex: number,
	{ intervalMs, deadlineMs, timing = REAL_TIMING }: WaitOptions,
): Promise<NcaJobStatus> {
	const signal = ctx.getExecutionCancelSignal();
	const endMs = timing.nowMs() + deadlineMs;
	for (let misses = 0; ;) {
		const job = await askJob(ctx, jobId, itemIndex, timing);
		misses = job ? 0 : misses + 1;
		if (misses >= WAIT_MISSES_MAX) return requireKnown(job);
		const failure = job && failureOfJob(job);
		if (failure) fail(failure);
		if (job?.envelope) return job;
		const leftMs = endMs - timing.nowMs();
		if (leftMs <= 0) fail(expired(jobId, job?.state ?? 'unknown', deadlineMs));
		if (!(await pause(timing, Math.min(intervalMs, leftMs), signal))) {
			fail({ class: 'cancelled', message: 'The execution was cancelled.', began: 'yes', retryable: false });
		}
	}
}
