import { SEGMENTER_WINDOW_CHARACTERS } from './constants';

/** One piece that Unicode's rules found. */
export interface TextPiece {
	index: number;
	segment: string;
	isWordLike: boolean;
	/** False where only the window ended: the piece goes on. */
	isComplete: boolean;
}

/** The segmenters of one language. Building one is costly, so they are made once for a script. */
export interface Segmenters {
	language: string;
	sentence: Intl.Segmenter;
	word: Intl.Segmenter;
	grapheme: Intl.Segmenter;
}

/**
 * @param language BCP 47 tag, a valid one
 */
export function createSegmenters(language: string): Segmenters {
	return {
		language,
		sentence: new Intl.Segmenter(language, { granularity: 'sentence' }),
		word: new Intl.Segmenter(language, { granularity: 'word' }),
		grapheme: new Intl.Segmenter(language, { granularity: 'grapheme' }),
	};
}

/**
 * Segments a text of any length in linear time: V8's segmenter takes time in the square of the length (a megabyte would
 * take minutes), so it gets the text in windows. A window's last piece may be cut off; it opens the next window.
 */
export function* segmentText(segmenter: Intl.Segmenter, text: string): Generator<TextPiece> {
	let offset = 0;
	while (offset < text.length) {
		const window = text.slice(offset, offset + SEGMENTER_WINDOW_CHARACTERS);
		const isTail = offset + window.length === text.length;
		const pieces = [...segmenter.segment(window)];
		const isComplete = isTail || pieces.length > 1;
		const kept = isTail || pieces.length === 1 ? pieces : pieces.slice(0, -1);
		for (const { index, segment, isWordLike } of kept) {
			yield { index: offset + index, segment, isWordLike: isWordLike === true, isComplete };
		}
		const last = kept[kept.length - 1];
		offset += last.index + last.segment.length;
	}
}
