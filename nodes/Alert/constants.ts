/** Limits of Slack's Block Kit (docs.slack.dev/reference/block-kit/blocks), in characters. */
export const HEADER_MAX_CHARS = 150;
export const SECTION_MAX_CHARS = 3000;
export const FIELD_MAX_CHARS = 2000;
/** Slack cuts the fallback text at 40,000; a notification shows far less. */
export const FALLBACK_MAX_CHARS = 3000;

export const SEND_TIMEOUT_MS = 15_000;

/** A longer subject is cut by most mail programs. */
export const SUBJECT_MAX_CHARS = 200;
/** Longer texts of one field are cut in mails and events. */
export const TEXT_MAX_CHARS = 8_000;
/** Sentry cuts tag values at 200 characters (docs.sentry.io/platforms/javascript/enriching-events/tags). */
export const TAG_MAX_CHARS = 200;
/** Where Sentry names no time (develop.sentry.dev/sdk/expected-features/rate-limiting). */
export const SENTRY_PAUSE_DEFAULT_S = 60;
