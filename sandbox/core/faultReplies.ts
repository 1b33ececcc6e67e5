import type { SandboxReply, SandboxService } from './types';

/**
 * What each service says with a status that a fault asks for, in its own error shape: clients must cope with the
 * shapes as much as with the statuses.
 */
export function faultReply(service: SandboxService, status: number): SandboxReply {
	const retryable = status === 429 || status === 503;
	switch (service) {
		case 'elevenLabs':
			return { status, body: elevenLabsError(status) };
		case 'goApi':
			return { status, body: { code: status, data: null, message: reason(status) } };
		case 'airtable':
			return { status, body: airtableError(status) };
		case 'spaces':
			return { status, headers: { 'content-type': 'application/xml' }, body: s3Error(status) };
		case 'nca':
			return { status, headers: { 'content-type': 'text/html; charset=UTF-8' }, body: htmlError(status) };
		default:
			return { status, headers: retryable ? { 'retry-after': '1' } : {}, body: reason(status) };
	}
}

function elevenLabsError(status: number): object {
	if (status === 429) {
		const message = 'Too many requests were sent at the same time for this plan.';
		return { detail: { status: 'too_many_concurrent_requests', message } };
	}
	return { detail: { status: status === 503 ? 'system_busy' : 'internal_error', message: reason(status) } };
}

function airtableError(status: number): object {
	if (status === 429) {
		return { errors: [{ error: 'RATE_LIMIT_REACHED', message: 'Rate limit exceeded. Please try again later' }] };
	}
	return { error: { type: status === 503 ? 'SERVICE_UNAVAILABLE' : 'SERVER_ERROR', message: reason(status) } };
}

function s3Error(status: number): string {
	const code = status === 503 || status === 429 ? 'SlowDown' : status >= 500 ? 'InternalError' : 'RequestTimeout';
	const message = code === 'SlowDown' ? 'Please reduce your request rate.' : reason(status);
	return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}

/** NCA itself sends no such page: it is what a proxy in front of it answers. */
function htmlError(status: number): string {
	const title = `${status} ${reason(status)}`;
	return `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
}

const REASONS: Record<number, string> = {
	429: 'Too many requests',
	500: 'Internal server error',
	502: 'Bad gateway',
	503: 'Service unavailable',
	504: 'Gateway timeout',
	524: 'A timeout occurred',
};

function reason(status: number): string {
	return REASONS[status] ?? `Error ${status}`;
}
