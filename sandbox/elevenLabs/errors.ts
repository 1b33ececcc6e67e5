import type { SandboxReply } from '../core/types';
import type { ElevenLabsSettings } from './settings';

/** What is thrown on the way to a refusal; the stand-in turns it into an answer. */
export class ApiError extends Error {
	constructor(
		readonly status: number,
		/** Of the current error shape; the former one calls it `status`. */
		readonly code: string,
		message: string,
		readonly param?: string,
	) {
		super(message);
	}
}

/** One entry of FastAPI's list of what is wrong with a request. */
interface ValidationIssue {
	loc: Array<string | number>;
	msg: string;
	type: string;
}

/** A request that FastAPI's own validation refuses: 422 with a list. */
export class ValidationError extends Error {
	constructor(readonly issues: ValidationIssue[]) {
		super('validation error');
	}
}

/** A body's field that is missing or of a wrong kind. */
export function invalidField(path: Array<string | number>, msg: string, type: string): ValidationError {
	return new ValidationError([{ loc: path, msg, type }]);
}

const TYPES: Record<number, string> = {
	400: 'validation_error',
	401: 'authentication_error',
	403: 'authorization_error',
	404: 'not_found',
	429: 'rate_limit_error',
};

/** The old word of each code that had another one. */
const LEGACY_CODES: Record<string, string> = { concurrent_limit_exceeded: 'too_many_concurrent_requests' };
/** Seen in the former shape only. */
const LEGACY_BY_HABIT = new Set(['quota_exceeded', 'voice_not_found', 'max_character_limit_exceeded']);

/**
 * Writes errors in the three shapes of `detail` (elevenlabs.io/docs/eleven-api/resources/errors): the current object
 * with `code`, the former one with `status` and `message`, and FastAPI's list.
 */
export class ErrorWriter {
	private tooManyRequests = 0;

	constructor(private readonly shape: ElevenLabsSettings['errorShape']) {}

	write(error: ApiError | ValidationError, requestId: string): SandboxReply {
		const headers = { 'request-id': requestId };
		if (error instanceof ValidationError) return { status: 422, headers, body: { detail: error.issues } };
		const { status, code, message, param } = error;
		if (this.isLegacy(error)) {
			return { status, headers, body: { detail: { status: LEGACY_CODES[code] ?? code, message } } };
		}
		const type = TYPES[status] ?? 'api_error';
		const named = param === undefined ? {} : { param };
		return {
			status,
			headers,
			body: { detail: { type, code, message, status: code, request_id: requestId, ...named } },
		};
	}

	private isLegacy({ status, code }: ApiError): boolean {
		if (this.shape !== 'mixed') return this.shape === 'legacy';
		if (status === 429) return this.tooManyRequests++ % 2 === 0;
		return LEGACY_BY_HABIT.has(code);
	}
}
