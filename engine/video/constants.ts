/** Part of every input hash: raise it when the ffmpeg graphs change what they make. */
export const GRAPH_VERSION = 1;

export const MAX_ATTEMPTS_DEFAULT = 3;
/** Recorded real runs of NCA took up to 44 minutes, nearly all of it in its queue; the queue extends a deadline. */
export const DEADLINE_DEFAULT_S = 30 * 60;
/** A deadline moves on while the job stands in a queue in which nothing later has finished, but not beyond this. */
export const DEADLINE_EXTENDED_MAX_S = 3 * 3600;
/** An attempt gets at least so many times what nearly all runs of its step took. */
export const DEADLINE_P99_FACTOR = 2;
export const TICK_DEFAULT_S = 30;

/** Refusals that prove that nothing began cost nothing: a step bears more of them than of failed attempts. */
export const NOT_BEGUN_RETRIES_MAX = 10;
/** First pause before another attempt; doubles with each attempt. */
export const RETRY_BACKOFF_FIRST_S = 5;
export const RETRY_BACKOFF_MAX_S = 300;
/** A synchronous call that lasts longer than this is given up by its process and counts as lost. */
export const SYNC_CALL_HARD_LIMIT_S = 15 * 60;
/** Handing a job over takes seconds; a claim without a receipt after this has lost its call. */
export const SUBMIT_HARD_LIMIT_S = 5 * 60;
/** Between the end of a call (or a taken result) and its settlement lies a copy into Spaces. */
export const SETTLE_HARD_LIMIT_S = 10 * 60;
/** Clips that people put into the table are looked for no more often than this. */
export const CLIP_CHECK_INTERVAL_S = 30;

export const HISTORY_LINES_MAX = 20;
export const ERROR_MESSAGE_MAX_CHARS = 1000;

/** How far a video may differ from what was asked for, before its result is refused. */
export const DURATION_TOLERANCE_S = 0.5;
export const DURATION_TOLERANCE_PER_SEGMENT_S = 0.06;

/** The least that a clip must be to be worth showing. */
export const CLIP_MIN_WIDTH_PX = 320;
export const CLIP_MIN_HEIGHT_PX = 180;
export const CLIP_MIN_S = 0.5;
