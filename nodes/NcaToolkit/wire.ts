import type { Failure, OutputKind, ProviderEvent, ProviderOutput } from '../../engine/events';
import { ok, refuse, type Result } from '../../engine/result';
import { redactDeep, shorten } from '../shared/redact';

/** What the toolkit says about a finished task: sync answer, callback and job file have this one shape. */
export interface NcaEnvelope {
	endpoint?: string;
	/** HTTP status of the task itself; failed tasks are "done", too. */
	code: number;
	/** The ID that the caller sent. */
	id: string | null;
	jobId: string | null;
	response: unknown;
	message: unknown;
	queueId?: string;
	timings: NonNullable<ProviderEvent['timings']>;
}

/** How one job is doing. */
export interface NcaJobStatus {
	jobId: string;
	state: string;
	queueId?: string;
	/** Set when it is over. */
	envelope?: NcaEnvelope;
}

export interface JobIdentity {
	jobKey: string;
	attempt: number;
	h: string;
}

type Wire = Record<string, unknown>;

function isRecord(value: unknown): value is Wire {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOrNull(value: unknown): string | null {
	return typeof value === 'string' && value !== '' ? value : null;
}

function numberOf(value: unknown): number | undefined {
	return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function queueIdOf(value: unknown): string | undefined {
	return typeof value === 'number' || typeof value === 'string' ? String(value) : undefined;
}

/**
 * The line of an error that tells the reason. Messages are a text, an object with `error`, or ffmpeg's whole output,
 * whose reason comes last, before a closing "Conversion failed!".
 */
export function usefulLine(message: unknown): string {
	const text = isRecord(message) ? (message.error ?? message.message ?? JSON.stringify(message)) : message;
	if (isRecord(text)) return usefulLine(text);
	const lines = String(text ?? '').split(/\r?\n|\r/);
	const telling = lines
		.map((line) => line.trim())
		.filter((line) => line !== '' && !/^conversion failed!?$/i.test(line));
	return shorten(telling.at(-1) ?? '') || 'The toolkit gave no reason.';
}

/** Reads an envelope. Code: `invalid_envelope`. */
export function parseNcaEnvelope(body: unknown): Result<NcaEnvelope> {
	if (!isRecord(body) || !('code' in body)) return refuse('invalid_envelope', 'This is no answer of an NCA Toolkit.');
	const code = numberOf(body.code);
	if (code === undefined) return refuse('invalid_envelope', 'The answer has no code.', 'code');
	return ok({
		endpoint: textOrNull(body.endpoint) ?? undefined,
		code,
		id: textOrNull(body.id),
		jobId: textOrNull(body.job_id),
		response: body.response ?? null,
		message: body.message,
		queueId: queueIdOf(body.queue_id),
		timings: {
			runS: numberOf(body.run_time),
			queueS: numberOf(body.queue_time),
			totalS: numberOf(body.total_time),
		},
	});
}

const KINDS: Array<[RegExp, OutputKind]> = [
	[/\.(mp3|wav|m4a|aac|ogg|opus|flac)$/i, 'audio'],
	[/\.(jpe?g|png|webp|gif)$/i, 'image'],
	[/\.(srt|ass|vtt|txt)$/i, 'text'],
	[/\.json$/i, 'json'],
];

function kindOf(url: string): OutputKind {
	const path = url.split(/[?#]/)[0];
	return KINDS.find(([pattern]) => pattern.test(path))?.[1] ?? 'video';
}

function outputOf(url: unknown, facts: Wire = {}): ProviderOutput[] {
	if (typeof url !== 'string' || !/^https?:\/\//i.test(url)) return [];
	const durationS = numberOf(facts.duration);
	const bytes = numberOf(facts.filesize);
	return [{ url, kind: kindOf(url), ...(durationS ? { durationS } : {}), ...(bytes ? { bytes } : {}) }];
}

/** The files that a result names. It is a URL, a list of files, or an object, by endpoint. */
export function outputsOf(response: unknown): ProviderOutput[] {
	if (typeof response === 'string') return outputOf(response);
	if (Array.isArray(response)) return response.filter(isRecord).flatMap((file) => outputOf(file.file_url, file));
	if (!isRecord(response)) return [];
	const media = isRecord(response.media) ? response.media : {};
	const urls = [response.file_url, media.media_url, response.text_url, response.srt_url, response.segments_url];
	return urls.flatMap((url) => outputOf(url));
}

/** Why a task failed; undefined when it did not. "success" without a result counts as a failure, too. */
export function failureOfEnvelope(envelope: NcaEnvelope): Failure | undefined {
	const { code, message, response } = envelope;
	if (code >= 200 && code < 300) {
		const nothing = 'The toolkit reported success, but gave no result.';
		if (response !== null) return undefined;
		return { class: 'verification', message: nothing, began: 'yes', retryable: true };
	}
	const shared = { message: usefulLine(message), httpStatus: code };
	if (code === 429) return { class: 'rate_limited', began: 'no', retryable: true, ...shared };
	if (code >= 400 && code < 500) return { class: 'invalid_input', began: 'yes', retryable: false, ...shared };
	return { class: 'provider_failed', began: 'yes', retryable: true, ...shared };
}

/** A finished task as news about a job. */
export function envelopeEvent(envelope: NcaEnvelope, job: JobIdentity, receivedAt: string): ProviderEvent {
	const { jobKey, attempt, h } = job;
	const failure = failureOfEnvelope(envelope);
	return {
		service: 'nca',
		jobKey,
		attempt,
		h,
		externalId: envelope.jobId,
		outcome: failure ? 'failed' : 'completed',
		outputs: failure ? [] : outputsOf(envelope.response),
		...(failure ? { error: failure } : {}),
		timings: envelope.timings,
		receivedAt,
		raw: redactDeep({ endpoint: envelope.endpoint, code: envelope.code, id: envelope.id, response: envelope.response }),
	};
}

/** A callback as news about the job that its URL named. Code: `invalid_envelope`. */
export function parseNcaCallback(
	body: unknown,
	claims: { job: string; attempt: number; h: string },
	receivedAt: string,
): Result<ProviderEvent> {
	const envelope = parseNcaEnvelope(body);
	if (!envelope.ok) return envelope;
	const { job, attempt, h } = claims;
	return ok(envelopeEvent(envelope.value, { jobKey: job, attempt, h }, receivedAt));
}

/** Reads the answer of `/v1/toolkit/job/status`: the job lies in its `response`. Code: `invalid_envelope`. */
export function parseNcaJobStatus(body: unknown): Result<NcaJobStatus> {
	const outer = parseNcaEnvelope(body);
	if (!outer.ok) return outer;
	const job = outer.value.response;
	const jobId = isRecord(job) ? textOrNull(job.job_id) : null;
	const state = isRecord(job) ? textOrNull(job.job_status) : null;
	if (!isRecord(job) || jobId === null || state === null) {
		return refuse('invalid_envelope', 'The answer about the job names no job or state.');
	}
	const inner = job.response === null || job.response === undefined ? undefined : parseNcaEnvelope(job.response);
	if (inner && !inner.ok) return inner;
	return ok({ jobId, state, queueId: queueIdOf(job.queue_id), envelope: inner?.value });
}

/** Reads the answer of `/v1/toolkit/jobs/status`: job ID → state. Code: `invalid_envelope`. */
export function parseNcaJobsStatus(body: unknown): Result<Record<string, string>> {
	const outer = parseNcaEnvelope(body);
	if (!outer.ok) return outer;
	const { response } = outer.value;
	if (!isRecord(response)) return refuse('invalid_envelope', 'The answer lists no jobs.');
	return ok(Object.fromEntries(Object.entries(response).map(([jobId, state]) => [jobId, String(state)])));
}
