import type { Failure, FailureClass } from '../events';
import {
	BREAKER_FAILURES,
	BREAKER_FIRST_REST_MS,
	BREAKER_JITTER,
	BREAKER_PROBE_MS,
	BREAKER_REST_MAX_MS,
} from './constants';

/**
 * The circuit breaker of one service:
 * - `closed`: calls go out; failures in a row are counted;
 * - `open`: no call until `untilMs`;
 * - `half_open`: one probe is under way; another may follow when it was not heard of by `untilMs`.
 */
export type Breaker =
	| { state: 'closed'; failures: number }
	| {
			state: 'open' | 'half_open';
			/** How often in a row it opened. */
			opens: number;
			/** Since when the service has not worked. */
			sinceMs: number;
			untilMs: number;
			/** The words of the failure that opened it first. */
			reason: string;
	  };

/** A breaker of which nothing is known. */
export const CLOSED_BREAKER: Breaker = { state: 'closed', failures: 0 };

/** Failures that say something about the service, not about what was asked of it. */
const COUNTED: readonly FailureClass[] = ['unavailable', 'timeout', 'rate_limited', 'auth', 'quota'];
/** Failures that the next call would meet for certain. */
const DECISIVE: readonly FailureClass[] = ['auth', 'quota'];

/** True for a failure that a breaker counts. */
export function isCountedFailure(failure: Pick<Failure, 'class'>): boolean {
	return COUNTED.includes(failure.class);
}

/** How long a service rests after it opened `opens` times in a row, in ms; `random` in [0, 1). */
export function restMs(opens: number, failure: Pick<Failure, 'retryAfterS'>, random: () => number): number {
	const doubled = Math.min(BREAKER_FIRST_REST_MS * 2 ** Math.max(0, opens - 1), BREAKER_REST_MAX_MS);
	const askedMs = Math.min((failure.retryAfterS ?? 0) * 1000, BREAKER_REST_MAX_MS);
	return Math.max(askedMs, doubled * (1 - BREAKER_JITTER * random()));
}

/** The breaker after a failure. What was under way when it opened changes nothing while it rests. */
export function afterFailure(
	breaker: Breaker,
	failure: Pick<Failure, 'class' | 'message' | 'retryAfterS'>,
	nowMs: number,
	random: () => number,
): Breaker {
	if (!isCountedFailure(failure)) return breaker;
	if (breaker.state === 'closed') {
		const failures = breaker.failures + 1;
		if (failures < BREAKER_FAILURES && !DECISIVE.includes(failure.class)) return { state: 'closed', failures };
		const untilMs = nowMs + restMs(1, failure, random);
		return { state: 'open', opens: 1, sinceMs: nowMs, untilMs, reason: failure.message };
	}
	if (breaker.state === 'open' && nowMs < breaker.untilMs) return breaker;
	const opens = breaker.opens + 1;
	const untilMs = nowMs + restMs(opens, failure, random);
	return { ...breaker, state: 'open', opens, untilMs };
}

/** The breaker after a success. A late answer to a call from before it opened does not end its rest. */
export function afterSuccess(breaker: Breaker, nowMs: number): Breaker {
	return breaker.state === 'open' && nowMs < breaker.untilMs ? breaker : CLOSED_BREAKER;
}

/** How many calls may go out now. */
export function callsAllowed(breaker: Breaker, nowMs: number): 'all' | 'one' | 'none' {
	if (breaker.state === 'closed') return 'all';
	return nowMs >= breaker.untilMs ? 'one' : 'none';
}

/** The breaker when a call goes out: where one is allowed, that is the probe. */
export function afterCall(breaker: Breaker, nowMs: number): Breaker {
	if (breaker.state === 'closed' || nowMs < breaker.untilMs) return breaker;
	return { ...breaker, state: 'half_open', untilMs: nowMs + BREAKER_PROBE_MS };
}
