import { STEPS } from '../../engine/video/types';

/** Sizes of work for which something was learned: up to 64 s of media. */
const SIZES = 7;
/** As many as the tracker needs to trust the slowest of them. */
const SAMPLES = 24;
const QUICK_S = 4;
const SLOW_S = 24;

/**
 * Rows of the table Expectations of an installation that knows its quick services already. Without them a task of GoAPI
 * whose process died is waited for ten minutes, as it must be before anything is known.
 */
export function experience(): Array<Record<string, unknown>> {
	const samples = Array.from({ length: SAMPLES }, (_, index) => QUICK_S + ((SLOW_S - QUICK_S) * index) / (SAMPLES - 1));
	return STEPS.flatMap((step) =>
		Array.from({ length: SIZES }, (_, size) => ({
			expectation_key: `${step}.${size}`,
			step,
			size_up_to_s: 2 ** size,
			count: SAMPLES,
			samples: JSON.stringify(samples),
		})),
	);
}
