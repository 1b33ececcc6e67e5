import type { IDataObject } from 'n8n-workflow';

import type { Failure, OutputKind, ProviderEvent } from '../../engine/events';
import { parseNcaCallback, parseNcaEnvelope, type NcaEnvelope, type NcaJobStatus } from '../../engine/nca/wire';
import { ok, type Result } from '../../engine/result';
import { completedEvent } from '../shared/completedEvent';
import { ServiceError } from '../shared/errors';
import type { JobContext } from '../shared/jobContext';
import { redactDeep } from '../shared/redact';
import type { ExistingResult } from '../shared/savedObject';
import { submittedItem } from '../shared/submitted';
import { SERVICE_LABEL } from './constants';

/** The job that a result belongs to. */
export type JobIdentity = Pick<JobContext, 'jobKey' | 'attempt' | 'h'>;

/** Endpoints that give something other than a file. */
const WITHOUT_FILE = /transcribe|silence|metadata|python|toolkit|authenticate/;

/**
 * What a parser has read, or an error for the answer that it could not read: the work may have been done all the same.
 *
 * @throws ServiceError
 */
export function readable<T>(result: Result<T>): T {
	if (result.ok) return result.value;
	const message = `${result.message} Is the base URL that of an NCA Toolkit?`;
	throw new ServiceError({ class: 'unknown', message, began: 'unknown', retryable: false }, SERVICE_LABEL);
}

/** "success" without a file, of an endpoint that makes files, is no success. */
function missingFile(endpoint: unknown, outputs: unknown[]): Failure | undefined {
	if (outputs.length > 0 || WITHOUT_FILE.test(String(endpoint ?? ''))) return undefined;
	const message = 'The toolkit reported success, but named no file.';
	return { class: 'verification', message, began: 'yes', retryable: true };
}

/** Why a task failed; undefined when it did not. */
export function failureOfEnvelope({ error, endpoint, outputs }: NcaEnvelope): Failure | undefined {
	return error ?? missingFile(endpoint, outputs);
}

/** An event with what its outputs can't hold, such as a transcript; without a file it becomes a failure. */
function completed(event: ProviderEvent, endpoint: unknown, response: unknown): ProviderEvent {
	if (event.outcome !== 'completed' || event.outputs.length > 0) return event;
	const error = missingFile(endpoint, event.outputs);
	return error ? { ...event, outcome: 'failed', error } : { ...event, raw: redactDeep(response) };
}

/** A finished task as news about a job. */
export function envelopeEvent(envelope: NcaEnvelope, job: JobIdentity, nowMs = Date.now()): ProviderEvent {
	const { jobId, outcome, outputs, error, timings, endpoint, response } = envelope;
	const event: ProviderEvent = {
		service: 'nca',
		jobKey: job.jobKey,
		attempt: job.attempt,
		h: job.h,
		externalId: jobId,
		outcome,
		outputs,
		...(error ? { error } : {}),
		...(timings ? { timings } : {}),
		receivedAt: new Date(nowMs).toISOString(),
	};
	return completed(event, endpoint, response);
}

/** A callback as news about the job that its token names. */
export function callbackEvent(
	body: unknown,
	claims: { job: string; attempt: number; h: string },
	nowMs = Date.now(),
): Result<ProviderEvent> {
	const event = parseNcaCallback(body, claims, new Date(nowMs).toISOString());
	if (!event.ok) return event;
	const { endpoint, response } = body as { endpoint?: unknown; response?: unknown };
	return ok(completed(event.value, endpoint, response));
}

/**
 * What an answer of the toolkit says: a job that waits in a queue, or a finished one that went well.
 *
 * @throws ServiceError when the task failed or the answer can't be read
 */
export function readAnswer(body: unknown): { queued: IDataObject; jobId: string } | { finished: NcaEnvelope } {
	const answer = readable(parseNcaEnvelope(body));
	if (answer.kind === 'refused') throw new ServiceError(answer.failure, SERVICE_LABEL);
	if (answer.kind === 'accepted') {
		const { jobId, queueId = null, queueLength = null } = answer;
		return { jobId, queued: { queueId, queueLength } };
	}
	const { envelope } = answer;
	// Where the toolkit hands its jobs to Cloud Run, it acknowledges with 200 and no result.
	const isHandedOn = typeof body === 'object' && body !== null && !('response' in body) && !envelope.error;
	if (isHandedOn && envelope.jobId !== null) {
		return { jobId: envelope.jobId, queued: { queueId: envelope.queueId ?? null, queueLength: null } };
	}
	const failure = failureOfEnvelope(envelope);
	if (failure) throw new ServiceError(failure, SERVICE_LABEL);
	return { finished: envelope };
}

/** What a queued job gives on, for Mark Submitted. */
export function submittedJson(
	{ jobId, queued }: { queued: IDataObject; jobId: string },
	id: string,
	job: JobContext | undefined,
): IDataObject {
	return submittedItem(job, jobId, job ? queued : { id, ...queued });
}

function resultJson({ response, timings, endpoint, outputs }: NcaEnvelope): IDataObject {
	const known = timings ? { timings } : {};
	return { endpoint, outputs: outputs as unknown as IDataObject[], response: response as IDataObject, ...known };
}

/** The result of a request that was waited for. */
export function finishedJson(envelope: NcaEnvelope, id: string): IDataObject {
	return { id, externalId: envelope.jobId, status: 'completed', ...resultJson(envelope) };
}

function kindOfContent(contentType: string): OutputKind {
	const [type] = contentType.split('/');
	return (['audio', 'video', 'image', 'text'] as const).find((kind) => kind === type) ?? 'json';
}

/** A result that lies in Spaces already, as news about the job. */
export function savedEvent(job: JobContext, { url, bytes, contentType, foundIn }: ExistingResult): ProviderEvent {
	const outputs = [{ url, kind: kindOfContent(contentType), bytes, persisted: true }];
	return completedEvent({ service: 'nca', job, outputs, foundIn });
}

/** How a job is doing, with its result or the reason of its failure once it is over. */
export function jobJson({ jobId, state, queueId, envelope }: NcaJobStatus): IDataObject {
	if (!envelope) return { externalId: jobId, status: state, queueId: queueId ?? null };
	const failure = failureOfEnvelope(envelope);
	const status = failure ? 'failed' : 'completed';
	const { callerId: id, code } = envelope;
	return {
		externalId: jobId,
		status,
		queueId: queueId ?? null,
		id,
		code,
		...resultJson(envelope),
		...(failure ? { failure: { ...failure } } : {}),
	};
}
