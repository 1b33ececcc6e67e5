export const DEFAULT_RUNS = 20;
export const DEFAULT_SEED = 1;
/** One death of the process for so many videos, where the command line names no number. */
export const RUNS_PER_DEATH = 6;

/** Videos that are under way together. More keep the process busier when it dies. */
export const PARALLEL_VIDEOS = 8;
/** A video that takes longer waits for a time-out or a deadline: others may begin beside it. */
export const SLOW_VIDEO_MS = 120_000;
export const PARALLEL_WITH_SLOW = 24;
/** A video that has not ended by then is lost. */
export const VIDEO_LIMIT_MS = 30 * 60_000;

/** A process lives at least this long after it is ready, so that something is under way again. */
export const LIFE_MIN_MS = 6_000;
export const LIFE_MAX_MS = 60_000;
/** The first death comes soon, so that a play of few videos has one, too. */
export const FIRST_LIFE_MAX_MS = 12_000;
/** So long a death waits for its moment before it comes anyway. */
export const MOMENT_WAIT_MS = 20_000;
/** A death comes so long after its moment at most. */
export const AFTER_MOMENT_MAX_MS = 1_500;

export const POLL_MS = 500;
export const INTAKE_TIMEOUT_MS = 90_000;
export const INTAKE_TRIES_MAX = 8;
export const INTAKE_PAUSE_MS = 2_000;

/** The recovery flow looks this often here, in place of every 30 s, and scans the tables every minute. */
export const TICK_S = 10;
export const SAFETY_SCAN_S = 60;
/** Minutes per attempt: a job that a toolkit has lost is found so much sooner than by default. */
export const DEADLINE_MIN = 8;
/** Faults change after so long. */
export const WEATHER_MS = 30_000;
/** Part of the videos whose clips a person puts in; of the others they are generated. */
export const PERSONS_CLIPS_CHANCE = 0.2;
/** Small pictures: this is no test of ffmpeg. */
export const PICTURE = { width: 320, height: 180, fps: 15, encoder_preset: 'ultrafast' };

/** Rows that nobody waits for are written within this time; deliveries just before a death lose theirs. */
export const EVENT_WRITE_MS = 30_000;
/** A request that was on its way when the process died may be counted by the other side so much later. */
export const ON_ITS_WAY_MS = 2_000;
/** How far a film may be from its narration. */
export const LENGTH_TOLERANCE_S = 0.5;
export const LENGTH_TOLERANCE_PER_SEGMENT_S = 0.06;
