import type { Failure, FailureClass } from '../../engine/events';
import type { HttpAnswer } from '../shared/http';
import { shorten } from '../shared/redact';

/** What the three shapes of `detail` have in common. */
export interface ErrorDetail {
	/** `code` of the current shape, `status` of the former one. */
	code?: string;
	message: string;
	requestId?: string;
}

/** Codes of both error shapes, see elevenlabs.io/docs/eleven-api/resources/errors. */
const CLASS_BY_CODE: Record<string, FailureClass> = {
	quota_exceeded: 'quota',
	invalid_api_key: 'auth',
	missing_permissions: 'auth',
	detected_unusual_activity: 'refused',
	'only_for_creator+': 'refused',
	max_character_limit_exceeded: 'invalid_input',
	voice_not_found: 'invalid_input',
	invalid_parameters: 'invalid_input',
	too_many_concurrent_requests: 'rate_limited',
	concurrent_limit_exceeded: 'rate_limited',
	rate_limit_exceeded: 'rate_limited',
	system_busy: 'rate_limited',
};

function textOf(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? value : undefined;
}

function readList(list: unknown[]): ErrorDetail {
	const lines = list.map((entry) => {
		const { loc, msg } = (entry ?? {}) as { loc?: unknown; msg?: unknown };
		const field = Array.isArray(loc) ? loc.filter((part) => part !== 'body').join('.') : '';
		return [field, textOf(msg) ?? 'invalid'].filter((part) => part !== '').join(': ');
	});
	return { code: 'invalid_parameters', message: lines.join('; ') };
}

/**
 * Reads `detail` in each of its shapes: current object (`code`), former object (`status`), FastAPI's list, bare text.
 *
 * @returns undefined when the body is no error of ElevenLabs
 */
export function readErrorDetail(body: unknown): ErrorDetail | undefined {
	if (typeof body !== 'object' || body === null || !('detail' in body)) return undefined;
	const { detail } = body;
	if (typeof detail === 'string') return { message: detail };
	if (Array.isArray(detail)) return readList(detail);
	if (typeof detail !== 'object' || detail === null) return undefined;
	const { code, status, message, request_id: requestId } = detail as Record<string, unknown>;
	const known = textOf(code) ?? textOf(status);
	return { code: known, message: textOf(message) ?? known ?? 'no reason given', requestId: textOf(requestId) };
}

/** What an answer of ElevenLabs that is not 2xx means; `quota_exceeded` comes as 401 and is no matter of the key. */
export function explainElevenLabs(answer: HttpAnswer): Partial<Failure> | undefined {
	const detail = readErrorDetail(answer.body);
	if (!detail) return undefined;
	const message = shorten(detail.code ? `${detail.message} (${detail.code})` : detail.message);
	const known =
		detail.code !== undefined && Object.hasOwn(CLASS_BY_CODE, detail.code) ? CLASS_BY_CODE[detail.code] : undefined;
	if (known === undefined) return { message };
	return { class: known, message, began: 'no', retryable: known === 'rate_limited' };
}
