export const API_KEY = 'sandbox-elevenlabs-key';
/** Every webhook that is registered gets this secret, so that a client can be configured beforehand. */
export const WEBHOOK_SECRET = 'wsec_sandbox_elevenlabs_webhook';

/** A request above the limit waits about this long for a slot before it is refused (elevenlabs.io/docs, concurrency). */
export const QUEUE_MS = 50;
/** Concurrency of the Creator plan, by kind of work. */
export const CONCURRENT_SPEECH = 5;
export const CONCURRENT_TRANSCRIPTIONS = 25;
export const CONCURRENT_MUSIC = 2;
export const CHARACTER_LIMIT = 1_000_000;

export const DEFAULT_MODEL_ID = 'eleven_multilingual_v2';
export const DEFAULT_OUTPUT_FORMAT = 'mp3_44100_128';
/** Request ids for stitching are accepted for two hours. */
export const STITCHING_WINDOW_MS = 2 * 3_600_000;
export const STITCHED_REQUESTS_MAX = 3;

/** What espeak-ng makes. */
export const SPEECH_SAMPLE_RATE_HZ = 22_050;
/** espeak's rate that gives about 150 words a minute, pauses included. */
export const SPEECH_RATE = 140;
/** No text is silent: what can't be said sounds for at least this long. */
export const MIN_SPEECH_S = 0.3;
export const BABBLE_S_PER_CHARACTER = 0.08;
/** A script that espeak can't speak comes out shorter than this a letter. */
export const TOO_SHORT_S_PER_LETTER = 0.012;
/** Mean level of what is voiced, which is near −18 LUFS for espeak's voices. */
export const VOICED_RMS = 0.16;
export const PEAK_MAX = 0.89;

export const TRANSCRIPTION_DELAY_MS = 300;
export const UNKNOWN_AUDIO_TRANSCRIPT = 'This is a recording that was not made here, so its words are not known.';
export const UPLOAD_LIMIT_BYTES = 3 * 1024 ** 3;

export const MUSIC_LENGTH_MS = { least: 3_000, most: 600_000, usual: 30_000 };
export const MUSIC_PROMPT_CHARACTERS = 4_100;
export const SOUND_DURATION_S = { least: 0.5, most: 30, usual: 3 };
