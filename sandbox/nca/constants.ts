/** The build that was observed and recorded. */
export const BUILD_NUMBER = 209;

/** How the toolkit's HTTP library names itself, to sources and to receivers of webhooks. */
export const USER_AGENT = 'python-requests/2.28.1';

/** Key of the API unless the settings say otherwise. */
export const DEFAULT_API_KEY = 'sandbox-nca-key';

/** Processes of the toolkit's web server, each with a queue of its own. */
export const DEFAULT_WORKERS = 2;

/** After this time a worker that still serves a request is killed, with all its jobs. */
export const DEFAULT_TIMEOUT_MS = 300_000;

/** Window of the bulk status where the caller names none. */
export const DEFAULT_SINCE_S = 600;

/** Threads of the encoder: several jobs share a small machine. */
export const ENCODER_THREADS = 2;

/** How long a presigned URL of `/v1/s3/upload` is valid. */
export const PRESIGN_S = 3600;

/** Queue ids are addresses in memory: 15 digits. */
export const QUEUE_ID_BASE = 139_000_000_000_000;
export const QUEUE_ID_RANGE = 1_999_999_999_999;

export const DEFAULT_BUCKET = 'nca-toolkit-local';
export const DEFAULT_REGION = 'nyc3';
