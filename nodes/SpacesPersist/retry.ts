import { sleep } from 'n8n-workflow';
import type { Failure } from '../../engine/events';
import { ServiceError } from '../shared/errors';
import { RETRY_BASE_MS, RETRY_CAP_MS, S3_ATTEMPTS, SLOW_DOWN_BASE_MS } from './constants';
import { s3Failure } from './s3Failure';

export interface RetryOptions {
	/** Tries altogether. */
	attempts?: number;
	signal?: AbortSignal;
	/** Number in [0, 1) that spreads the retries. */
	random?: () => number;
	/** Milliseconds to wait, abortable; replaced in tests. */
	wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

type Settled<T> = { ok: true; value: T } | { ok: false; error: unknown };

/** The outcome of a promise as data. */
export async function settle<T>(work: () => Promise<T>): Promise<Settled<T>> {
	try {
		return { ok: true, value: await work() };
	} catch (error) {
		return { ok: false, error };
	}
}

/**
 * Runs an S3 request until it succeeds, fails for good or was tried often enough. All S3 requests of ours are safe to
 * repeat.
 *
 * @throws ServiceError
 */
export async function callWithRetry<T>(request: () => Promise<T>, options: RetryOptions): Promise<T> {
	const { signal, attempts = S3_ATTEMPTS, random = Math.random, wait = sleep } = options;
	for (let attempt = 1; ; attempt++) {
		const outcome = await settle(request);
		if (outcome.ok) return outcome.value;
		const failure = s3Failure(outcome.error, signal?.aborted === true);
		if (!failure.retryable || attempt >= attempts) throw new ServiceError(failure, 'Spaces');
		// A pause that is cancelled ends in the next try, which tells so in our own words.
		await settle(async () => await wait(pauseMs(failure, attempt, random()), signal));
	}
}

function pauseMs(failure: Failure, attempt: number, random: number): number {
	const base = failure.class === 'rate_limited' || failure.httpStatus === 503 ? SLOW_DOWN_BASE_MS : RETRY_BASE_MS;
	const backoff = Math.min(RETRY_CAP_MS, base * 2 ** (attempt - 1)) * (0.5 + random / 2);
	const asked = Math.min(RETRY_CAP_MS, (failure.retryAfterS ?? 0) * 1000);
	return Math.max(backoff, asked);
}
