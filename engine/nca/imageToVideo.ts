import { ok, type Result } from '../result';
import { checkHttpUrl, checkNumber, firstRefusal } from './check';
import { IMAGE_VIDEO } from './constants';
import type { NcaPayload } from './payload';

/** A still picture that becomes a slow zoom. */
export interface ImageToVideoInput {
	imageUrl: string;
	lengthS?: number;
	/** Whole frames per second, 15 to 60. */
	frameRate?: number;
	/** Percent by which the picture grows over the whole length, 0 to 100. */
	zoomSpeed?: number;
}

/**
 * The call that turns a still into a video of 1920x1080 or 1080x1920, by the picture's shape; NCA takes squares as
 * upright. Codes: `invalid_url`, `invalid_number`.
 */
export function buildImageToVideoPayload(input: ImageToVideoInput): Result<NcaPayload> {
	const { imageUrl, lengthS, frameRate, zoomSpeed } = input;
	const { minS, maxS, minFps, maxFps, maxZoom } = IMAGE_VIDEO;
	const refusal = firstRefusal(
		checkHttpUrl(imageUrl, 'imageUrl'),
		lengthS === undefined ? undefined : checkNumber(lengthS, 'lengthS', minS, maxS),
		frameRate === undefined ? undefined : checkNumber(frameRate, 'frameRate', minFps, maxFps),
		zoomSpeed === undefined ? undefined : checkNumber(zoomSpeed, 'zoomSpeed', 0, maxZoom),
	);
	if (refusal) return refusal;
	return ok({
		path: '/v1/image/convert/video',
		body: {
			image_url: imageUrl,
			...(lengthS === undefined ? {} : { length: lengthS }),
			...(frameRate === undefined ? {} : { frame_rate: Math.round(frameRate) }),
			...(zoomSpeed === undefined ? {} : { zoom_speed: zoomSpeed }),
		},
	});
}
