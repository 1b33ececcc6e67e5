import fc from 'fast-check';

import { splitScript } from '../../../engine/script/splitScript';
import type { SplitMode, SplitOptions } from '../../../engine/script/types';
import { NARRATIONS, squeeze } from './narrations';

const LONE_SURROGATE = /\p{Surrogate}/u;

const narration = fc.oneof(
	fc.constantFrom(...Object.values(NARRATIONS)),
	fc.string({ unit: 'grapheme', maxLength: 60 }),
	fc.constantFrom('\n', '\r\n\r\n', ' ', '---', 'word', '…', '“', '』', '1.', 'z.', 'no punctuation here at all'),
);
const script = fc
	.array(narration, { minLength: 1, maxLength: 12 })
	.chain((parts) => fc.constantFrom(' ', '', '\n', '\r\n\r\n').map((joint) => parts.join(joint)))
	.filter((text) => text.trim() !== '' && !/(?![\t-\r])\p{Cc}/u.test(text));

function options(mode: SplitMode): fc.Arbitrary<SplitOptions> {
	return fc.record({
		mode: fc.constant(mode),
		targetSegmentS: fc.constantFrom(1, 3, 10, 30),
		wordsPerMinute: fc.constantFrom(100, 150, 400),
		maxRatio: fc.constantFrom(1, 1.2, 2),
		maxCharacters: fc.constantFrom(16, 40, 200, 10_000),
		language: fc.constantFrom('en', 'de', 'ja', 'th', 'ar'),
	});
}

describe.each<SplitMode>(['duration', 'line'])('splitting by %s', (mode) => {
	it('gives the narration back, character for character but for white space', () => {
		fc.assert(
			fc.property(script, options(mode), (text, opts) => {
				const result = splitScript(text, opts);

				if (!result.ok) throw new Error(result.message);
				expect(squeeze(result.value.segments.map((segment) => segment.text).join(''))).toBe(squeeze(text));
			}),
			{ numRuns: 150 },
		);
	});

	it('keeps the limit of characters, whole code points, order and a timeline without gaps', () => {
		fc.assert(
			fc.property(script, options(mode), (text, opts) => {
				const result = splitScript(text, opts);

				if (!result.ok) throw new Error(result.message);
				const { segments, totalS } = result.value;
				let endS = 0;
				for (const [index, segment] of segments.entries()) {
					expect(segment.text.length).toBeLessThanOrEqual(opts.maxCharacters as number);
					expect(segment.text).toBe(segment.text.trim());
					expect(segment.text).not.toBe('');
					expect(segment.text).not.toMatch(LONE_SURROGATE);
					expect(segment.order).toBe(index + 1);
					expect(segment.startS).toBe(endS);
					expect(segment.durationS).toBeGreaterThan(0);
					endS = segment.endS;
				}
				expect(totalS).toBe(endS);
			}),
			{ numRuns: 150 },
		);
	});
});

describe('splitting by duration', () => {
	it('never divides a grapheme that fits the limit', () => {
		const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
		const text = fc.array(fc.constantFrom('👨‍👩‍👧‍👦', '🇩🇪', 'e\u0301', '👋🏽', 'क्षि', 'x'), { minLength: 1, maxLength: 200 });
		fc.assert(
			fc.property(text, (parts) => {
				const whole = parts.join('');
				const result = splitScript(whole, { mode: 'duration', targetSegmentS: 1, maxCharacters: 16 });

				if (!result.ok) throw new Error(result.message);
				const edges = new Set([...graphemes.segment(whole)].map(({ index }) => index));
				let at = 0;
				for (const segment of result.value.segments) {
					expect(edges.has(at)).toBe(true);
					at += segment.text.length;
				}
			}),
			{ numRuns: 100 },
		);
	});

	it('ends at sentences inside the window wherever sentences allow it', () => {
		const sentence = fc.integer({ min: 3, max: 15 }).map((words) => `${'Word '.repeat(words).trim()}. `);
		fc.assert(
			fc.property(fc.array(sentence, { minLength: 60, maxLength: 120 }), (sentences) => {
				const result = splitScript(sentences.join(''), { mode: 'duration', targetSegmentS: 30 });

				if (!result.ok) throw new Error(result.message);
				const { segments } = result.value;
				for (const [index, segment] of segments.entries()) {
					expect(segment.text.endsWith('.')).toBe(true);
					expect(segment.durationS).toBeLessThanOrEqual(36.001);
					if (index < segments.length - 1) expect(segment.durationS).toBeGreaterThanOrEqual(23.999);
				}
			}),
			{ numRuns: 50 },
		);
	});
});
