/** The latest runs of a step and size that are kept. */
export const SAMPLES_MAX = 64;
/** Fewer say nothing; then those of the sizes beside count, or the defaults. */
export const SAMPLES_NEEDED = 5;
/** Fewer than these have not yet met the slow ones: the slowest expected run is then never below the default. */
export const SAMPLES_FOR_TAIL = 20;
/** How many sizes up or down samples are borrowed from. */
export const NEIGHBOURS_MAX = 2;
/** Sizes double: up to 1 s, 2 s, 4 s … of media; the last one takes everything longer (about 18 hours). */
export const SIZES_MAX = 16;
/** A run that seems to have lasted longer was waited for by nobody (a sleeping machine, a clock that was set). */
export const SAMPLE_MAX_S = 24 * 3600;
