import { ok, refuse, type Result } from '../result';
import { ELEVENLABS_FUTURE_TOLERANCE_S, ELEVENLABS_PAST_TOLERANCE_S } from './constants';
import { constantTimeEquals } from './constantTime';
import { hmacSha256Hex } from './hmac';

export interface ElevenLabsSignatureInput {
	/** The body as it came in, byte for byte. */
	rawBody: Uint8Array;
	/** Value of the header `ElevenLabs-Signature`: `t=<unix seconds>,v0=<hex>`, parts in any order. */
	header: string | undefined;
	/** Current and previous secret; empty ones are passed over. */
	secrets: string[];
	nowS: number;
	pastToleranceS?: number;
	futureToleranceS?: number;
}

/**
 * Verifies a webhook of ElevenLabs: hex HMAC-SHA256 over `${t}.${rawBody}` with the secret as UTF-8.
 * Source: elevenlabs.io/docs/eleven-api/resources/webhooks and the official SDK.
 *
 * Codes: `no_secret`, `signature_missing`, `signature_malformed`, `signature_stale`, `signature_future`, `signature_forged`.
 */
export function verifyElevenLabsSignature(input: ElevenLabsSignatureInput): Result<{ timestampS: number }> {
	const secrets = input.secrets.filter((secret) => secret !== '');
	if (secrets.length === 0) return refuse('no_secret', 'No webhook secret is set in the ElevenLabs credential.');
	if (!input.header) return refuse('signature_missing', 'The header ElevenLabs-Signature is missing.');

	const parts = input.header.split(',').map((part) => part.trim());
	const timestamp = parts.find((part) => part.startsWith('t='))?.slice(2) ?? '';
	const signatures = parts.filter((part) => part.startsWith('v0=')).map((part) => part.slice(3).toLowerCase());
	if (!/^\d{1,12}$/.test(timestamp) || signatures.length === 0) {
		return refuse('signature_malformed', 'The header ElevenLabs-Signature is not of the form t=…,v0=….');
	}

	const message = Buffer.concat([Buffer.from(`${timestamp}.`, 'utf8'), input.rawBody]);
	const expected = secrets.map((secret) => hmacSha256Hex(secret, message));
	const matches = signatures.some((signature) => expected.some((good) => constantTimeEquals(signature, good)));
	if (!matches) return refuse('signature_forged', 'The signature does not belong to this body.');

	const timestampS = Number(timestamp);
	if (input.nowS - timestampS > (input.pastToleranceS ?? ELEVENLABS_PAST_TOLERANCE_S)) {
		return refuse('signature_stale', 'The signed time is too old.');
	}
	if (timestampS - input.nowS > (input.futureToleranceS ?? ELEVENLABS_FUTURE_TOLERANCE_S)) {
		return refuse('signature_future', 'The signed time lies in the future.');
	}
	return ok({ timestampS });
}
