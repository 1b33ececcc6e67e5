/** A lock is freed by itself so long after its holder stopped renewing it. */
export const LOCK_TTL_MS = 15_000;
export const LOCK_RENEW_MS = 5_000;
/** Work on one video waits for its turn so long before it is refused. */
export const LOCK_WAIT_MS = 30_000;
/** Pauses between two tries for a lock: the first, and the longest that doubling leads to. */
export const LOCK_RETRY_FIRST_MS = 10;
export const LOCK_RETRY_MAX_MS = 200;
/** A process counts as ended so long after it stopped renewing its lease. */
export const HOLDER_TTL_MS = 20_000;
export const HOLDER_RENEW_MS = 5_000;
/** Redis that began so recently may not know every claim yet: holders announce theirs again. */
export const YOUNG_EPOCH_MS = 60_000;
/** Claims outlive every deadline, and go away by themselves. */
export const CLAIM_TTL_MS = 24 * 3_600_000;
export const SNAPSHOT_TTL_MS = 24 * 3_600_000;
/** How long Redis may take to accept a connection, and to answer a command. */
export const CONNECT_TIMEOUT_MS = 5_000;
export const COMMAND_TIMEOUT_MS = 5_000;
/** A command waits so long for a connection that is being made again. */
export const RECONNECT_WAIT_MS = 3_000;
export const RECONNECT_PAUSE_MAX_MS = 2_000;
/** A request to Airtable ends after 30 s; the slot of a process that ended within one comes back by itself. */
export const SLOT_HOLD_S = 35;
/** How long a process waits before it tries again for one of the shared slots. */
export const SLOT_RETRY_MS = 60;
/** While Redis does not answer, each process sends one request in this time. */
export const LONELY_REQUEST_MS = 2_000;
