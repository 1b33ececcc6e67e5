import type { Failure, FailureClass } from '../../engine/events';
import { shorten } from '../shared/redact';

/** What the S3 SDK's errors look like; read with care, because proxies answer in S3's place too. */
interface SdkError {
	name?: string;
	message?: string;
	code?: string;
	$metadata?: { httpStatusCode?: number };
	$response?: { headers?: Record<string, string> };
}

const AUTH_ERRORS = ['AccessDenied', 'InvalidAccessKeyId', 'SignatureDoesNotMatch', 'RequestTimeTooSkewed'];
const THROTTLING_ERRORS = ['SlowDown', 'Throttling', 'ThrottlingException', 'TooManyRequests', 'RequestLimitExceeded'];
/** Also told inside an answer 200, when S3 finds the error after it has begun to answer. */
const SERVER_ERRORS = ['InternalError', 'ServiceUnavailable'];
const TIMEOUT_ERRORS = ['TimeoutError', 'RequestTimeout', 'ETIMEDOUT'];

/** Describes an error of the S3 SDK. Nothing at a store is paid for twice, so `began` is always `no`. */
export function s3Failure(error: unknown, isCancelled: boolean): Failure {
	const { name = '', message = '', code = '', $metadata, $response } = toSdkError(error);
	const httpStatus = $metadata?.httpStatusCode;
	if (isCancelled)
		return { class: 'cancelled', message: 'The execution was cancelled.', began: 'no', retryable: false };
	const failureClass = classify(name, code, httpStatus);
	const retryAfterS = Number($response?.headers?.['retry-after']);
	return {
		class: failureClass,
		message: describe(name, code, message, httpStatus),
		began: 'no',
		retryable: ['rate_limited', 'unavailable', 'timeout'].includes(failureClass),
		...(httpStatus === undefined ? {} : { httpStatus }),
		...(retryAfterS > 0 ? { retryAfterS } : {}),
	};
}

function toSdkError(error: unknown): SdkError {
	return typeof error === 'object' && error !== null ? error : { message: String(error) };
}

function classify(name: string, code: string, httpStatus: number | undefined): FailureClass {
	if (THROTTLING_ERRORS.includes(name) || httpStatus === 429) return 'rate_limited';
	if (TIMEOUT_ERRORS.includes(name) || TIMEOUT_ERRORS.includes(code) || httpStatus === 408) return 'timeout';
	if (httpStatus === undefined || httpStatus >= 500 || SERVER_ERRORS.includes(name)) return 'unavailable';
	if (AUTH_ERRORS.includes(name) || httpStatus === 401 || httpStatus === 403) return 'auth';
	if (httpStatus === 404 && name !== 'NoSuchBucket') return 'lost';
	// A 2xx or 3xx that the SDK could not use: a wrong endpoint or a proxy's page.
	return 'invalid_input';
}

function describe(name: string, code: string, message: string, httpStatus: number | undefined): string {
	const known = name !== '' && name !== 'Error' && name !== 'UnknownError' ? name : code;
	const words = message === 'UnknownError' ? '' : message;
	const status = httpStatus === undefined ? 'no answer' : `HTTP ${httpStatus}`;
	const detail = [...new Set([known, words])].filter((part) => part !== '').join(': ');
	return shorten(`Spaces (${status})${detail === '' ? '' : `: ${detail}`}`);
}
