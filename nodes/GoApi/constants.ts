export const SERVICE_LABEL = 'GoAPI';
export const CREDENTIAL_TYPE = 'goApiApi';

export const REQUEST_TIMEOUT_MS = 60_000;

/**
 * When the outcome of a create is unknown, its callback is waited for this long before another attempt is made:
 * recorded runs took 111 to 332 s for clips (once 175 s more before they began) and 31 s for music.
 */
export const UNKNOWN_CREATE_WAIT_VIDEO_S = 600;
export const UNKNOWN_CREATE_WAIT_MUSIC_S = 180;

export const MUSIC_MODEL_DEFAULT = 'Qubico/diffrhythm';
export const MUSIC_TASK_TYPE_DEFAULT = 'txt2audio-full';
export const VIDEO_MODEL_DEFAULT = 'kling';
export const VIDEO_TASK_TYPE_DEFAULT = 'video_generation';

/** Go writes times that are not set as this. */
export const ZERO_TIME_PREFIX = '0001-01-01';
