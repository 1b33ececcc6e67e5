export const SERVICE_LABEL = 'ElevenLabs';
export const CREDENTIAL_TYPE = 'elevenLabsApi';

export const MODEL_ID_DEFAULT = 'eleven_multilingual_v2';
export const TRANSCRIPTION_MODEL_ID_DEFAULT = 'scribe_v2';
export const OUTPUT_FORMAT_DEFAULT = 'mp3_44100_128';

/** Speech of some tens of thousands of characters takes minutes. */
export const SPEECH_TIMEOUT_MS = 10 * 60_000;
export const TRANSCRIPTION_TIMEOUT_MS = 10 * 60_000;

/** Limit of the Free plan (elevenlabs.io/docs, concurrency), used until a setting or an answer says more. */
export const CONCURRENT_REQUESTS_DEFAULT = 2;
/** How many items of one execution are worked on at a time; the gate of the key decides how many really call. */
export const ITEMS_IN_PARALLEL = 5;

/** Every model and plan takes this many characters at once, so shorter texts need no look at the model list. */
export const CHARACTERS_ALWAYS_TAKEN = 2_500;
/** Limits per model (help.elevenlabs.io article 19572237925521), for when the model list can't be read. */
export const CHARACTERS_MAX_BY_MODEL: Record<string, number> = {
	eleven_v3: 3_000,
	eleven_multilingual_v1: 10_000,
	eleven_multilingual_v2: 10_000,
	eleven_flash_v2: 30_000,
	eleven_turbo_v2: 30_000,
	eleven_flash_v2_5: 40_000,
	eleven_turbo_v2_5: 40_000,
};
/** Models that refuse request stitching. */
export const MODELS_WITHOUT_STITCHING = new Set(['eleven_v3']);
/** ElevenLabs takes at most three request ids for stitching. */
export const STITCHED_REQUESTS_MAX = 3;
/** How much of the following text is sent along for the intonation. */
export const NEXT_TEXT_CHARACTERS = 300;

/** How far back a lost answer is looked for in the history. */
export const HISTORY_LOOKBACK_S = 24 * 3600;
export const HISTORY_PAGE_SIZE = 100;
export const HISTORY_PAGES_MAX = 5;

export const VOICES_PAGE_SIZE = 100;
/** Folder in Spaces for speech that no job asked for. */
export const SPEECH_CONTENT_FOLDER = 'speech';
