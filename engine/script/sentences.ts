import {
	AMBIGUOUS_ABBREVIATIONS,
	CONTINUING_ABBREVIATIONS,
	ORDINAL_DOT_LANGUAGES,
	ORDINAL_MONTHS,
	SENTENCE_OPENERS,
} from './abbreviations';
import { LOOK_AROUND_CHARACTERS, WRAPPED_LINE_CHARACTERS } from './constants';
import { segmentText } from './segmenters';
import type { Segmenters } from './segmenters';
import { BREAK } from './types';
import type { Break } from './types';

/** A sentence as a range of the script; ranges follow each other without a gap. */
export interface SentenceRange {
	start: number;
	end: number;
	breakAfter: Break;
}

const CLOSERS = /[\s"'”’»›)\]}」』】）》*_]+$/u;
const OPENERS = /^[\s"'“‘„«‹¿¡([{「『【（《*_-]+/u;
const ENDS_WITH_STOP = /[.!?…‥。．！？｡؟۔।॥։።፧។။།]$/u;
const LIST_MARKER = /^\(?(?:\d{1,3}|\p{L}|[ivxIVX]{1,4})[.)]$/u;
const LIST_LINE = /^(?:[-*•–]\s|\(?(?:\d{1,3}|\p{L})[.)]\s)/u;
const LAST_WORD = /(?<word>[\p{L}\p{M}\p{N}.'’-]+)\.$/u;
const FIRST_WORD = /^[\p{L}\p{M}\p{N}]+/u;
const DOTTED = /^(?:\p{L}\.)+\p{L}$/u;
const SINGLE_LETTER = /^\p{L}$/u;
const SHORT_NUMBER = /^\d{1,2}$/u;
const STARTS_LOWER_CASE = /^\p{Ll}/u;
const BLANK_LINE = /(?:\r\n|\r|\n|\u2029)[^\S\r\n]*(?:\r\n|\r|\n|\u2029)/u;
const NEW_LINE = /[\r\n\u2028\u2029\u0085]/u;
/** A Japanese quotation goes on with its particle: 「はい。」と言った。 */
const JAPANESE_QUOTE_PARTICLE = /^(?:と|って)/u;

/**
 * Finds the sentences of a stretch of text.
 * Unicode's sentence rules (Intl.Segmenter) propose the boundaries; this takes back those after abbreviations, initials,
 * ordinals, list markers, inside wrapped lines and before a sentence's own rest ("Stop!" he said).
 *
 * @param text the whole script
 * @param start first index of the stretch
 * @param end index after its last one
 */
export function findSentences(text: string, start: number, end: number, segmenters: Segmenters): SentenceRange[] {
	const stretch = text.slice(start, end);
	const hasOrdinalDots = ORDINAL_DOT_LANGUAGES.has(segmenters.language.split('-')[0].toLowerCase());
	const sentences: SentenceRange[] = [];
	let sentenceStart = 0;
	for (const { index, segment, isComplete } of segmentText(segmenters.sentence, stretch)) {
		const boundary = index + segment.length;
		const isLast = boundary === stretch.length;
		if (!isComplete) continue;
		if (!isLast && goesOn(stretch, sentenceStart, boundary, hasOrdinalDots)) continue;
		sentences.push({
			start: start + sentenceStart,
			end: start + boundary,
			breakAfter: endsParagraph(stretch, boundary) ? BREAK.paragraph : BREAK.sentence,
		});
		sentenceStart = boundary;
	}
	return sentences;
}

/** Whether the sentence goes on behind a boundary that the Unicode rules propose. */
function goesOn(text: string, sentenceStart: number, boundary: number, hasOrdinalDots: boolean): boolean {
	const tail = text.slice(Math.max(sentenceStart, boundary - LOOK_AROUND_CHARACTERS), boundary);
	const head = text.slice(boundary, boundary + LOOK_AROUND_CHARACTERS);
	const before = tail.trimEnd();
	const gap = tail.slice(before.length);
	if (before === '' || head.trim() === '') return true;
	if (BLANK_LINE.test(gap + head.slice(0, head.length - head.trimStart().length))) return false;

	const opened = head.replace(OPENERS, '');
	const isWholeSentence = boundary - sentenceStart <= LOOK_AROUND_CHARACTERS;
	if (isWholeSentence && LIST_MARKER.test(before.trim())) return true;
	const lastLine = text.slice(Math.max(sentenceStart, boundary - 4 * LOOK_AROUND_CHARACTERS), boundary).trimEnd();
	if (NEW_LINE.test(gap) && !ENDS_WITH_STOP.test(before.replace(CLOSERS, ''))) return isWrapped(lastLine, head);
	if (STARTS_LOWER_CASE.test(opened)) return true;
	if (/[」』]$/u.test(before) && JAPANESE_QUOTE_PARTICLE.test(head)) return true;
	return endsInAbbreviation(before.replace(CLOSERS, ''), opened, hasOrdinalDots);
}

/** A line without a full stop goes on in the next one when it is long, or when the next one starts in lower case. */
function isWrapped(lastLine: string, head: string): boolean {
	if (LIST_LINE.test(head)) return false;
	const line = lastLine.split(NEW_LINE).at(-1) ?? '';
	return STARTS_LOWER_CASE.test(head) || line.length >= WRAPPED_LINE_CHARACTERS;
}

function endsInAbbreviation(before: string, head: string, hasOrdinalDots: boolean): boolean {
	const word = LAST_WORD.exec(before)?.groups?.word;
	if (word === undefined) return false;
	const next = (FIRST_WORD.exec(head)?.[0] ?? '').toLowerCase();
	const lower = word.toLowerCase();
	if (CONTINUING_ABBREVIATIONS.has(lower)) return true;
	if (SHORT_NUMBER.test(word)) return hasOrdinalDots || ORDINAL_MONTHS.has(next);
	const isAmbiguous = SINGLE_LETTER.test(word) || DOTTED.test(word) || AMBIGUOUS_ABBREVIATIONS.has(lower);
	return isAmbiguous && (isInitialOfNext(word, head) || !SENTENCE_OPENERS.has(next));
}

/** "z. B." and "U. S." are spelled in single letters: the next letter belongs to the same abbreviation. */
function isInitialOfNext(word: string, head: string): boolean {
	return SINGLE_LETTER.test(word) && /^\p{L}\./u.test(head);
}

function endsParagraph(text: string, boundary: number): boolean {
	if (boundary === text.length) return true;
	const around = text.slice(Math.max(0, boundary - LOOK_AROUND_CHARACTERS), boundary);
	const head = text.slice(boundary, boundary + LOOK_AROUND_CHARACTERS);
	const gap = around.slice(around.trimEnd().length) + head.slice(0, head.length - head.trimStart().length);
	return BLANK_LINE.test(gap);
}
