/** Airtable's published limits: support.airtable.com, "Managing API call limits", and the Web API reference. */
export const REQUESTS_PER_SECOND = 5;
export const RATE_WINDOW_MS = 1_000;
export const LOCK_OUT_MS = 30_000;
export const MAX_RECORDS_PER_WRITE = 10;
export const MAX_PAGE_SIZE = 100;
export const MAX_MERGE_FIELDS = 3;
export const MAX_URL_CHARACTERS = 16_000;
export const MAX_BODY_BYTES = 5 * 1024 * 1024;
export const MAX_UPLOAD_BYTES = 5 * 1024 * 1024;
/** Base64 of the largest upload, with some room for the JSON around it. */
export const MAX_UPLOAD_BODY_BYTES = 7 * 1024 * 1024;
export const MAX_TEXT_CHARACTERS = 100_000;
/** Airtable promises "about two hours". */
export const ATTACHMENT_URL_LIFETIME_MS = 2 * 60 * 60 * 1000;
export const ITERATOR_LIFETIME_MS = 5 * 60 * 1000;
export const BASES_PER_PAGE = 1_000;

export const SANDBOX_TOKEN = 'patSandboxTracker.0000000000000000000000000000000000000000';
export const SANDBOX_BASE_ID = 'appSandboxVideos1';
