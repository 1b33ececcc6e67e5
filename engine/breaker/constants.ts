/** Failures in a row after which a service is left alone. */
export const BREAKER_FAILURES = 5;
/** The first rest; it doubles with every probe that fails. */
export const BREAKER_FIRST_REST_MS = 30_000;
export const BREAKER_REST_MAX_MS = 10 * 60_000;
/** The part of a rest that chance takes off, so that many processes do not come back at one moment. */
export const BREAKER_JITTER = 0.2;
/** A probe that was never heard of again makes room for another one. */
export const BREAKER_PROBE_MS = 5 * 60_000;
