import fc from 'fast-check';

import { splitSpeech } from '../../../nodes/ElevenLabs/chunks';

describe('splitSpeech', () => {
	it('leaves a text that fits alone', () => {
		expect(splitSpeech('One. Two.', 9)).toEqual(['One. Two.']);
	});

	it('splits at the ends of sentences, into as few parts as possible', () => {
		expect(splitSpeech('First one. Second one. Third one.', 24)).toEqual(['First one. Second one. ', 'Third one.']);
	});

	it('splits languages without spaces at their own marks', () => {
		expect(splitSpeech('これは一つ目です。これは二つ目です。', 10)).toEqual([
			'これは一つ目です。',
			'これは二つ目です。',
		]);
	});

	it('cuts an endless sentence between words, and an endless word between characters', () => {
		expect(splitSpeech('aaa bbb ccc ddd', 8)).toEqual(['aaa bbb', ' ccc ddd']);
		expect(splitSpeech('👩‍🚀👩‍🚀👩‍🚀', 10)).toEqual(['👩‍🚀👩‍🚀', '👩‍🚀']);
	});

	it('loses no character and keeps to the limit, whatever the text', () => {
		const text = fc.oneof(fc.string({ maxLength: 400 }), fc.lorem({ mode: 'sentences', maxCount: 20 }));

		fc.assert(
			fc.property(text, fc.integer({ min: 40, max: 120 }), (script, maxChars) => {
				const parts = splitSpeech(script, maxChars);
				expect(parts.join('')).toBe(script);
				expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(maxChars);
			}),
		);
	});
});
