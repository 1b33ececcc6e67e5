import { SAMPLE_MAX_S, SAMPLES_MAX, SIZES_MAX } from './constants';

/** Seconds that the latest runs of one step and size took, oldest first. */
export type Samples = readonly number[];

/** The size class of a piece of work: the power of two that covers its seconds of media, 0 for up to one second. */
export function sizeOf(mediaS: number): number {
	const seconds = Number.isFinite(mediaS) ? Math.max(1, mediaS) : 1;
	return Math.min(SIZES_MAX, Math.ceil(Math.log2(seconds)));
}

/** The longest media of a size class, in seconds. */
export function sizeUpToS(size: number): number {
	return 2 ** size;
}

/** True for seconds that a run can have taken. */
export function isSample(seconds: unknown): seconds is number {
	return typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0 && seconds <= SAMPLE_MAX_S;
}

/** The samples with one more; the oldest make room. */
export function withSample(samples: Samples, seconds: number): Samples {
	return isSample(seconds) ? [...samples, seconds].slice(-SAMPLES_MAX) : samples;
}

/**
 * The value that a part of the samples does not exceed (nearest rank).
 *
 * @param part in (0, 1], e.g. 0.9
 * @returns 0 where there are none
 */
export function quantile(samples: Samples, part: number): number {
	const sorted = [...samples].sort((a, b) => a - b);
	return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}
