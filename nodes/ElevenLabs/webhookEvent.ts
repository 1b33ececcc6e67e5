import type { CallbackTokenClaims } from '../../engine/callback/token';
import type { ProviderEvent } from '../../engine/events';
import { ok, refuse, type Result } from '../../engine/result';

const TRANSCRIPTION_TYPE = 'speech_to_text_transcription';

type WireObject = Record<string, unknown>;

function asObject(value: unknown): WireObject | undefined {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as WireObject) : undefined;
}

interface JobRef {
	jobKey: string;
	attempt: number;
	h: string;
}

/** The job that a transcription was asked for: our token's, or what we gave along when it was made. */
function jobOf(data: WireObject, claims: CallbackTokenClaims | undefined): JobRef {
	if (claims) return { jobKey: claims.job, attempt: claims.attempt, h: claims.h };
	const { job, attempt, h } = asObject(data.webhook_metadata) ?? {};
	if (typeof job !== 'string' || typeof h !== 'string') return { jobKey: '', attempt: 0, h: '' };
	return { jobKey: job, attempt: Number(attempt) || 0, h };
}

/**
 * Reads a webhook of ElevenLabs: `{ type, event_timestamp, data }`. Only transcriptions are results of jobs; other
 * types are ignored. The transcript itself is in `raw`, because it has no URL of its own.
 *
 * Codes: `body_unexpected`.
 */
export function parseElevenLabsWebhook(
	body: unknown,
	claims: CallbackTokenClaims | undefined,
	nowMs: number,
): Result<ProviderEvent> | 'ignore' {
	const envelope = asObject(body);
	if (typeof envelope?.type !== 'string') return refuse('body_unexpected', 'The body is no webhook of ElevenLabs.');
	if (envelope.type !== TRANSCRIPTION_TYPE) return 'ignore';
	const data = asObject(envelope.data);
	if (!data) return refuse('body_unexpected', 'The webhook holds no data.');

	const transcription = asObject(data.transcription);
	const requestId = typeof data.request_id === 'string' ? data.request_id : null;
	const shared = {
		service: 'elevenLabs' as const,
		...jobOf(data, claims),
		externalId: requestId,
		outputs: [],
		receivedAt: new Date(nowMs).toISOString(),
		raw: { type: envelope.type, requestId, transcription: transcription ?? null },
	};
	if (transcription) return ok({ ...shared, outcome: 'completed' });
	const message = 'The webhook holds no transcription.';
	return ok({
		...shared,
		outcome: 'failed',
		error: { class: 'provider_failed', message, began: 'yes', retryable: true },
	});
}
