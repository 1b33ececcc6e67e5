/** A video's clips are read again before its clips are used, unless they were read so recently. */
export const SEGMENTS_FRESH_MS = 2_000;
/** Looking twice within this time proves nothing new. */
export const GONE_STRIKES_NEEDED = 2;
/** A create call of GoAPI whose outcome is unknown may still call back; until then it is not paid again. */
export const UNKNOWN_CREATE_WAIT_S = 600;
/** The same workflow error is told once in this time. */
export const REPEATED_ALERT_MS = 3_600_000;
export const VIDEO_ID_RANDOM_BYTES = 8;
/** Distinct events whose deliveries are counted in memory. */
export const EVENTS_REMEMBERED = 5_000;
export const EVENT_RAW_MAX_CHARS = 2_000;
export const MS_PER_S = 1_000;
