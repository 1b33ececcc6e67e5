import type { Failure, FailureClass } from '../../engine/events';
import type { HttpAnswer } from './http';
import { shorten } from './redact';

const CLASS_BY_STATUS: Record<number, FailureClass> = {
	401: 'auth',
	402: 'quota',
	403: 'auth',
	408: 'timeout',
	429: 'rate_limited',
};

/** Codes that say that no connection came about, so that nothing can have begun. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
const TIMED_OUT = new Set(['ECONNABORTED', 'ETIMEDOUT', 'ESOCKETTIMEDOUT', 'UND_ERR_HEADERS_TIMEOUT']);

/** The words of an error body: its `message` or `detail` where it is JSON, the first line of text where it is HTML. */
export function messageOfBody(body: unknown): string {
	if (typeof body === 'string') {
		const title = /<title[^>]*>([^<]*)<\/title>/i.exec(body)?.[1];
		return shorten(title ?? body.replace(/<[^>]*>/g, ' '));
	}
	if (typeof body !== 'object' || body === null) return '';
	const { message, error, detail } = body as Record<string, unknown>;
	for (const candidate of [message, error, detail]) {
		if (typeof candidate === 'string' && candidate !== '') return shorten(candidate);
		const nested = typeof candidate === 'object' && candidate !== null ? messageOfBody(candidate) : '';
		if (nested !== '') return nested;
	}
	return '';
}

function classOfStatus(status: number): FailureClass {
	if (status in CLASS_BY_STATUS) return CLASS_BY_STATUS[status];
	if (status >= 500) return 'unavailable';
	return status >= 400 ? 'invalid_input' : 'unknown';
}

/** What a status that is not 2xx means, before the service's own words refine it. */
export function failureOfStatus(answer: HttpAnswer, isIdempotent: boolean): Failure {
	const { status } = answer;
	const failureClass = classOfStatus(status);
	// A 503 that names a time to come back is a refusal at the door; any other 5xx may hide work that was done.
	const isRefusedAtDoor = status < 500 ? status !== 408 : status === 503 && answer.headers['retry-after'] !== undefined;
	return {
		class: failureClass,
		message: messageOfBody(answer.body) || `HTTP ${status}`,
		began: isRefusedAtDoor || isIdempotent ? 'no' : 'unknown',
		retryable: ['rate_limited', 'unavailable', 'timeout'].includes(failureClass),
		httpStatus: status,
	};
}

interface ErrorLike {
	code?: unknown;
	message?: unknown;
	cause?: unknown;
	errors?: unknown;
}

/** Errors may come from another realm, where `instanceof Error` is false: only their members are looked at. */
function asErrorLike(error: unknown): ErrorLike | undefined {
	return typeof error === 'object' && error !== null ? error : undefined;
}

const CAUSES_MAX = 4;

function codeOf(error: unknown, depth = 0): string {
	const like = asErrorLike(error);
	if (!like || depth > CAUSES_MAX) return '';
	if (typeof like.code === 'string' && like.code !== 'ERR_NETWORK') return like.code;
	const first: unknown = Array.isArray(like.errors) ? like.errors[0] : undefined;
	return codeOf(first, depth + 1) || codeOf(like.cause, depth + 1);
}

function isCancelled(error: unknown, signal?: AbortSignal): boolean {
	return signal?.aborted === true || codeOf(error) === 'ERR_CANCELED';
}

/** What an error before any answer means: whether a connection came about decides whether work may have begun. */
export function failureOfNetworkError(error: unknown, isIdempotent: boolean, signal?: AbortSignal): Failure {
	const unsure = isIdempotent ? 'no' : 'unknown';
	if (isCancelled(error, signal)) {
		return { class: 'cancelled', message: 'The execution was cancelled.', began: unsure, retryable: false };
	}
	const code = codeOf(error);
	if (NEVER_CONNECTED.has(code)) {
		const message = `No connection to the service (${code}).`;
		return { class: 'unavailable', message, began: 'no', retryable: true };
	}
	const text = String(asErrorLike(error)?.message ?? error);
	if (TIMED_OUT.has(code) || /timeout|timed out/i.test(text)) {
		return { class: 'timeout', message: 'The service did not answer in time.', began: unsure, retryable: true };
	}
	const message = shorten(`The connection broke before an answer came${code === '' ? '' : ` (${code})`}.`);
	return { class: 'unavailable', message, began: unsure, retryable: true };
}
