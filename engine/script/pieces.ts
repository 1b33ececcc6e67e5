import { CUT_PIECE_PART, LONGEST_USUAL_GRAPHEME } from './constants';
import { hasUnspacedScript, measure } from './measure';
import { segmentText } from './segmenters';
import type { Segmenters } from './segmenters';
import { BREAK } from './types';
import type { Break, SpeakingRate, Unit } from './types';

/** What no unit may exceed. */
export interface UnitLimits {
	seconds: number;
	characters: number;
}

/** A place inside a sentence where it may be broken. */
interface Cut {
	at: number;
	kind: Break;
}

/** Ends of clauses: after a mark (with closing quotes), at a line's end, and at the spaces of scripts that use them for phrases. */
const CLAUSE_END = new RegExp(
	[
		String.raw`(?<strong>[.!?…:;؛·—–]["'”’»)\]]*(?=\s)|[。．！？；：।॥][」』）】》”]*|[\r\n\u2028\u2029]+)`,
		String.raw`(?<weak>,["'”’»)\]]*(?=\s)|[،、，]["'”’」』）]*|(?=\s)(?<=[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}{0,4})\s+)`,
	].join('|'),
	'gu',
);
/** A word; a tag such as `<break time="1s" />` counts as one, although it has spaces. */
const SPACED_WORD = /(?:<[^<>\r\n]{1,200}>|\S)+/gu;
const OPENING_MARK = /^[([{<«‹“‘「『【（《¿¡]+$/u;

/** Makes a unit of a range, without the white space at its edges; undefined for white space only. */
export function toUnit(
	text: string,
	start: number,
	end: number,
	breakAfter: Break,
	rate: SpeakingRate,
): Unit | undefined {
	const raw = text.slice(start, end);
	const trimmed = raw.trim();
	if (trimmed === '') return undefined;
	const from = start + raw.length - raw.trimStart().length;
	return { from, to: from + trimmed.length, breakAfter, ...measure(trimmed, rate) };
}

/**
 * Breaks a unit into smaller ones until each keeps the limits: at clauses, then between words, then inside a word at a
 * grapheme's edge, and only where a single grapheme is larger than the provider's limit between its code points.
 */
export function breakDown(
	text: string,
	unit: Unit,
	limits: UnitLimits,
	rate: SpeakingRate,
	segmenters: Segmenters,
): Unit[] {
	if (fits(unit, limits)) return [unit];
	const clauses = divide(text, unit, clauseCuts(text, unit), rate);
	return clauses.flatMap((clause) => {
		if (fits(clause, limits)) return [clause];
		const words = divide(text, clause, wordCuts(text, clause, segmenters), rate);
		return words.flatMap((word) => (fits(word, limits) ? [word] : cutWord(text, word, limits, segmenters)));
	});
}

function fits(unit: Unit, limits: UnitLimits): boolean {
	return unit.seconds <= limits.seconds && unit.to - unit.from <= limits.characters;
}

function divide(text: string, unit: Unit, cuts: Cut[], rate: SpeakingRate): Unit[] {
	const units: Unit[] = [];
	let start = unit.from;
	for (const { at, kind } of [...cuts, { at: unit.to, kind: unit.breakAfter }]) {
		const piece = toUnit(text, start, at, kind, rate);
		if (piece) units.push(piece);
		start = at;
	}
	return units;
}

function clauseCuts(text: string, unit: Unit): Cut[] {
	const cuts: Cut[] = [];
	for (const match of text.slice(unit.from, unit.to).matchAll(CLAUSE_END)) {
		const at = unit.from + match.index + match[0].length;
		if (at < unit.to) cuts.push({ at, kind: match.groups?.strong === undefined ? BREAK.clause : BREAK.strongClause });
	}
	return cuts;
}

function wordCuts(text: string, unit: Unit, segmenters: Segmenters): Cut[] {
	const cuts: Cut[] = [];
	for (const match of text.slice(unit.from, unit.to).matchAll(SPACED_WORD)) {
		const start = unit.from + match.index;
		const end = start + match[0].length;
		if (hasUnspacedScript(match[0])) addDictionaryCuts(cuts, match[0], start, segmenters);
		if (end < unit.to) cuts.push({ at: end, kind: BREAK.word });
	}
	return cuts;
}

/** Adds the word boundaries of a script without spaces. Marks stay with the word before them, opening ones with the word after. */
function addDictionaryCuts(cuts: Cut[], run: string, offset: number, segmenters: Segmenters): void {
	let previous = '';
	for (const { index, segment, isWordLike } of segmentText(segmenters.word, run)) {
		const mayStart = isWordLike || OPENING_MARK.test(segment);
		if (index > 0 && mayStart && !OPENING_MARK.test(previous)) cuts.push({ at: offset + index, kind: BREAK.word });
		previous = segment;
	}
}

/** Cuts one word that is too long for a segment into pieces of equal size. */
function cutWord(text: string, word: Unit, limits: UnitLimits, segmenters: Segmenters): Unit[] {
	const length = word.to - word.from;
	const bySeconds = Math.floor((length * limits.seconds * CUT_PIECE_PART) / Math.max(word.seconds, Number.EPSILON));
	const size = Math.max(1, Math.min(bySeconds, Math.ceil(limits.characters * CUT_PIECE_PART)));
	const run = text.slice(word.from, word.to);
	const pieces: Unit[] = [];
	let start = 0;
	while (start < length) {
		const end = pieceEnd(run, segmenters.grapheme, start, size, limits.characters);
		pieces.push({
			from: word.from + start,
			to: word.from + end,
			seconds: (word.seconds * (end - start)) / length,
			words: start === 0 ? word.words : 0,
			breakAfter: end === length ? word.breakAfter : BREAK.cut,
		});
		start = end;
	}
	return pieces;
}

/** End of the piece that begins at `start`: about `size` further, at a grapheme's edge, never beyond `most`. */
function pieceEnd(run: string, graphemes: Intl.Segmenter, start: number, size: number, most: number): number {
	if (start + size >= run.length) return run.length;
	const ahead = run.slice(start, start + size + LONGEST_USUAL_GRAPHEME);
	// Never undefined: the index lies inside the text.
	const around = graphemes.segment(ahead).containing(size) as Intl.SegmentData;
	if (around.index > 0) return start + around.index;
	if (around.segment.length <= most) return start + around.segment.length;
	const end = start + most;
	const isInsidePair = /[\uD800-\uDBFF]/.test(run[end - 1]);
	return isInsidePair ? end - 1 : end;
}
