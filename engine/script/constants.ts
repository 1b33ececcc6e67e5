/** Speaking rate of languages that put spaces between words. */
export const DEFAULT_WORDS_PER_MINUTE = 150;
/** Speaking rate of scripts without spaces (Han, Kana, Thai …), in characters without combining marks. */
export const DEFAULT_CHARACTERS_PER_MINUTE = 300;
export const DEFAULT_TARGET_SEGMENT_S = 30;
export const DEFAULT_MIN_RATIO = 0.8;
export const DEFAULT_MAX_RATIO = 1.2;
/** What one request of `eleven_multilingual_v2` takes (help.elevenlabs.io article 19572237925521). */
export const DEFAULT_MAX_CHARACTERS = 10_000;

/** A script of this size or more is refused: it would be some sixteen hours of speech. */
export const SCRIPT_SIZE_LIMIT_BYTES = 1_000_000;

/** A token longer than this is no word that is spoken in one beat (a URL, text without spaces): it counts as several. */
export const LONG_TOKEN_CHARACTERS = 40;
export const CHARACTERS_PER_EXTRA_WORD = 6;

/** Narration without a single word (only punctuation) still takes a moment. */
export const MIN_SEGMENT_S = 0.4;

/** Units shorter than this part of the longest allowed segment are joined before the search for breaks: bounds its time. */
export const SMALLEST_UNIT_PART = 1 / 64;
/** A word that must be cut is cut into pieces of this part of the longest allowed segment. */
export const CUT_PIECE_PART = 1 / 4;

/** A line of at least this length without a full stop at its end is taken for wrapped text, not for a line of its own. */
export const WRAPPED_LINE_CHARACTERS = 45;
/** How far around a boundary the splitter looks for abbreviations and the like. */
export const LOOK_AROUND_CHARACTERS = 48;
/** How much text the segmenter of the runtime gets at once. */
export const SEGMENTER_WINDOW_CHARACTERS = 1_000;
/** UTF-16 units of a long grapheme (a family emoji has 11): looked at behind a cut. Longer ones may be cut. */
export const LONGEST_USUAL_GRAPHEME = 256;
