/** How often one request is tried at most, the first time included. */
export const REQUEST_ATTEMPTS_MAX = 4;
/** First pause between tries; it doubles each time and is spread by jitter. */
export const RETRY_BACKOFF_FIRST_MS = 500;
export const RETRY_BACKOFF_MAX_MS = 15_000;
/** A service that asks for a longer pause is left to the workflow's own retry. */
export const RETRY_AFTER_MAX_MS = 30_000;
export const REQUEST_TIMEOUT_MS = 60_000;

/** Words of a provider are cut to this length before they reach an error, a record or a log. */
export const PROVIDER_MESSAGE_MAX_CHARS = 500;

/**
 * Bodies of callbacks above this are refused. A transcription with word times is about 1 MiB per hour of speech;
 * n8n's own limit is 16 MiB.
 */
export const WEBHOOK_BODY_MAX_MIB = 8;
export const BYTES_PER_MIB = 1024 * 1024;
/** A trigger starts at most one execution about rejected calls in this time. */
export const REJECTED_REPORT_INTERVAL_MS = 10_000;
/** Bad calls are counted per service over this time. */
export const BAD_CALLS_WINDOW_MS = 60_000;
/** Above this, bad calls of a service are turned away without a line in the log. */
export const BAD_CALLS_PER_MINUTE_MAX = 60;
