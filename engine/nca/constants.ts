/** Sampling rate of every sound track that we make. */
export const AUDIO_RATE_HZ = 48_000;

/** Bit rate of the sound, as ffmpeg writes it. */
export const AUDIO_BITRATE = '192k';

/** Quality of the picture (x264 CRF: lower is better). */
export const VIDEO_CRF = 20;

/** Ticks per second of every picture track: whole ticks per frame at all usual rates, those of NTSC included. */
export const VIDEO_TICKS_PER_S = 120_000;

/** A key frame at least this often, so that players seek well. */
export const KEYFRAME_INTERVAL_S = 2;

/** x264 presets, fastest first. */
export const PRESETS = [
	'ultrafast',
	'superfast',
	'veryfast',
	'faster',
	'fast',
	'medium',
	'slow',
	'slower',
	'veryslow',
] as const;

export const SIDE_MIN_PX = 16;
export const SIDE_MAX_PX = 4096;

/** A measured length may be this much too long by rounding; it doesn't buy another frame. */
export const LENGTH_ROUNDING_S = 0.001;

/** Longest voiceover of one segment. */
export const VOICE_MAX_S = 3600;

/** Longest video. */
export const VIDEO_MAX_S = 6 * 3600;

/** A clip of unknown or tiny length is taken to be this long when repeats are counted. */
export const CLIP_MIN_S = 1;

/** Music of unknown length is taken to be at least this long when repeats are counted. */
export const MUSIC_MIN_S = 2;

/** NCA lists inputs one by one; more parts than this is a mistake. */
export const PARTS_MAX = 1000;

/** Gaps and overlaps of the sound at the joints of a concatenated video that are set right, in seconds. */
export const JOINT_CORRECTION_S = 0.01;

/**
 * A video joined by stream copy starts with the lead-in of the AAC encoder (1024 samples, in whole milliseconds of the
 * container), and its picture that much later. Taken away, picture and sound start at 0.
 */
export const JOINED_LEAD_S = 0.021;

export const MUSIC_VOLUME_MIN_DB = -60;
export const MUSIC_VOLUME_MAX_DB = 12;

/** Integrated loudness of the finished video. */
export const TARGET_LUFS = -15;
export const TARGET_LUFS_MIN = -30;
export const TARGET_LUFS_MAX = -8;

/** Highest true peak, so that lossy coding doesn't clip. */
export const TRUE_PEAK_DB = -1.5;

/** Loudness range that the loudness filter aims at. */
export const LOUDNESS_RANGE_LU = 11;

/**
 * The loudness filter works on blocks of 3 s and leaves anything shorter far too quiet. So a short mix is repeated
 * until it fills some blocks, and cut again.
 */
export const SHORT_MIX = { belowS: 3.2, filledS: 6 } as const;

/** How the voice pushes the music down (ffmpeg's sidechaincompress). */
export const DUCKING = { threshold: 0.02, ratio: 6, attackMs: 30, releaseMs: 500 } as const;

/** Longest text of captions that is sent. */
export const CAPTIONS_MAX_CHARACTERS = 500_000;

export const URL_MAX_CHARACTERS = 4096;

/** Longest provider message that is kept of a failure. */
export const MESSAGE_MAX_CHARACTERS = 300;

/** Limits of `/v1/image/convert/video`. */
export const IMAGE_VIDEO = { minS: 0.1, maxS: 400, minFps: 15, maxFps: 60, maxZoom: 100 } as const;
