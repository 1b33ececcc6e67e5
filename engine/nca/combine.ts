import { ok, type Refusal, type Result } from '../result';
import { checkChoice, checkEven, checkHttpUrl, checkNumber, firstRefusal } from './check';
import {
	AUDIO_BITRATE,
	AUDIO_RATE_HZ,
	CLIP_MIN_S,
	KEYFRAME_INTERVAL_S,
	PRESETS,
	SIDE_MAX_PX,
	SIDE_MIN_PX,
	VIDEO_CRF,
	VIDEO_MAX_S,
	VIDEO_TICKS_PER_S,
	VOICE_MAX_S,
} from './constants';
import { composePayload, option, type ComposeInput, type FfmpegOption, type NcaPayload } from './payload';
import { formatRate, frameRateOf, framesFor, repeatsToFill, samplesFor, type FrameRate } from './timing';

/** A voiceover and the picture to go with it. */
export interface CombineInput {
	voiceUrl: string;
	/** Measured length of the voiceover. */
	voiceS: number;
	clipUrl: string;
	/** Length of the clip, where known. */
	clipS?: number;
	/** The clip is a still picture: it stands for the whole length. */
	clipIsImage?: boolean;
	width: number;
	height: number;
	fps: number;
	/** What fills the rest when the clip is shorter than the voice. */
	fit: 'loop' | 'freeze';
	/** What happens to a clip of another shape: its edges are cut off (default), or bars are added. */
	framing?: 'crop' | 'pad';
	/** x264 preset. */
	preset: string;
}

/** All parts of a video carry the same colour tags, else their headers differ and joining them by copy breaks. */
const COLOUR_TAGS = 'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709';

/**
 * The call that lays a clip under a voiceover. The length follows the voice: a short clip is repeated or its last
 * frame held, a long one is trimmed. The result is normalised (size, frame rate, square pixels, yuv420p, H.264 without
 * B-frames, AAC 48 kHz stereo, one time base), so that parts can be joined by stream copy, as
 * `/v1/video/concatenate` does (https://github.com/stephengpope/no-code-architects-toolkit).
 *
 * Lengths in seconds, sides in pixels. Codes: `invalid_url`, `invalid_number`, `invalid_choice`.
 */
export function buildCombinePayload(input: CombineInput): Result<NcaPayload> {
	const refusal = checkCombine(input);
	if (refusal) return refusal;
	const rate = frameRateOf(input.fps);
	if (!rate.ok) return rate;

	const frames = framesFor(input.voiceS, rate.value);
	const filters = [pictureChain(input, rate.value, frames), voiceChain(samplesFor(frames, rate.value))];
	const inputs = [clipInput(input), { file_url: input.voiceUrl }];
	return ok(composePayload(inputs, filters, outputOptions(input, rate.value)));
}

function checkCombine(input: CombineInput): Refusal | undefined {
	return firstRefusal(
		checkHttpUrl(input.voiceUrl, 'voiceUrl'),
		checkHttpUrl(input.clipUrl, 'clipUrl'),
		checkNumber(input.voiceS, 'voiceS', 0.01, VOICE_MAX_S),
		input.clipS === undefined ? undefined : checkNumber(input.clipS, 'clipS', 0, VIDEO_MAX_S),
		checkEven(input.width, 'width', SIDE_MIN_PX, SIDE_MAX_PX),
		checkEven(input.height, 'height', SIDE_MIN_PX, SIDE_MAX_PX),
		checkChoice(input.fit, 'fit', ['loop', 'freeze']),
		checkChoice(input.framing ?? 'crop', 'framing', ['crop', 'pad']),
		checkChoice(input.preset, 'preset', PRESETS),
	);
}

/** The clip, repeated a finite number of times: an endless repeat of a damaged file would never end. */
function clipInput({ clipUrl, clipS, clipIsImage, fit, voiceS }: CombineInput): ComposeInput {
	const repeats = fit === 'loop' && clipIsImage !== true ? repeatsToFill(voiceS, Math.max(clipS ?? 0, CLIP_MIN_S)) : 0;
	return repeats === 0 ? { file_url: clipUrl } : { file_url: clipUrl, options: [option('-stream_loop', repeats)] };
}

function pictureChain(input: CombineInput, rate: FrameRate, frames: number): string {
	const size = `${input.width}:${input.height}`;
	const scale = (keep: string) =>
		`scale=${size}:force_original_aspect_ratio=${keep}:flags=bicubic:out_color_matrix=bt709:out_range=tv`;
	const framing =
		input.framing === 'pad'
			? [scale('decrease'), `pad=${size}:(ow-iw)/2:(oh-ih)/2`]
			: [scale('increase'), `crop=${size}`];
	const chain = [
		'setpts=PTS-STARTPTS',
		`fps=${formatRate(rate)}`,
		'scale=iw*sar:ih',
		...framing,
		'setsar=1',
		'format=yuv420p',
		COLOUR_TAGS,
		'tpad=stop_mode=clone:stop=-1',
		`trim=end_frame=${frames}`,
	];
	return `[0:v:0]${chain.join(',')}[v]`;
}

/** The whole voice, filled up with silence to the end of the last frame. */
function voiceChain(samples: number): string {
	const chain = [
		`aresample=${AUDIO_RATE_HZ}:async=1:first_pts=0`,
		`aformat=sample_fmts=fltp:sample_rates=${AUDIO_RATE_HZ}:channel_layouts=stereo`,
		'apad',
		`atrim=end_sample=${samples}`,
	];
	return `[1:a:0]${chain.join(',')}[a]`;
}

function outputOptions(input: CombineInput, rate: FrameRate): FfmpegOption[] {
	const keyframeInterval = Math.round((KEYFRAME_INTERVAL_S * rate.numerator) / rate.denominator);
	return [
		option('-map', '[v]'),
		option('-map', '[a]'),
		option('-c:v', 'libx264'),
		option('-preset', input.preset),
		option('-crf', VIDEO_CRF),
		option('-profile:v', 'high'),
		option('-pix_fmt', 'yuv420p'),
		option('-r', formatRate(rate)),
		// Without B-frames the picture starts at 0 and needs no edit list; closed groups can be joined anywhere.
		option('-bf', 0),
		option('-g', keyframeInterval),
		option('-flags', '+cgop'),
		option('-color_range', 'tv'),
		option('-colorspace', 'bt709'),
		option('-color_primaries', 'bt709'),
		option('-color_trc', 'bt709'),
		option('-chroma_sample_location', 'left'),
		option('-c:a', 'aac'),
		option('-b:a', AUDIO_BITRATE),
		option('-ar', AUDIO_RATE_HZ),
		option('-ac', 2),
		option('-map_metadata', -1),
		option('-video_track_timescale', VIDEO_TICKS_PER_S),
		option('-movflags', '+faststart'),
	];
}
