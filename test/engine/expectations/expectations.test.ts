import fc from 'fast-check';

import {
	bookKey,
	defaultExpectation,
	expectationsOf,
	type ExpectationBook,
} from '../../../engine/expectations/expectations';
import { SAMPLE_MAX_S, SAMPLES_MAX, SIZES_MAX } from '../../../engine/expectations/constants';
import { quantile, sizeOf, sizeUpToS, withSample, type Samples } from '../../../engine/expectations/samples';

const seconds = fc.double({ min: 0, max: SAMPLE_MAX_S, noNaN: true });

function bookOf(size: number, samples: number[]): ExpectationBook {
	return new Map([[bookKey('combine', size), samples]]);
}

describe('samples', () => {
	it('are the latest ones, and no more than are kept', () => {
		fc.assert(
			fc.property(fc.array(seconds, { maxLength: 200 }), (all) => {
				const kept = all.reduce<Samples>(withSample, []);
				expect(kept).toEqual(all.slice(-SAMPLES_MAX));
			}),
		);
	});

	it.each([NaN, Infinity, -1, SAMPLE_MAX_S + 1])('leave out what no run can have taken: %p', (odd) => {
		expect(withSample([1], odd)).toEqual([1]);
	});

	it('have quantiles that are samples, in order, between the least and the most', () => {
		fc.assert(
			fc.property(fc.array(seconds, { minLength: 1, maxLength: SAMPLES_MAX }), (samples) => {
				const marks = [0.01, 0.5, 0.9, 0.99, 1].map((part) => quantile(samples, part));
				expect([...marks].sort((a, b) => a - b)).toEqual(marks);
				for (const mark of marks) expect(samples).toContain(mark);
				expect(marks[4]).toBe(Math.max(...samples));
			}),
		);
		expect(quantile([], 0.5)).toBe(0);
		expect(quantile([4, 1, 3, 2], 0.5)).toBe(2);
	});

	it('fall into sizes that double', () => {
		fc.assert(
			fc.property(fc.double({ min: 0, max: sizeUpToS(SIZES_MAX), noNaN: true }), (mediaS) => {
				const size = sizeOf(mediaS);
				expect(mediaS).toBeLessThanOrEqual(sizeUpToS(size));
				if (size > 0) expect(mediaS).toBeGreaterThan(sizeUpToS(size - 1));
			}),
		);
		expect([sizeOf(NaN), sizeOf(-3), sizeOf(1e9)]).toEqual([0, 0, SIZES_MAX]);
	});
});

describe('expectations', () => {
	it('are the start values before there is data, or while there is too little', () => {
		for (const book of [new Map(), bookOf(3, [100, 100, 100, 100])]) {
			expect(expectationsOf(book)('combine', 8)).toEqual(defaultExpectation('combine', 8));
		}
		expect(defaultExpectation('music', 100)).toEqual({ p50S: 30, p90S: 60, p99S: 600 });
	});

	it('are learned from enough runs of the same size', () => {
		const samples = Array.from({ length: 64 }, (_, index) => index + 1);

		expect(expectationsOf(bookOf(3, samples))('combine', 7)).toEqual({ p50S: 32, p90S: 58, p99S: 64 });
	});

	it('are not sure of the slowest run after a few', () => {
		expect(expectationsOf(bookOf(3, [1, 1, 1, 1, 1]))('combine', 8)).toEqual({ p50S: 1, p90S: 1, p99S: 600 });
	});

	it('are borrowed from the nearest size that has enough, the smaller one first', () => {
		const book = new Map([
			[bookKey('combine', 2), [2, 2, 2, 2, 2]],
			[bookKey('combine', 4), [4, 4, 4, 4, 4]],
			[bookKey('combine', 8), [8, 8, 8, 8, 8]],
		]);
		const expect50 = (mediaS: number) => expectationsOf(book)('combine', mediaS).p50S;

		expect(expect50(sizeUpToS(3))).toBe(2);
		expect(expect50(sizeUpToS(5))).toBe(4);
		expect(expect50(sizeUpToS(6))).toBe(4);
		expect(expect50(sizeUpToS(7))).toBe(8);
		expect(expect50(sizeUpToS(12))).toBe(defaultExpectation('combine', sizeUpToS(12)).p50S);
	});

	it('are always in order and never negative', () => {
		const samples = fc.array(seconds, { maxLength: SAMPLES_MAX });
		const size = fc.integer({ min: 0, max: SIZES_MAX });
		fc.assert(
			fc.property(samples, size, fc.double({ min: 0, max: 1e6, noNaN: true }), (kept, of, mediaS) => {
				const { p50S, p90S, p99S } = expectationsOf(bookOf(of, kept))('combine', mediaS);
				expect(p50S).toBeGreaterThanOrEqual(0);
				expect(p90S).toBeGreaterThanOrEqual(p50S);
				expect(p99S).toBeGreaterThanOrEqual(p90S);
			}),
		);
	});
});
