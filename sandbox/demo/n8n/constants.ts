import { join } from 'node:path';

/** The repository's root, seen from this folder. */
export const ROOT = join(__dirname, '..', '..', '..');
export const N8N_BIN = join(ROOT, 'tools', 'n8n', 'node_modules', 'n8n', 'bin', 'n8n');

export const LOOPBACK = '127.0.0.1';
export const START_TIMEOUT_MS = 180_000;
export const READY_POLL_MS = 100;
/** n8n lets running executions end for this long when it is asked to stop. */
export const GRACEFUL_SHUTDOWN_S = 5;
export const KILL_AFTER_MS = 15_000;
export const PUBLISH_TIMEOUT_MS = 60_000;
export const REST_TIMEOUT_MS = 60_000;
export const LOG_TAIL_LINES = 30;
