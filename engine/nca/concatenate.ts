import { ok, refuse, type Result } from '../result';
import { checkHttpUrl, firstRefusal } from './check';
import { PARTS_MAX } from './constants';
import type { NcaPayload } from './payload';

/**
 * The call that joins videos in the given order by stream copy. NCA answers 200 with a broken file when they differ
 * in size, codec or time base, so they have to be normalised before. Codes: `invalid_list`, `invalid_url`.
 */
export function buildConcatenatePayload({ videoUrls }: { videoUrls: string[] }): Result<NcaPayload> {
	if (!Array.isArray(videoUrls) || videoUrls.length === 0 || videoUrls.length > PARTS_MAX) {
		return refuse('invalid_list', `"videoUrls" must hold 1 to ${PARTS_MAX} URLs.`, 'videoUrls');
	}
	const refusal = firstRefusal(...videoUrls.map((url, index) => checkHttpUrl(url, `videoUrls[${index}]`)));
	if (refusal) return refusal;
	return ok({ path: '/v1/video/concatenate', body: { video_urls: videoUrls.map((url) => ({ video_url: url })) } });
}
