export const DEFAULT_ENDPOINT_URL = 'https://api.airtable.com';

/** Limits of the Web API: airtable.com/developers/web/api/rate-limits and /field-model. */
export const REQUESTS_PER_SECOND = 5;
export const MAX_RECORDS_PER_WRITE = 10;
export const PAGE_SIZE = 100;
/** A base that answered 429 refuses everything for so long. */
export const LOCK_OUT_MS = 30_000;
export const RATE_WINDOW_MS = 1_000;
/** Our second is a little longer than Airtable's, for clocks that run apart. */
export const RATE_MARGIN_MS = 50;
/** The URL may have 16,000 characters; from here on the parameters of a list travel as a body. */
export const MAX_QUERY_CHARACTERS = 12_000;
/** A long-text cell holds 100,000 characters; what is kept for a person stays well below. */
export const MAX_NOTE_CHARACTERS = 90_000;

export const REQUEST_TIMEOUT_MS = 30_000;
/** Tries after an answer that proves nothing, with pauses that double. */
export const MAX_RETRIES = 6;
export const RETRY_BASE_MS = 500;
export const RETRY_CAP_MS = 15_000;
/** Lock-outs that one request sits out before it gives up: ten minutes. */
export const MAX_LOCK_OUTS = 20;
/** How often a create with an unknown outcome is looked up and sent again. */
export const MAX_CREATE_ROUNDS = 3;
/** An Airtable iterator that ended is started again so often. */
export const MAX_LIST_RESTARTS = 3;
/** A used-up month does not come back soon; asking costs calls. */
export const QUOTA_PROBE_MS = 15 * 60_000;
/** How long a table of the next lower priority is passed over; after that it has aged enough to go first. */
export const PRIORITY_STEP_MS = 1_500;
/** Writes of a droppable table that may wait. */
export const MAX_DROPPABLE_WAITING = 200;
/** How long a write that people look at, but nobody waits for, stays for others to share its request. */
export const LINGER_MS = 2_000;
/** The same for what is only of interest afterwards. */
export const LINGER_LONG_MS = 30_000;
