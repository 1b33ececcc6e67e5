/** Cuts one sentence that is longer than allowed: at white space where there is some, else between characters. */
function cutLongSentence(sentence: string, maxChars: number): string[] {
	const words = sentence.match(/\s*\S+\s*$|\s*\S+/gu) ?? [sentence];
	const pieces = words.flatMap((word) => (word.length <= maxChars ? [word] : cutBetweenCharacters(word, maxChars)));
	return pack(pieces, maxChars);
}

function cutBetweenCharacters(word: string, maxChars: number): string[] {
	const characters = Array.from(
		new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(word),
		(part) => part.segment,
	);
	return pack(characters, maxChars);
}

/** Joins neighbours as long as they fit. */
function pack(pieces: string[], maxChars: number): string[] {
	const packed: string[] = [];
	for (const piece of pieces) {
		const last = packed.length - 1;
		if (last >= 0 && packed[last].length + piece.length <= maxChars) packed[last] += piece;
		else packed.push(piece);
	}
	return packed;
}

/**
 * Splits a text that is too long for one request at the ends of sentences, into as few parts as possible.
 * Joining the parts gives the text back, character for character.
 *
 * @param maxChars most UTF-16 units in a part, which is never less than what the service counts
 */
export function splitSpeech(text: string, maxChars: number): string[] {
	if (text.length <= maxChars) return [text];
	const sentences = Array.from(
		new Intl.Segmenter(undefined, { granularity: 'sentence' }).segment(text),
		(part) => part.segment,
	);
	const fitting = sentences.flatMap((sentence) =>
		sentence.length <= maxChars ? [sentence] : cutLongSentence(sentence, maxChars),
	);
	return pack(fitting, maxChars);
}
