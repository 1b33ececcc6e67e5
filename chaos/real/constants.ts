/** Videos that are under way at one time. */
export const VIDEOS_AT_ONCE = 6;
/** One death of n8n for so many videos. */
export const VIDEOS_PER_DEATH = 6;
/** n8n lives at least so long, and at most so much longer, before it is killed. */
export const LIFE_MIN_MS = 8_000;
export const LIFE_SPREAD_MS = 40_000;
/** Some deaths come just after a script was sent in, while its rows are being written. */
export const INTAKE_DEATH_CHANCE = 0.3;
export const INTAKE_DEATH_MS = 400;
/** For so long nothing answers before n8n is started again. */
export const DOWN_MAX_MS = 3_000;
/** Faults change after so long. */
export const WEATHER_MS = 30_000;
/** A video that takes longer than this is lost. */
export const VIDEO_MAX_MS = 20 * 60_000;
export const POLL_MS = 1_000;
/** Part of the videos whose clips a person puts in; of the others they are generated. */
export const PERSONS_CLIPS_CHANCE = 0.2;
/** Small pictures: what is tested is who does what when, not how well ffmpeg works. */
export const PICTURE = { width: 320, height: 180, fps: 15, encoder_preset: 'ultrafast' } as const;
/** Minutes per attempt: a job that a toolkit has lost is found so much sooner than by default. */
export const DEADLINE_MINUTES = 3;
/** A film may differ from its narration by this and so much for each of its segments, in seconds. */
export const LENGTH_TOLERANCE_S = 0.5;
export const LENGTH_TOLERANCE_PER_SEGMENT_S = 0.06;
/** A callback that came so shortly before a death may have lost its verdict with the process. */
export const VERDICT_MAY_BE_LOST_MS = 15_000;
