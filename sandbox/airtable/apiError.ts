import type { SandboxReply } from '../core/types';

/** A refusal in one of Airtable's error shapes. */
export class ApiError extends Error {
	constructor(
		readonly status: number,
		readonly body: object,
		message: string,
	) {
		super(message);
	}

	reply(): SandboxReply {
		return { status: this.status, body: this.body };
	}
}

/** The usual shape: `{"error":{"type","message"}}`. */
export function apiError(status: number, type: string, message: string): ApiError {
	return new ApiError(status, { error: { type, message } }, message);
}

/** 404s carry a plain string (widely observed). */
export function notFound(): ApiError {
	return new ApiError(404, { error: 'NOT_FOUND' }, 'NOT_FOUND');
}

/** The body of a 429 (github.com/PipedreamHQ/pipedream/issues/10130). */
export function rateLimited(): ApiError {
	return plural429('RATE_LIMIT_REACHED', 'Rate limit exceeded. Please try again later');
}

/** The 429 of a workspace that has used up its month. */
export function quotaExceeded(): ApiError {
	return plural429(
		'PUBLIC_API_BILLING_LIMIT_EXCEEDED',
		'API billing plan limit exceeded: your workspace has used all of its API calls for this month',
	);
}

function plural429(error: string, message: string): ApiError {
	return new ApiError(429, { errors: [{ error, message }] }, message);
}

export function invalidRequest(message: string): ApiError {
	return apiError(422, 'INVALID_REQUEST_UNKNOWN', `Invalid request: ${message}`);
}

export function invalidValue(fieldName: string): ApiError {
	return apiError(422, 'INVALID_VALUE_FOR_COLUMN', `Field "${fieldName}" cannot accept the provided value`);
}

export function unknownField(fieldName: string): ApiError {
	return apiError(422, 'UNKNOWN_FIELD_NAME', `Unknown field name: "${fieldName}"`);
}

export function unknownOption(option: string): ApiError {
	return apiError(
		422,
		'INVALID_MULTIPLE_CHOICE_OPTIONS',
		`Insufficient permissions to create new select option "${JSON.stringify(option)}"`,
	);
}

export function noSuchRow(recordId: string): ApiError {
	return apiError(422, 'ROW_DOES_NOT_EXIST', `Record ID ${recordId} does not exist`);
}

export function invalidFormula(reason: string): ApiError {
	return apiError(422, 'INVALID_FILTER_BY_FORMULA', `The formula for filtering records is invalid: ${reason}`);
}
