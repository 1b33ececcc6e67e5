/**
 * How long a callback token is good. NCA queues of 44 minutes and redeliveries days later are real;
 * what protects us is the hash of the wanted result, not freshness.
 */
export const CALLBACK_TOKEN_LIFETIME_S = 7 * 24 * 3600;
/** Bounds on what a token may hold, so that a hostile query costs nothing. */
export const JOB_KEY_MAX_LENGTH = 200;
export const ATTEMPT_MAX = 10_000;
/** Default webhook paths, behind n8n's own `/webhook/`. */
export const CALLBACK_PATHS = {
	elevenLabs: 'video-engine/elevenlabs',
	nca: 'video-engine/nca',
	goApi: 'video-engine/goapi',
} as const;
/** Where one process of this n8n asks another one to go on with a video; nobody else calls it. */
export const ADVANCE_PATH = 'video-engine/internal/advance';
/** The receiver answers before it starts, so a call that took longer is none of ours. */
export const ADVANCE_TOKEN_LIFETIME_S = 300;
export const ADVANCE_LIMIT_MAX = 1_000;
