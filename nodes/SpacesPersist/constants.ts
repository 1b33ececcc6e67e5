/** Parts of a multipart upload; S3 wants at least 5 MiB a part and at most 10,000 parts. */
export const PART_BYTES = 8 * 1024 * 1024;
/** One part is filled while another one is on its way; more would only cost memory. */
export const PARTS_IN_MEMORY = 2;
/** How much of a file of n8n is read at a time. */
export const BINARY_CHUNK_BYTES = 1024 * 1024;
export const MULTIPART_PARTS_MAX = 10_000;
/** Server-side copies of S3 end here (CopyObject); larger objects are streamed. */
export const COPY_MAX_BYTES = 5 * 1024 ** 3;

export const CONNECT_TIMEOUT_MS = 10_000;
/** Silence on an open connection. */
export const IDLE_TIMEOUT_MS = 60_000;
/** One S3 request with its answer; a part of 8 MiB needs 70 s at 1 Mbit/s. */
export const REQUEST_TIMEOUT_MS = 300_000;

/** S3 requests are all safe to repeat; together with the pauses below this outlasts about 20 s of trouble. */
export const S3_ATTEMPTS = 6;
/** For bytes that were paid for and lie in memory alone: outlasts about five minutes of trouble. */
export const PAID_PUT_ATTEMPTS = 24;
export const RETRY_BASE_MS = 250;
/** Spaces throttles with 503 SlowDown; it wants longer pauses than a broken connection. */
export const SLOW_DOWN_BASE_MS = 1_000;
export const RETRY_CAP_MS = 20_000;

/** Tries in a row that bring no byte; each byte that arrives starts the count anew. */
export const DOWNLOAD_TRIES = 5;
/** A source that can't resume is fetched from its beginning this often. */
export const DOWNLOAD_RESTARTS = 2;
export const DOWNLOAD_RETRY_BASE_MS = 500;
/** One file, with all its retries. */
export const DOWNLOAD_TIMEOUT_MINUTES = 60;
export const DOWNLOAD_MAX_MIB = 5 * 1024;

/** Ranged reads of "Inspect Media" altogether; a file whose index needs more stays without a length. */
export const INSPECT_MAX_BYTES = 64 * 1024 * 1024;
export const INSPECT_CACHE_BYTES = 8 * 1024 * 1024;
export const PRESIGN_DEFAULT_S = 3_600;
