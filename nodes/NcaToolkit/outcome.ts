import type { IDataObject } from 'n8n-workflow';

import type { OutputKind, ProviderEvent } from '../../engine/events';
import type { Result } from '../../engine/result';
import { completedEvent } from '../shared/completedEvent';
import { ServiceError } from '../shared/errors';
import type { JobContext } from '../shared/jobContext';
import type { ExistingResult } from '../shared/savedObject';
import { submittedItem } from '../shared/submitted';
import { SERVICE_LABEL } from './constants';
import {
	envelopeEvent,
	failureOfEnvelope,
	outputsOf,
	parseNcaEnvelope,
	type NcaEnvelope,
	type NcaJobStatus,
} from './wire';

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

/**
 * The envelope of a task that went well.
 *
 * @throws ServiceError when the task failed or the body is no envelope
 */
export function envelopeOf(body: unknown): NcaEnvelope {
	const envelope = readable(parseNcaEnvelope(body));
	const failure = failureOfEnvelope(envelope);
	if (failure) throw new ServiceError(failure, SERVICE_LABEL);
	return envelope;
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What a queued job gives on, or undefined where the body is a result.
 * Queued is what has no `response`: 202 of the toolkit itself, and 200 where it hands its jobs to Cloud Run.
 */
export function submittedJson(body: unknown, id: string, job: JobContext | undefined): IDataObject | undefined {
	if (!isRecord(body) || 'response' in body) return undefined;
	const { jobId, queueId } = readable(parseNcaEnvelope(body));
	if (jobId === null) return undefined;
	const queueLength = typeof body.queue_length === 'number' ? body.queue_length : null;
	return submittedItem(job, jobId, { ...(job ? {} : { id }), queueId: queueId ?? null, queueLength });
}

/** The fields of an envelope that are of use, under our names. */
function resultJson(envelope: NcaEnvelope): IDataObject {
	const { response, timings, endpoint } = envelope;
	const outputs = outputsOf(response) as unknown as IDataObject[];
	return { endpoint, outputs, response: response as IDataObject, timings };
}

/** The result of a request that was waited for. */
export function describeResult(body: unknown, id: string): IDataObject {
	const envelope = envelopeOf(body);
	return { id, externalId: envelope.jobId, status: 'completed', ...resultJson(envelope) };
}

/** The result of a request that was waited for, as news about a job. */
export function resultEvent(body: unknown, job: JobContext): ProviderEvent {
	return envelopeEvent(envelopeOf(body), job, new Date().toISOString());
}

function kindOfContent(contentType: string): OutputKind {
	const [type] = contentType.split('/');
	return (['audio', 'video', 'image', 'text'] as const).find((kind) => kind === type) ?? 'json';
}

/** A result that lies in Spaces already, as news about the job. */
export function savedEvent(job: JobContext, { url, bytes, contentType }: ExistingResult): ProviderEvent {
	const outputs = [{ url, kind: kindOfContent(contentType), bytes, persisted: true }];
	return completedEvent({ service: 'nca', job, outputs });
}

/** How a job is doing, with its result or the reason of its failure once it is over. */
export function jobJson({ jobId, state, queueId, envelope }: NcaJobStatus): IDataObject {
	const failure = envelope && failureOfEnvelope(envelope);
	const status = envelope ? (failure ? 'failed' : 'completed') : state;
	const result = envelope ? { id: envelope.id, code: envelope.code, ...resultJson(envelope) } : {};
	const error = failure ? { failure: { ...failure } } : {};
	return { externalId: jobId, status, queueId: queueId ?? null, ...result, ...error };
}
