export const DEFAULT_BUCKET = 'video-engine';

/** Where clients ask for a region; any well-formed one is taken, as at DigitalOcean. */
export const DEFAULT_REGION = 'nyc3';

/** Every part but the last must have this size. https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const MIN_PART_BYTES = 5 * 1_048_576;

export const MAX_PART_NUMBER = 10_000;

/** Largest body of one PUT: an object, or one part of one. */
export const MAX_PUT_BYTES = 5 * 1_073_741_824;

export const MAX_KEY_BYTES = 1_024;

/** Names and values of `x-amz-meta-*` together. */
export const MAX_METADATA_BYTES = 2_048;

/** Largest XML body (completing an upload, deleting many). */
export const MAX_XML_BYTES = 2 * 1_048_576;

export const MAX_LIST_KEYS = 1_000;

export const MAX_DELETE_KEYS = 1_000;

/** A header signature is valid this long before and after its date. */
export const MAX_CLOCK_SKEW_MS = 15 * 60_000;

/** A presigned URL lives one week at most. */
export const MAX_PRESIGN_S = 604_800;

/** Longest line between the chunks of an aws-chunked body. */
export const MAX_CHUNK_LINE_BYTES = 8_192;

export const DEFAULT_CONTENT_TYPE = 'binary/octet-stream';

export const XML_NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
