import { ok, type Result } from '../result';
import { checkHttpUrl, checkNumber, firstRefusal } from './check';
import {
	AUDIO_BITRATE,
	AUDIO_RATE_HZ,
	DUCKING,
	JOINED_LEAD_S,
	JOINT_CORRECTION_S,
	LOUDNESS_RANGE_LU,
	MUSIC_MIN_S,
	MUSIC_VOLUME_MAX_DB,
	MUSIC_VOLUME_MIN_DB,
	SHORT_MIX,
	TARGET_LUFS,
	TARGET_LUFS_MAX,
	TARGET_LUFS_MIN,
	TRUE_PEAK_DB,
	VIDEO_MAX_S,
	VIDEO_TICKS_PER_S,
} from './constants';
import { composePayload, option, type FfmpegOption, type NcaPayload } from './payload';
import { repeatsToFill } from './timing';

/** A narrated video and the music to lay under it. */
export interface MixInput {
	videoUrl: string;
	musicUrl: string;
	/** Length of the video. */
	durationS: number;
	/** How much quieter the music is than it came. */
	musicVolumeDb: number;
	fadeOutS: number;
	/** Integrated loudness of the result; -15 by default. */
	targetLufs?: number;
}

const STEREO = `aformat=sample_fmts=fltp:sample_rates=${AUDIO_RATE_HZ}:channel_layouts=stereo`;

/**
 * The call that lays music under a narrated video. The picture is copied; the music is repeated where it is too
 * short, makes room while the voice speaks, fades out and ends with the video, whose own sound sets the length.
 * The loudness of the result is normalised. Written for every ffmpeg since 2018: no `amix=normalize`, whose absence
 * would halve the voice, hence `amerge` and `pan`.
 *
 * Lengths in seconds. Codes: `invalid_url`, `invalid_number`.
 */
export function buildMixPayload(input: MixInput): Result<NcaPayload> {
	const targetLufs = input.targetLufs ?? TARGET_LUFS;
	const refusal = firstRefusal(
		checkHttpUrl(input.videoUrl, 'videoUrl'),
		checkHttpUrl(input.musicUrl, 'musicUrl'),
		checkNumber(input.durationS, 'durationS', 0.01, VIDEO_MAX_S),
		checkNumber(input.musicVolumeDb, 'musicVolumeDb', MUSIC_VOLUME_MIN_DB, MUSIC_VOLUME_MAX_DB),
		checkNumber(input.fadeOutS, 'fadeOutS', 0, VIDEO_MAX_S),
		checkNumber(targetLufs, 'targetLufs', TARGET_LUFS_MIN, TARGET_LUFS_MAX),
	);
	if (refusal) return refusal;

	const repeats = repeatsToFill(input.durationS, MUSIC_MIN_S);
	const music = { file_url: input.musicUrl, options: [option('-stream_loop', repeats)] };
	const video = { file_url: input.videoUrl, options: [option('-itsoffset', -JOINED_LEAD_S)] };
	return ok(composePayload([video, music], mixChains(input, targetLufs), outputOptions()));
}

function mixChains(input: MixInput, targetLufs: number): string[] {
	const { threshold, ratio, attackMs, releaseMs } = DUCKING;
	return [
		// Parts joined by copy overlap by some samples; their time stamps are right, so the sound is put back on them.
		`[0:a:0]aresample=${AUDIO_RATE_HZ}:async=1:min_hard_comp=${JOINT_CORRECTION_S}:first_pts=0,${STEREO},asplit=2[spoken][key]`,
		`[1:a:0]aresample=${AUDIO_RATE_HZ},${STEREO},${musicShape(input)}[music]`,
		'[key]apad[endless]',
		`[music][endless]sidechaincompress=threshold=${threshold}:ratio=${ratio}:attack=${attackMs}:release=${releaseMs},${STEREO}[ducked]`,
		// The voice is the only input with an end: it ends the mix. amerge wants to be told the layout again.
		`[spoken]${STEREO}[voice]`,
		'[voice][ducked]amerge=inputs=2,pan=stereo|c0=c0+c2|c1=c1+c3[sum]',
		`[sum]${loudnessChain(input.durationS, targetLufs)}[a]`,
	];
}

function loudnessChain(durationS: number, targetLufs: number): string {
	const samples = Math.round(durationS * AUDIO_RATE_HZ);
	const isShort = durationS < SHORT_MIX.belowS;
	const repeats = repeatsToFill(SHORT_MIX.filledS, durationS);
	const chain = [
		STEREO,
		...(isShort ? [`aloop=loop=${repeats}:size=${samples}`, STEREO] : []),
		`loudnorm=I=${targetLufs}:TP=${TRUE_PEAK_DB}:LRA=${LOUDNESS_RANGE_LU}`,
		`aresample=${AUDIO_RATE_HZ}`,
		STEREO,
		// The filter of ffmpeg 7 leaves a gap in the last time stamps; they are counted anew.
		'asetpts=N/SR/TB',
		...(isShort ? [`atrim=end_sample=${samples}`] : []),
	];
	return chain.join(',');
}

function musicShape({ durationS, fadeOutS, musicVolumeDb }: MixInput): string {
	const fadeS = Math.min(fadeOutS, durationS);
	const fade = fadeS > 0 ? [`afade=t=out:st=${seconds(durationS - fadeS)}:d=${seconds(fadeS)}`] : [];
	return ['asetpts=N/SR/TB', `volume=${musicVolumeDb.toFixed(2)}dB`, ...fade, 'apad'].join(',');
}

/** Never in exponent form, which ffmpeg would misread in a time. */
function seconds(value: number): string {
	return value.toFixed(3);
}

function outputOptions(): FfmpegOption[] {
	return [
		option('-map', '0:v:0'),
		option('-map', '[a]'),
		option('-c:v', 'copy'),
		option('-c:a', 'aac'),
		option('-b:a', AUDIO_BITRATE),
		option('-ar', AUDIO_RATE_HZ),
		option('-ac', 2),
		option('-map_metadata', -1),
		option('-map_chapters', -1),
		option('-video_track_timescale', VIDEO_TICKS_PER_S),
		option('-movflags', '+faststart'),
	];
}
