/** How a script is divided: by length, one segment a line, or by the marks that the author put in. */
export type SplitMode = 'duration' | 'line' | 'markup';

export interface SplitOptions {
	mode: SplitMode;
	/** Wanted length of a segment in seconds, mode `duration` only. */
	targetSegmentS?: number;
	wordsPerMinute?: number;
	/** For scripts that put no spaces between words. */
	charactersPerMinute?: number;
	/** Shortest segment aimed at, as a part of the target. */
	minRatio?: number;
	/** Longest segment allowed, as a part of the target. */
	maxRatio?: number;
	/** The speech provider's limit of characters in one request, counted in UTF-16 units (never fewer than characters). */
	maxCharacters?: number;
	/** BCP 47 tag of the script's language, when it is known. */
	language?: string;
}

export interface ScriptSegment {
	/** 1-based. */
	order: number;
	text: string;
	/** Estimated times on the narration's own line, in seconds. */
	startS: number;
	endS: number;
	durationS: number;
	/** Words; in scripts without spaces every character counts as one, as in word processors. */
	words: number;
}

export interface SplitResult {
	segments: ScriptSegment[];
	totalS: number;
}

/** What a unit's end allows, best place for a break first. */
export const BREAK = { paragraph: 0, sentence: 1, strongClause: 2, clause: 3, word: 4, cut: 5 } as const;
export type Break = (typeof BREAK)[keyof typeof BREAK];

/** A stretch of the script, `from` inclusive and `to` exclusive, without white space at its edges. */
export interface Unit {
	from: number;
	to: number;
	seconds: number;
	words: number;
	breakAfter: Break;
}

/** Speaking rates, both in units a minute. */
export interface SpeakingRate {
	wordsPerMinute: number;
	charactersPerMinute: number;
}
