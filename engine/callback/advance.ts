import { ok, refuse, type Result } from '../result';
import { constantTimeEquals } from '../signature/constantTime';
import { hmacSha256Hex } from '../signature/hmac';
import { ADVANCE_LIMIT_MAX, ADVANCE_TOKEN_LIFETIME_S, JOB_KEY_MAX_LENGTH } from './constants';

/** What one process asks another to do: claim and run steps of a video. */
export interface AdvanceCall {
	videoId: string;
	/** Steps to claim at most. */
	limit: number;
}

function message(videoId: string, limit: string, exp: string): string {
	return ['advance', videoId, limit, exp].join('.');
}

/**
 * The query of a call between processes of one installation. Whoever repeats it makes nothing happen twice: what is
 * claimed is not claimed again.
 *
 * @param nowS Unix seconds
 */
export function signAdvance(call: AdvanceCall, secret: string, nowS: number): string {
	const { videoId } = call;
	const limit = String(call.limit);
	const exp = String(nowS + ADVANCE_TOKEN_LIFETIME_S);
	const sig = hmacSha256Hex(secret, message(videoId, limit, exp));
	return new URLSearchParams({ video: videoId, limit, exp, sig }).toString();
}

/** Codes: `no_secret`, `token_missing`, `token_malformed`, `token_forged`, `token_expired`. */
export function verifyAdvance(query: Record<string, unknown>, secrets: string[], nowS: number): Result<AdvanceCall> {
	const usable = secrets.filter((secret) => secret !== '');
	if (usable.length === 0)
		return refuse('no_secret', 'No signing secret is set in the Video Engine Callback credential.');
	const { video, limit, exp, sig } = query;
	if (sig === undefined) return refuse('token_missing', 'The call carries no token of ours.');
	const isWellFormed =
		typeof video === 'string' &&
		video.length <= JOB_KEY_MAX_LENGTH &&
		/^[\w-]+$/.test(video) &&
		typeof limit === 'string' &&
		/^[1-9]\d{0,3}$/.test(limit) &&
		Number(limit) <= ADVANCE_LIMIT_MAX &&
		typeof exp === 'string' &&
		/^\d{1,12}$/.test(exp) &&
		typeof sig === 'string' &&
		/^[0-9a-f]{64}$/.test(sig);
	if (!isWellFormed) return refuse('token_malformed', 'The token of the call is not well formed.');
	const matches = usable.some((secret) => constantTimeEquals(sig, hmacSha256Hex(secret, message(video, limit, exp))));
	if (!matches) return refuse('token_forged', 'The token of the call was not issued by this installation.');
	if (Number(exp) < nowS) return refuse('token_expired', 'The token of the call has expired.');
	return ok({ videoId: video, limit: Number(limit) });
}
