/** Limits of Slack's Block Kit (docs.slack.dev/reference/block-kit/blocks), in characters. */
export const HEADER_MAX_CHARS = 150;
export const SECTION_MAX_CHARS = 3000;
export const FIELD_MAX_CHARS = 2000;
/** Slack cuts the fallback text at 40,000; a notification shows far less. */
export const FALLBACK_MAX_CHARS = 3000;

export const SEND_TIMEOUT_MS = 15_000;
