import { createSegmenters } from '../../../engine/script/segmenters';
import { findSentences } from '../../../engine/script/sentences';

function sentences(text: string, language = 'en'): string[] {
	const ranges = findSentences(text, 0, text.length, createSegmenters(language));
	return ranges.map(({ start, end }) => text.slice(start, end).trim());
}

describe('ends of sentences', () => {
	it.each([
		['titles and acronyms', 'Dr. Smith met the U.S. Army at 3.14 p.m. on Monday. Then he left.', ['Then he left.']],
		['"for example"', 'He read much, e.g. The Hobbit. It was good.', ['It was good.']],
		['initials', 'J. R. R. Tolkien wrote it. Nobody else.', ['Nobody else.']],
		['an acronym before a new sentence', 'He lives in the U.S. The weather is fine.', ['The weather is fine.']],
		['quotes that go on', '"Stop!" he said. "Why?" She looked.', ['"Why?"', 'She looked.']],
		['closing quotes before a gap of spaces', 'He said: "Etc."  So it was.', ['So it was.']],
		['ellipses', 'Wait... what is this? Nothing.', ['Nothing.']],
		['list markers', '1. First we go. 2. Then we rest.', ['2. Then we rest.']],
		['German abbreviations', 'Das ist z. B. Herr Dr. Meyer bzw. Frau Schulz. Er kam.', ['Er kam.']],
		['German dates', 'Am 3. Oktober ist frei. Danach nicht.', ['Danach nicht.']],
		['Japanese quotations', '「はい。」と言った。雨です。', ['雨です。']],
		['Hindi', 'यह सच है। वह गया।', ['वह गया।']],
		['Arabic', 'هل تعرف ذلك؟ نعم بالطبع.', ['نعم بالطبع.']],
		['a number at the end', 'It was 12. That is all.', ['That is all.']],
	])('knows %s', (_name, script, after) => {
		expect(sentences(script).slice(1)).toEqual(after);
	});

	it('takes a number with a full stop for an ordinal where the language has them', () => {
		const script = 'Er wurde 3. Sieger im Lauf. Schön.';

		expect(sentences(script, 'de')).toEqual(['Er wurde 3. Sieger im Lauf.', 'Schön.']);
		expect(sentences(script, 'en')).toHaveLength(3);
	});

	it('reads on over the line ends of wrapped text, and stops at headings, lists and blank lines', () => {
		const wrapped = 'This line is long enough to have been wrapped by an editor\nSomewhere in the middle. Short.';
		const heading = 'A heading\nAnother line.';
		const list = 'This is a rather long list item that has no full stop at all\n- Second item';
		const paragraphs = 'no full stop here\n\nnext paragraph';

		expect(sentences(wrapped)).toEqual([wrapped.slice(0, -7), 'Short.']);
		expect(sentences(heading)).toEqual(['A heading', 'Another line.']);
		expect(sentences(list)).toEqual(list.split('\n'));
		expect(sentences(paragraphs)).toEqual(['no full stop here', 'next paragraph']);
	});
});
