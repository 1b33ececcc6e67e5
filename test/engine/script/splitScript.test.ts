import { splitScript } from '../../../engine/script/splitScript';
import type { SplitOptions, SplitResult } from '../../../engine/script/types';
import { NARRATIONS, squeeze } from './narrations';

function split(script: string, options: Partial<SplitOptions> = {}): SplitResult {
	const result = splitScript(script, { mode: 'duration', ...options });
	if (!result.ok) throw new Error(`${result.code}: ${result.message}`);
	return result.value;
}

function texts(script: string, options: Partial<SplitOptions> = {}): string[] {
	return split(script, options).segments.map((segment) => segment.text);
}

describe('checks of the script', () => {
	it.each([
		['nothing', '', 'script_empty'],
		['white space only', ' \r\n\t\u3000\uFEFF', 'script_empty'],
		['a megabyte', 'a'.repeat(1_000_000), 'script_too_large'],
		['less characters, but a megabyte of bytes', '語'.repeat(400_000), 'script_too_large'],
		['NUL', 'text\u0000text', 'script_not_text'],
		['bytes of a file', '\u0089PNG\r\n\u001A\n', 'script_not_text'],
		['half of a surrogate pair', 'smile \uD83D', 'script_not_text'],
		['a number', 12, 'script_not_text'],
		['an object', { text: 'a' }, 'script_not_text'],
		['nothing at all', undefined, 'script_not_text'],
	])('refuses %s', (_name, script, code) => {
		const result = splitScript(script, { mode: 'duration' });

		expect(result).toMatchObject({ ok: false, code, field: 'script_text' });
	});

	it.each([
		['mode', { mode: 'chapters' }, 'split_mode'],
		['target', { targetSegmentS: 0 }, 'target_segment_duration'],
		['target that is no number', { targetSegmentS: NaN }, 'target_segment_duration'],
		['speaking rate', { wordsPerMinute: -1 }, 'words_per_minute'],
		['characters per minute', { charactersPerMinute: 1e9 }, 'characters_per_minute'],
		['shortest part', { minRatio: 1.1 }, 'min_ratio'],
		['longest part', { maxRatio: 0.5 }, 'max_ratio'],
		['limit of characters', { maxCharacters: 1 }, 'max_characters'],
		['language', { language: 'not a language' }, 'language'],
	])('refuses an impossible %s', (_name, options, field) => {
		const result = splitScript('Text.', { mode: 'duration', ...options } as SplitOptions);

		expect(result).toMatchObject({ ok: false, code: 'option_invalid', field });
	});

	it('takes an empty language as unknown', () => {
		expect(texts('Text.', { language: ' ' })).toEqual(['Text.']);
	});
});

describe('lengths', () => {
	it('estimates one sentence by its words', () => {
		expect(split('Five words are spoken here.')).toEqual({
			segments: [{ order: 1, text: 'Five words are spoken here.', startS: 0, endS: 2, durationS: 2, words: 5 }],
			totalS: 2,
		});
	});

	it('estimates scripts without spaces by their letters', () => {
		const { segments } = split('東京は日本の首都です。', { charactersPerMinute: 300 });

		expect(segments).toMatchObject([{ durationS: 2, words: 10 }]);
	});

	it('divides 3,000 words without punctuation into segments near the target', () => {
		const { segments, totalS } = split('word '.repeat(3000));

		expect(totalS).toBeCloseTo(1200, 3);
		for (const { durationS } of segments) expect(Math.abs(durationS - 30)).toBeLessThan(6.01);
	});

	it('counts a word of absurd length as several', () => {
		expect(split('a'.repeat(5000)).totalS).toBeGreaterThan(300);
	});

	it('gives emoji and bare punctuation a moment of time', () => {
		expect(split('🎉🎉').segments).toMatchObject([{ words: 1, durationS: 0.4 }]);
		expect(split('…').segments).toMatchObject([{ words: 0, durationS: 0.4 }]);
	});
});

describe('places to break', () => {
	it('prefers the end of a paragraph', () => {
		const sentence = `${'Word '.repeat(9)}end. `;
		const script = `${sentence.repeat(7)}\n\n${sentence.repeat(8)}`;

		expect(split(script).segments.map(({ words }) => words)).toEqual([70, 80]);
	});
});

describe('sentences that are too long', () => {
	it('are divided at clauses, the stronger ones first', () => {
		const half = 'one two three four five six seven eight nine ten';
		const script = `${half}, ${half}; ${half}, ${half}.`;

		expect(texts(script, { targetSegmentS: 8 })).toEqual([`${half}, ${half};`, `${half}, ${half}.`]);
	});

	it('are divided between words where there is no clause, and tags stay whole', () => {
		const all = texts('one two <break time="1s" /> four five six', { targetSegmentS: 1, minRatio: 0 });

		expect(all.filter((text) => text.includes('<'))).toHaveLength(1);
		expect(all.find((text) => text.includes('<'))).toContain('<break time="1s" />');
	});

	it('are divided between words of a dictionary where words have no spaces', () => {
		const all = texts('東京は日本の首都です'.repeat(4), { targetSegmentS: 2, language: 'ja' });

		expect(all.join('')).toBe('東京は日本の首都です'.repeat(4));
		expect(all.every((text) => !text.startsWith('京'))).toBe(true);
	});

	it('keep brackets with what they enclose', () => {
		const all = texts('日本（にほん）の首都は「東京」です'.repeat(4), { targetSegmentS: 1, language: 'ja' });

		for (const text of all) expect(text).not.toMatch(/[（「]$|^[）」、。]/);
	});

	it('are cut inside a word as the last resort, between graphemes', () => {
		const all = texts('👨‍👩‍👧‍👦'.repeat(40), { maxCharacters: 50 });

		for (const text of all) expect(text.length % 11).toBe(0);
	});

	it('are cut between code points where one grapheme alone exceeds the limit', () => {
		const all = texts(`👋${'\u0301'.repeat(50)}😀${'\u{1F3FD}'.repeat(9)}`, { maxCharacters: 4 });

		for (const text of all) {
			expect(text.length).toBeLessThanOrEqual(4);
			expect(text).not.toMatch(/\p{Surrogate}/u);
		}
	});
});

describe('splitting by line', () => {
	it('makes one segment of each line, whatever its length, with any line end', () => {
		expect(texts('One.\r\n\r\nTwo. Three.\rFour\u2028Five', { mode: 'line' })).toEqual([
			'One.',
			'Two. Three.',
			'Four',
			'Five',
		]);
	});

	it('joins lines without anything to say to their neighbours', () => {
		expect(texts('***\nOne.\n---\nTwo.', { mode: 'line' })).toEqual(['***\nOne.\n---', 'Two.']);
	});

	it('divides a line above the limit of characters at its sentences', () => {
		const all = texts(`${'A short sentence. '.repeat(20)}\nNext.`, { mode: 'line', maxCharacters: 100 });

		expect(all.at(-1)).toBe('Next.');
		for (const text of all) {
			expect(text.length).toBeLessThanOrEqual(100);
			expect(text).toMatch(/\.$/);
		}
	});
});

describe('splitting by marks', () => {
	it('divides at every kind of mark and does not speak them', () => {
		const script =
			'# Intro\r\nHello there.\r\n---\r\nSecond [laughs] part. [segment] Third part.\n[Scene 2: The harbour]\nFourth # part.\n***\n===\n';

		expect(texts(script, { mode: 'markup' })).toEqual([
			'Hello there.',
			'Second [laughs] part.',
			'Third part.',
			'Fourth # part.',
		]);
	});

	it('refuses a script of nothing but marks', () => {
		expect(splitScript('# Title\n---\n[segment]', { mode: 'markup' })).toMatchObject({
			ok: false,
			code: 'script_empty',
			field: 'script_text',
		});
	});
});

describe('any language', () => {
	it.each(Object.entries(NARRATIONS))('keeps every character of %s', (_language, narration) => {
		const script = `${narration}\n\n`.repeat(20);

		const all = texts(script, { targetSegmentS: 10 });

		expect(all.length).toBeGreaterThan(1);
		expect(squeeze(all.join(''))).toBe(squeeze(script));
	});

	it('leaves no carriage return in the texts', () => {
		expect(texts('One\r\ntwo\rthree.').join('')).toBe('One\ntwo\nthree.');
	});
});

describe('size', () => {
	const SIZE_BYTES = 999_000;
	it.each([
		['words without punctuation', 'word '],
		['short sentences', 'It is so. '],
		['one word', 'a'],
		['Japanese without punctuation', '東京は日本の首都です'],
		['flags', '🇩🇪'],
		['combining marks', 'a\u0301\u0301\u0301'],
		['brackets', '<a '],
	])(
		'takes linear time for a megabyte of %s',
		(_name, unit) => {
			const script = `x${unit.repeat(Math.floor(SIZE_BYTES / new TextEncoder().encode(unit).length))}`;

			const before = process.cpuUsage();
			const result = splitScript(script, { mode: 'duration' });
			const cpuS = process.cpuUsage(before).user / 1e6;

			expect(result.ok).toBe(true);
			// About a second on an idle machine; time in the square of the length would be minutes.
			expect(cpuS).toBeLessThan(15);
		},
		60_000,
	);
});
