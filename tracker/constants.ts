/** More rows than these (and three jobs for each) take minutes to write within Airtable's limit. */
export const SEGMENTS_MAX = 500;
/** A video's clips are read again before its clips are used, unless they were read so recently. */
export const SEGMENTS_FRESH_MS = 2_000;
/** Findings, an interval apart, that prove a job gone. */
export const GONE_STRIKES_NEEDED = 2;
/** What was learned of a step is written no more often than this. */
export const EXPECTATION_WRITE_MS = 60_000;
/** The same workflow error is told once in this time. */
export const REPEATED_ALERT_MS = 3_600_000;
/** People are told of so many causes within an hour; the others wait for the next one. What is critical goes out. */
export const ALERTS_PER_HOUR_MAX = 30;
/** A cause that comes and goes is told so often within an hour. */
export const OPENINGS_PER_HOUR_MAX = 4;
/** An alert that is held back is tried again after so long. */
export const HELD_ALERT_MS = 5 * 60_000;
/** What was told is known to all processes so long. */
export const ALERT_REMEMBERED_MS = 24 * 3_600_000;
export const VIDEO_ID_RANDOM_BYTES = 8;
/** Distinct events whose deliveries are counted in memory. */
export const EVENTS_REMEMBERED = 5_000;
/** Rows of callbacks that are kept while Airtable does not take them. */
export const EVENTS_UNWRITTEN_MAX = 500;
export const EVENT_RAW_MAX_CHARS = 2_000;
export const MS_PER_S = 1_000;
/** So long after a video failed, people must have been told the usual way. */
export const UNTOLD_AFTER_MS = 60_000;
/** Videos that failed so recently are looked at after a start: the process may have ended before people were told. */
export const RECENTLY_FAILED_MS = 24 * 3_600_000;
/** So many ticks may be missed before the recovery flow counts as late. */
export const TICKS_MISSED_MAX = 4;
export const LAST_TICK_KEPT_MS = 24 * 3_600_000;
/** An unreachable service is looked at after one tick, then after two, four …, but at least this often. */
export const LOOK_PAUSE_MAX_MS = 10 * 60_000;
/** Videos whose rows are asked for in one request: their ids make a formula of some thousand characters. */
export const VIDEOS_PER_LIST = 50;
/** Calls whose end is remembered, so that a repeated delivery is not counted twice. */
export const CALLS_REMEMBERED = 5_000;
/** Claims of which it is known that their attempts were given up. */
export const REVOKED_REMEMBERED = 5_000;
/** The spending of a day is asked for on that day, and settled until the last call of it has ended. */
export const SPENDING_KEPT_MS = 48 * 3_600_000;
/** A process that reads what a day has cost, and fails, leaves it to the next look after so long. */
export const BUDGET_LOADING_MS = 5_000;
/** That the URL of a result had died is remembered longer than any attempt lasts. */
export const FRESH_URL_KEPT_MS = 24 * 3_600_000;
/** A process that works leaves a sign of life in the table Instances so often. */
export const HEARTBEAT_WRITE_MS = 5 * 60_000;
/** … and looks for those of others so often. */
export const HEARTBEAT_READ_MS = 60_000;
/** Another process counts as alive so long after its last sign of life. */
export const INSTANCE_ALIVE_MS = 10 * 60_000;
/** So long after our start a process that is being replaced may still work. */
export const INSTANCE_OVERLAP_MS = 60_000;
/** Rows of processes that have ended are removed after a day. */
export const INSTANCE_KEPT_MS = 24 * 3_600_000;
/** What is known of the queues' ends is worked out anew after this. */
export const QUEUES_FRESH_MS = 5_000;
/** Input hashes of which results of other videos, or their absence, are remembered. */
export const REUSE_REMEMBERED = 5_000;
/** After so long the table is asked again whether another video has a result. */
export const REUSE_FORGET_MS = 10 * 60_000;
/** Input hashes in one request: each makes some hundred characters of a formula. */
export const REUSE_ASKED_MAX = 100;
/** Objects that are looked at before a step is done anew. */
export const REUSE_PER_STEP_MAX = 3;
/** People are reminded of a clip that is missing for so long. */
export const MISSING_CLIP_AFTER_MS = 24 * 3_600_000;
/**
 * So many later jobs in other queues prove that a queue is gone. The toolkit runs two processes by default, each with a
 * queue: by chance a living one is passed over so often once in 256 times.
 */
export const ABANDONED_QUEUE_JOBS = 8;
