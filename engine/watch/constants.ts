/** The window over which jobs that ended are counted, in buckets. */
export const WINDOW_BUCKET_MS = 10 * 60_000;
export const WINDOW_BUCKETS = 6;
/** Of fewer jobs than these a share says nothing. */
export const SHARE_MIN_JOBS = 20;
/** A job that has not moved for so long is stuck, unless its step often takes longer. */
export const STUCK_AFTER_S = 600;
/** A rule must be quiet for so long before people hear that it is over. */
export const CALM_MS = 5 * 60_000;
export const REJECTED_BUCKET_MS = 10_000;
export const REJECTED_BUCKETS = 6;
export const PERCENTILE = 0.95;
/** So many names stand in a message. */
export const EXAMPLES_MAX = 3;

/** Defaults of the limits. */
export const STUCK_JOBS_LIMIT = 10;
export const FAILURE_PERCENT_LIMIT = 5;
export const P95_LIMIT_S = 600;
export const COST_LIMIT_USD = 100;
export const REJECTED_PER_MINUTE_LIMIT = 10;
