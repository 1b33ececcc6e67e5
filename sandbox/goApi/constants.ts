export const API_KEY = 'sandbox-goapi-key';
/** What a client may put into `webhook_config.secret`; any other works as well. */
export const WEBHOOK_SECRET = 'sandbox-goapi-webhook-secret';

/** How long a task waits and works when no setting says otherwise: quick enough for a demo, long enough to be seen. */
export const PENDING_MS = { least: 100, most: 500 };
export const PROCESSING_MS = { least: 900, most: 2_500 };
export const OUTPUT_TTL_MS = 24 * 3_600_000;
/** A prompt that holds this text makes its task fail. */
export const FAIL_PROMPT = '[[fail]]';

/** Seen in recorded traffic: at most three identical deliveries, about 5 s apart, until one is answered with 2xx. */
export const DELIVERIES_MAX = 3;
export const REDELIVERY_AFTER_MS = 5_000;
export const DELIVERY_TIMEOUT_MS = 30_000;

export const RENDERS_AT_A_TIME = 2;
export const VIDEO_WIDTH_PX = 1280;
export const VIDEO_HEIGHT_PX = 720;
export const VIDEO_FPS = 30;
/** What Kling really gives for 5 and 10 s, by the recorded `duration`. */
export const KLING_DURATION_MS: Record<number, number> = { 5: 5_100, 10: 10_433 };
/** 10^7 points are a dollar. */
export const KLING_POINTS_PER_5S = 2_600_000;

export const MUSIC_SAMPLE_RATE_HZ = 44_100;
export const MUSIC_BASE_S = 80;
export const MUSIC_FULL_S = 150;
export const MUSIC_DEFAULT_S = 30;
export const MUSIC_MIN_S = 5;
export const MUSIC_MAX_S = 300;
