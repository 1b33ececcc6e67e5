import { ok, refuse } from '../result';
import type { Result } from '../result';
import {
	DEFAULT_CHARACTERS_PER_MINUTE,
	DEFAULT_MAX_CHARACTERS,
	DEFAULT_MAX_RATIO,
	DEFAULT_MIN_RATIO,
	DEFAULT_TARGET_SEGMENT_S,
	DEFAULT_WORDS_PER_MINUTE,
	SCRIPT_SIZE_LIMIT_BYTES,
} from './constants';
import type { SplitMode, SplitOptions } from './types';

const FIELD = 'script_text';
const MODES: readonly SplitMode[] = ['duration', 'line', 'markup'];
/** Control characters that no text has, and halves of surrogate pairs: signs of a file that is not text. */
const NOT_TEXT = /(?![\t-\r\u0085])\p{Cc}|\p{Surrogate}/u;

/** Options with every default filled in. */
export type FullSplitOptions = Required<SplitOptions>;

/**
 * Checks that something is a script that can be spoken.
 * Codes: `script_not_text`, `script_too_large`, `script_empty`; the field is `script_text`.
 */
export function checkScript(script: unknown): Result<string> {
	if (typeof script !== 'string') return refuse('script_not_text', 'Send the script as a string of plain text', FIELD);
	if (script.length >= SCRIPT_SIZE_LIMIT_BYTES || new TextEncoder().encode(script).length >= SCRIPT_SIZE_LIMIT_BYTES) {
		return refuse(
			'script_too_large',
			`The script must be smaller than ${SCRIPT_SIZE_LIMIT_BYTES} bytes: divide it into several videos`,
			FIELD,
		);
	}
	const wrong = NOT_TEXT.exec(script);
	if (wrong) {
		return refuse(
			'script_not_text',
			`The script holds binary data at position ${wrong.index}: send plain text, not the bytes of a file`,
			FIELD,
		);
	}
	if (script.trim() === '') return refuse('script_empty', 'The script is empty: send the text to be spoken', FIELD);
	return ok(script);
}

/** Fills in defaults and checks ranges. Code `option_invalid`, the field is the name that the API and the node use. */
export function checkOptions(options: SplitOptions): Result<FullSplitOptions> {
	const full: FullSplitOptions = {
		mode: options.mode,
		targetSegmentS: options.targetSegmentS ?? DEFAULT_TARGET_SEGMENT_S,
		wordsPerMinute: options.wordsPerMinute ?? DEFAULT_WORDS_PER_MINUTE,
		charactersPerMinute: options.charactersPerMinute ?? DEFAULT_CHARACTERS_PER_MINUTE,
		minRatio: options.minRatio ?? DEFAULT_MIN_RATIO,
		maxRatio: options.maxRatio ?? DEFAULT_MAX_RATIO,
		maxCharacters: options.maxCharacters ?? DEFAULT_MAX_CHARACTERS,
		language: options.language?.trim() || 'en',
	};
	if (!MODES.includes(full.mode))
		return refuse('option_invalid', `Mode must be one of ${MODES.join(', ')}`, 'split_mode');
	const ranges: Array<[number, number, number, string, string]> = [
		[full.targetSegmentS, 1, 600, 'target_segment_duration', 'Target segment duration (seconds)'],
		[full.wordsPerMinute, 10, 1000, 'words_per_minute', 'Words per minute'],
		[full.charactersPerMinute, 10, 5000, 'characters_per_minute', 'Characters per minute'],
		[full.minRatio, 0, 1, 'min_ratio', 'Shortest segment (part of the target)'],
		[full.maxRatio, 1, 5, 'max_ratio', 'Longest segment (part of the target)'],
		// A code point can take two UTF-16 units, so two is the least that always makes progress.
		[full.maxCharacters, 2, SCRIPT_SIZE_LIMIT_BYTES, 'max_characters', 'Most characters a segment'],
	];
	for (const [value, least, most, field, label] of ranges) {
		if (!(typeof value === 'number' && value >= least && value <= most)) {
			return refuse('option_invalid', `${label} must be a number from ${least} to ${most}`, field);
		}
	}
	if (!isLanguageTag(full.language)) {
		return refuse('option_invalid', 'Language must be a tag such as "en", "de" or "pt-BR"', 'language');
	}
	return ok(full);
}

function isLanguageTag(language: string): boolean {
	try {
		return Intl.getCanonicalLocales(language).length === 1;
	} catch {
		return false;
	}
}
