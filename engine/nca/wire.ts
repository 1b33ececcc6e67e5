import type { Failure, ProviderEvent, ProviderOutput } from '../events';
import { ok, refuse, type Result } from '../result';
import { failureOf, usefulLine } from './message';
import { outputsOf } from './outputs';

export { usefulLine };

/** A finished job as the toolkit tells it: the answer of a synchronous call, a webhook's body, the heart of a status. */
export interface NcaEnvelope {
	/** The toolkit's own id; null only in the bodies of Cloud Run failures. */
	jobId: string | null;
	/** The `id` of the caller, echoed; null where none was sent. */
	callerId: string | null;
	endpoint?: string;
	code: number;
	outcome: 'completed' | 'failed';
	outputs: ProviderOutput[];
	/** What the route gives, as it came: a URL, a list, an object. */
	response: unknown;
	error?: Failure;
	/** Stands for one process of the toolkit, whose jobs run one after the other. */
	queueId?: string;
	timings?: { runS?: number; queueS?: number; totalS?: number };
}

/** What the toolkit answers to a request: taken into the queue, done at once, or turned away. */
export type NcaAnswer =
	| {
			kind: 'accepted';
			jobId: string;
			callerId: string | null;
			queueId?: string;
			queueLength?: number;
			maxQueueLength?: number;
	  }
	| { kind: 'finished'; envelope: NcaEnvelope }
	| { kind: 'refused'; failure: Failure };

export type NcaJobState = 'queued' | 'running' | 'done' | 'submitted' | 'failed' | 'notFound';

/** How one job is doing. `done` says that it ended, not how: read the envelope. */
export interface NcaJobStatus {
	jobId: string | null;
	state: NcaJobState;
	queueId?: string;
	/** Present once the job is over. */
	envelope?: NcaEnvelope;
}

/** The job that a callback was handed out for, as proven by its token. */
export interface NcaCallbackClaims {
	job: string;
	attempt: number;
	h: string;
}

type Fields = Record<string, unknown>;

/** Codes of envelopes that tell nothing of work done; with all others the task ran. */
const BEGAN: Record<number, Failure['began']> = { 401: 'no', 404: 'unknown', 429: 'no' };

const STATES: readonly string[] = ['queued', 'running', 'done', 'submitted', 'failed'];

/**
 * Reads whatever the toolkit answered to a request. `httpStatus` is needed for bodies without a `code` (HTML pages,
 * `{"message"}` of requests that never reached a queue). Code: `unknown_answer`.
 */
export function parseNcaEnvelope(body: unknown, httpStatus = 0): Result<NcaAnswer> {
	if (typeof body === 'string') return ok({ kind: 'refused', failure: failureOfPage(body, httpStatus) });
	if (!isFields(body)) return refuse('unknown_answer', 'The toolkit answered with something that is no object.');
	if (typeof body.code === 'number') return parseCoded(body, body.code);
	if ('message' in body) return ok({ kind: 'refused', failure: failureOf(body.message, httpStatus || 400, 'no') });
	return refuse('unknown_answer', 'The answer has neither a code nor a message: it is not from an NCA Toolkit.');
}

function parseCoded(body: Fields, code: number): Result<NcaAnswer> {
	if (code === 202) return parseAcknowledgement(body);
	if (code === 429) return ok({ kind: 'refused', failure: failureOf(body.message, code, 'no') });
	const envelope = readEnvelope(body, code);
	return envelope ? ok({ kind: 'finished', envelope }) : refuse('unknown_answer', 'The answer names no job.');
}

function parseAcknowledgement(body: Fields): Result<NcaAnswer> {
	if (typeof body.job_id !== 'string') return refuse('unknown_answer', 'The acknowledgement names no job.');
	return ok({
		kind: 'accepted',
		jobId: body.job_id,
		callerId: stringOrNull(body.id),
		...queueOf(body),
		...(typeof body.queue_length === 'number' ? { queueLength: body.queue_length } : {}),
		...(typeof body.max_queue_length === 'number' ? { maxQueueLength: body.max_queue_length } : {}),
	});
}

/**
 * Reads the body of a webhook into the event that the tracker takes. Code: `unknown_answer`.
 */
export function parseNcaCallback(
	body: unknown,
	{ job, attempt, h }: NcaCallbackClaims,
	receivedAt: string,
): Result<ProviderEvent> {
	const answer = parseNcaEnvelope(body);
	if (!answer.ok) return answer;
	if (answer.value.kind !== 'finished') return refuse('unknown_answer', 'The body does not tell how a job ended.');
	const { jobId, outcome, outputs, error, timings } = answer.value.envelope;
	return ok({
		service: 'nca',
		jobKey: job,
		attempt,
		h,
		externalId: jobId,
		outcome,
		outputs,
		...(error ? { error } : {}),
		...(timings ? { timings } : {}),
		receivedAt,
	});
}

/**
 * Reads the answer of `/v1/toolkit/job/status` (or the job object alone). The outer envelope speaks of the question;
 * the job is in its `response`. Code: `unknown_answer`.
 */
export function parseNcaJobStatus(body: unknown): Result<NcaJobStatus> {
	if (!isFields(body)) return refuse('unknown_answer', 'The toolkit answered with something that is no object.');
	if (body.code === 404 && isFields(body.message)) {
		return ok({ jobId: stringOrNull(body.message.job_id), state: 'notFound' });
	}
	const job = 'job_status' in body ? body : body.response;
	if (!isFields(job) || typeof job.job_status !== 'string' || !STATES.includes(job.job_status)) {
		return refuse('unknown_answer', `The answer does not tell how the job is doing: ${usefulLine(body.message)}`);
	}
	const envelope = isFields(job.response) ? readInnerEnvelope(job.response) : undefined;
	return ok({
		jobId: stringOrNull(job.job_id),
		state: job.job_status as NcaJobState,
		...queueOf(job),
		...(envelope ? { envelope } : {}),
	});
}

/** A job that was refused for a full queue counts as done, with the refusal as its result. */
function readInnerEnvelope(body: Fields): NcaEnvelope | undefined {
	return readEnvelope(body, typeof body.code === 'number' ? body.code : 500);
}

/**
 * Reads the answer of `/v1/toolkit/jobs/status`: job id → state, of all jobs of the window. Absence proves nothing.
 * Code: `unknown_answer`.
 */
export function parseNcaJobsStatus(body: unknown): Result<Record<string, string>> {
	if (!isFields(body)) return refuse('unknown_answer', 'The toolkit answered with something that is no object.');
	if (body.code === 404) return ok({});
	if (!isFields(body.response))
		return refuse('unknown_answer', `The answer lists no jobs: ${usefulLine(body.message)}`);
	const states = Object.entries(body.response).filter(
		(entry): entry is [string, string] => typeof entry[1] === 'string',
	);
	return ok(Object.fromEntries(states));
}

function readEnvelope(body: Fields, code: number): NcaEnvelope | undefined {
	const jobId = stringOrNull(body.job_id);
	const callerId = stringOrNull(body.id);
	if (jobId === null && !('error' in body)) return undefined;
	const isSuccess = code >= 200 && code < 300;
	return {
		jobId,
		callerId,
		...(typeof body.endpoint === 'string' ? { endpoint: body.endpoint } : {}),
		code,
		outcome: isSuccess ? 'completed' : 'failed',
		outputs: isSuccess ? outputsOf(body.response) : [],
		response: body.response ?? null,
		...(isSuccess ? {} : { error: failureOf(body.message ?? body.error, code, BEGAN[code] ?? 'yes') }),
		...queueOf(body),
		...timingsOf(body),
	};
}

function timingsOf({ run_time, queue_time, total_time }: Fields): Pick<NcaEnvelope, 'timings'> {
	if (typeof run_time !== 'number') return {};
	const queueS = typeof queue_time === 'number' ? { queueS: queue_time } : {};
	const totalS = typeof total_time === 'number' ? { totalS: total_time } : {};
	return { timings: { runS: run_time, ...queueS, ...totalS } };
}

function queueOf({ queue_id }: Fields): { queueId?: string } {
	return typeof queue_id === 'number' || typeof queue_id === 'string' ? { queueId: String(queue_id) } : {};
}

/** The pages of the toolkit's web server and of proxies before it. */
function failureOfPage(page: string, httpStatus: number): Failure {
	const title = /<title>([^<]*)<\/title>/i.exec(page)?.[1] ?? '';
	const status = httpStatus || Number(/^\s*(\d{3})\b/.exec(title)?.[1] ?? 0);
	const isGateway = status >= 500;
	return { ...failureOf(title || page, status, isGateway ? 'unknown' : 'no') };
}

function stringOrNull(value: unknown): string | null {
	return typeof value === 'string' ? value : null;
}

function isFields(value: unknown): value is Fields {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
