import type { Failure, FailureClass } from '../../../engine/events';
import { refuse, type Refusal } from '../../../engine/result';

/** Why a fetch did not work; codes of `checkForeignUrl` and `checkAddress` come besides. */
export type ForeignFetchCode =
	| 'host_not_found'
	| 'egress_refused'
	| 'redirects_too_many'
	| 'redirect_refused'
	| 'request_invalid'
	| 'connect_failed'
	| 'timeout'
	| 'too_large'
	| 'encoding_refused'
	| 'body_cut'
	| 'cancelled';

const CLASSES: Record<string, FailureClass> = {
	host_not_found: 'unavailable',
	connect_failed: 'unavailable',
	body_cut: 'unavailable',
	timeout: 'timeout',
	too_large: 'verification',
	encoding_refused: 'verification',
	url_malformed: 'invalid_input',
	request_invalid: 'invalid_input',
	cancelled: 'cancelled',
};

const CODES_OF_ERRORS: Record<string, ForeignFetchCode> = {
	ENOTFOUND: 'host_not_found',
	EAI_AGAIN: 'host_not_found',
	UND_ERR_CONNECT_TIMEOUT: 'timeout',
	UND_ERR_HEADERS_TIMEOUT: 'timeout',
	UND_ERR_BODY_TIMEOUT: 'timeout',
	UND_ERR_INVALID_ARG: 'request_invalid',
	UND_ERR_HEADERS_OVERFLOW: 'request_invalid',
};

const MESSAGES: Record<ForeignFetchCode, string> = {
	host_not_found: 'The host of the URL was not found.',
	egress_refused: "This n8n's own rules for outgoing requests refuse the URL.",
	redirects_too_many: 'The URL redirects too often.',
	redirect_refused: 'The URL redirects to a place that is not fetched.',
	request_invalid: 'The request or its answer breaks the rules of HTTP.',
	connect_failed: 'The host could not be reached.',
	timeout: 'The host did not answer in time.',
	too_large: 'The file is larger than allowed.',
	encoding_refused: 'The host sent a compressed file although a plain one was asked for.',
	body_cut: 'The connection broke before the file was complete.',
	cancelled: 'The execution was cancelled.',
};

/** A body that could not be read to its end. */
export class ForeignFetchError extends Error {
	constructor(
		readonly code: ForeignFetchCode,
		message = MESSAGES[code],
	) {
		super(message);
		this.name = 'ForeignFetchError';
	}
}

export function foreignRefusal(code: ForeignFetchCode): Refusal {
	return refuse(code, MESSAGES[code]);
}

/** The code of an error of the HTTP client; `during` names it where the error itself says nothing. */
export function codeOfError(
	error: unknown,
	during: 'connect_failed' | 'body_cut',
	isCancelled: boolean,
): ForeignFetchCode {
	if (isCancelled) return 'cancelled';
	const { name, code } =
		typeof error === 'object' && error !== null ? (error as { name?: string; code?: unknown }) : {};
	if (name === 'TimeoutError' || name === 'AbortError') return 'timeout';
	return CODES_OF_ERRORS[String(code)] ?? during;
}

/** A failed fetch as the record keeps it. Nothing is paid for by fetching, so `began` is always `no`. */
export function foreignFailure(problem: { code: string; message: string }): Failure {
	const failureClass = CLASSES[problem.code] ?? 'refused';
	const retryable = failureClass === 'unavailable' || failureClass === 'timeout';
	return { class: failureClass, message: problem.message, began: 'no', retryable };
}
