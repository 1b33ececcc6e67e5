import { ok, refuse, type Result } from '../result';
import { constantTimeEquals } from '../signature/constantTime';
import { hmacSha256Hex } from '../signature/hmac';
import { ATTEMPT_MAX, JOB_KEY_MAX_LENGTH } from './constants';

export type CallbackService = 'nca' | 'goApi' | 'elevenLabs';

/** What a callback URL proves: we asked this service for this attempt of this job, for the result `h`. */
export interface CallbackTokenClaims {
	service: CallbackService;
	job: string;
	attempt: number;
	/** First 16 hex characters of the input hash. */
	h: string;
	/** Unix seconds. */
	exp: number;
}

function message(claims: CallbackTokenClaims): string {
	return [claims.service, claims.job, String(claims.attempt), claims.h, String(claims.exp)].join('.');
}

/**
 * The callback URL to hand to a provider that can't sign (NCA) or sends a plain secret (GoAPI).
 * The URL is a secret: it never appears in output, logs or errors.
 */
export function signCallbackUrl(baseUrl: string, claims: CallbackTokenClaims, secret: string): string {
	const query = new URLSearchParams({
		job: claims.job,
		attempt: String(claims.attempt),
		h: claims.h,
		exp: String(claims.exp),
		sig: hmacSha256Hex(secret, message(claims)),
	});
	return `${baseUrl}${baseUrl.includes('?') ? '&' : '?'}${query.toString()}`;
}

/**
 * What a callback's query claims, by its form alone: nothing is proved by it. Anything odd (lists of doubled
 * parameters, other characters, lengths or ranges) gives undefined.
 */
export function readCallbackClaims(
	service: CallbackService,
	query: Record<string, unknown>,
): CallbackTokenClaims | undefined {
	const { job, attempt, h, exp } = query;
	if (typeof job !== 'string' || job.length > JOB_KEY_MAX_LENGTH || !/^[\w.-]+$/.test(job)) return undefined;
	if (typeof attempt !== 'string' || !/^[1-9]\d{0,5}$/.test(attempt) || Number(attempt) > ATTEMPT_MAX) return undefined;
	if (typeof h !== 'string' || !/^[0-9a-f]{16}$/.test(h)) return undefined;
	if (typeof exp !== 'string' || !/^\d{1,12}$/.test(exp)) return undefined;
	return { service, job, attempt: Number(attempt), h, exp: Number(exp) };
}

/**
 * Verifies the query of a callback against the current and the previous signing secret.
 *
 * Codes: `no_secret`, `token_missing`, `token_malformed`, `token_forged`, `token_expired`.
 */
export function verifyCallbackQuery(
	service: CallbackService,
	query: Record<string, unknown>,
	secrets: string[],
	nowS: number,
): Result<CallbackTokenClaims> {
	const usable = secrets.filter((secret) => secret !== '');
	if (usable.length === 0)
		return refuse('no_secret', 'No signing secret is set in the Video Engine Callback credential.');
	if (query.sig === undefined) return refuse('token_missing', 'The callback carries no token of ours.');

	const claims = readCallbackClaims(service, query);
	if (typeof query.sig !== 'string' || !/^[0-9a-f]{64}$/.test(query.sig) || !claims) {
		return refuse('token_malformed', 'The token of the callback is not well formed.');
	}

	const signature = query.sig;
	const matches = usable.some((secret) => constantTimeEquals(signature, hmacSha256Hex(secret, message(claims))));
	if (!matches) return refuse('token_forged', 'The token of the callback was not issued by this installation.');
	if (claims.exp < nowS) return refuse('token_expired', 'The token of the callback has expired.');
	return ok(claims);
}
