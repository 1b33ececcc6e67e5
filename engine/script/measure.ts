import { CHARACTERS_PER_EXTRA_WORD, LONG_TOKEN_CHARACTERS } from './constants';
import type { SpeakingRate } from './types';

/** Scripts that are written without spaces between words, and the marks that prolong their letters. */
const UNSPACED =
	'\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\\p{Script=Tibetan}ー';

const TOKEN = new RegExp(`(?<unspaced>[${UNSPACED}])|[^\\s${UNSPACED}]+`, 'gu');
const LETTER = /[\p{L}\p{N}]/u;
const SPEAKABLE = /[\p{L}\p{N}\p{Extended_Pictographic}\p{Regional_Indicator}]/u;
const ANY_UNSPACED = new RegExp(`[${UNSPACED}]`, 'u');

/** Whether a text has letters of a script without spaces, so that its words need a dictionary to be found. */
export function hasUnspacedScript(text: string): boolean {
	return ANY_UNSPACED.test(text);
}

/** Whether there is anything in a text that a voice could say. */
export function isSpeakable(text: string): boolean {
	return SPEAKABLE.test(text);
}

/**
 * Estimates how long a text takes to say.
 * Spaced languages count words, scripts without spaces count letters (a combining mark takes no time of its own).
 *
 * @returns seconds, and words as a word processor counts them
 */
export function measure(text: string, rate: SpeakingRate): { seconds: number; words: number } {
	let words = 0;
	let beats = 0;
	let letters = 0;
	for (const match of text.matchAll(TOKEN)) {
		const token = match[0];
		if (match.groups?.unspaced !== undefined) {
			if (LETTER.test(token)) letters++;
		} else if (isSpeakable(token)) {
			words++;
			beats += 1 + Math.max(0, token.length - LONG_TOKEN_CHARACTERS) / CHARACTERS_PER_EXTRA_WORD;
		}
	}
	return {
		seconds: (beats * 60) / rate.wordsPerMinute + (letters * 60) / rate.charactersPerMinute,
		words: words + letters,
	};
}
