import type { SandboxService } from './types';

/** All stand-ins, in the order of their ports. */
export const SANDBOX_SERVICES: readonly SandboxService[] = [
	'elevenLabs',
	'nca',
	'goApi',
	'airtable',
	'spaces',
	'slack',
	'smtp',
	'sentry',
];

/** Only this address is ever listened on. */
export const LOOPBACK = '127.0.0.1';

export const DEFAULT_SEED = 1;

/** Longer than any client keeps an idle connection, so that none is cut while a request is on its way. */
export const KEEP_ALIVE_MS = 120_000;

export const CONTROL_BODY_LIMIT_BYTES = 1_048_576;

/** How long the fault `slow` holds an answer back unless the settings say otherwise. */
export const SLOW_MS = 2_000;

/** Upper end of the random wait of the callback fault `delay`. */
export const CALLBACK_DELAY_MS = 3_000;

/** How long the callback fault `reorder` waits for a later callback to overtake. */
export const CALLBACK_REORDER_MS = 5_000;

/** Of a cut or truncated answer, this share of the body is sent. */
export const CUT_SHARE = 0.5;
