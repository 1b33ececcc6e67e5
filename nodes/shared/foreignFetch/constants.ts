/** Redirects of one download; content networks need one or two. */
export const REDIRECTS_MAX = 5;
export const CONNECT_TIMEOUT_MS = 10_000;
export const HEADERS_TIMEOUT_MS = 60_000;
/** Silence between two chunks. */
export const IDLE_TIMEOUT_MS = 60_000;
/** One fetch, redirects and body included. */
export const TOTAL_TIMEOUT_MS = 30 * 60_000;
export const MAX_BYTES = 5 * 1024 ** 3;
export const HEADER_BYTES_MAX = 32 * 1024;
export const USER_AGENT = 'n8n-nodes-video-engine';
/** Headers that may follow a redirect to another origin; anything else could carry a key. */
export const HEADERS_FOR_OTHER_ORIGINS: readonly string[] = [
	'accept',
	'accept-encoding',
	'range',
	'if-range',
	'user-agent',
];
/** `aws-chunked` is left behind by S3 clients on objects that are stored plainly. */
export const PLAIN_ENCODINGS: readonly string[] = ['', 'identity', 'aws-chunked'];
