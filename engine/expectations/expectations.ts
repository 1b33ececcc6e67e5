import type { Step } from '../video/types';
import { NEIGHBOURS_MAX, SAMPLES_FOR_TAIL, SAMPLES_NEEDED } from './constants';
import { quantile, sizeOf, type Samples } from './samples';

/** How long a step takes from submit to result, in seconds: half of the runs, nine of ten, all but one in a hundred. */
export interface Expectation {
	p50S: number;
	p90S: number;
	p99S: number;
}

/** What is expected of a step that works on so many seconds of media. */
export type Expectations = (step: Step, mediaS: number) => Expectation;

/** What was learned: samples by step and size, see {@link bookKey}. */
export type ExpectationBook = ReadonlyMap<string, Samples>;

/**
 * Start values from recorded real runs: NCA median 13.5 s, GoAPI music 31 s, Kling clips 111 to 332 s,
 * speech well under a second per second of audio. A task of GoAPI of which nothing is known may come after ten minutes.
 */
const DEFAULTS: Record<Step, { baseS: number; perSecondOfMedia: number; slowestS: number }> = {
	voiceover: { baseS: 3, perSecondOfMedia: 0.2, slowestS: 60 },
	background: { baseS: 120, perSecondOfMedia: 0, slowestS: 600 },
	combine: { baseS: 8, perSecondOfMedia: 0.5, slowestS: 600 },
	concatenate: { baseS: 8, perSecondOfMedia: 0.02, slowestS: 600 },
	music: { baseS: 30, perSecondOfMedia: 0, slowestS: 600 },
	mix: { baseS: 8, perSecondOfMedia: 0.1, slowestS: 600 },
};

/** What is expected before anything was learned. */
export const defaultExpectation: Expectations = (step, mediaS) => {
	const { baseS, perSecondOfMedia, slowestS } = DEFAULTS[step];
	const p50S = baseS + perSecondOfMedia * mediaS;
	return { p50S, p90S: p50S * 2, p99S: Math.max(slowestS, p50S * 3) };
};

/** Names the samples of a step and size. */
export function bookKey(step: Step, size: number): string {
	return `${step}.${size}`;
}

/** The samples of this size or, where they are too few, of the nearest size that has enough; smaller before larger. */
function nearestSamples(book: ExpectationBook, step: Step, size: number): Samples | undefined {
	for (let distance = 0; distance <= NEIGHBOURS_MAX; distance += 1) {
		for (const near of [size - distance, size + distance]) {
			const samples = book.get(bookKey(step, near));
			if (samples && samples.length >= SAMPLES_NEEDED) return samples;
		}
	}
	return undefined;
}

/** Samples are never changed, only replaced, so what follows from them is worked out once. */
const workedOut = new WeakMap<Samples, Expectation>();

/** What a set of samples lets expect. */
export function quantilesOf(samples: Samples): Expectation {
	const known = workedOut.get(samples);
	if (known) return known;
	const made = { p50S: quantile(samples, 0.5), p90S: quantile(samples, 0.9), p99S: quantile(samples, 0.99) };
	workedOut.set(samples, made);
	return made;
}

/** Expectations from what was learned, and from the start values where that is too little. */
export function expectationsOf(book: ExpectationBook): Expectations {
	return (step, mediaS) => {
		const samples = nearestSamples(book, step, sizeOf(mediaS));
		if (!samples) return defaultExpectation(step, mediaS);
		const learned = quantilesOf(samples);
		if (samples.length >= SAMPLES_FOR_TAIL) return learned;
		return { ...learned, p99S: Math.max(learned.p99S, defaultExpectation(step, mediaS).p99S) };
	};
}
