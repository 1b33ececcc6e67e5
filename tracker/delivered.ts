import type { Failure } from '../engine/events';
import type { JobFacts } from '../engine/video/types';
import { FRESH_URL_KEPT_MS, MS_PER_S } from './constants';
import type { TrackerContext } from './context';
import { callKeyOf } from './paidCalls';

/**
 * What is done about a result that a provider has delivered and that could not be stored:
 * - `look_later`: our own storage failed; the next look finds the result again;
 * - `look_now`: its URL has died; the provider is asked for a fresh one, once;
 * - `next_attempt`: it is lost, and has to be made again.
 */
export type Rescue = 'look_later' | 'look_now' | 'next_attempt';

/** Failures of our own storage, which say nothing against the result. */
const OURS: ReadonlySet<Failure['class']> = new Set(['unavailable', 'timeout', 'rate_limited']);

/** Whether somebody can still be asked for the result. */
function canAsk(context: TrackerContext, job: JobFacts, attempt: number): boolean {
	const isInTime = context.clock.now() < (job.deadlineAtMs ?? 0);
	return isInTime && job.status === 'processing' && job.attempt === attempt && job.externalId !== undefined;
}

/**
 * A URL that is dead although the provider was asked for a fresh one is dead for good. What comes sooner than the next
 * look can tell of the same URL only: a second delivery of the same callback.
 */
async function rescueExpired(context: TrackerContext, job: JobFacts): Promise<Rescue> {
	const key = `expired:${callKeyOf(job.jobKey, job.attempt)}`;
	const nowMs = context.clock.now();
	const firstMs = await context.notes.sum(key);
	if (firstMs > 0) {
		const isSameNews = nowMs - firstMs < (context.settings.tickS * MS_PER_S) / 2;
		return isSameNews ? 'look_later' : 'next_attempt';
	}
	await context.notes.add(key, nowMs, FRESH_URL_KEPT_MS);
	return 'look_now';
}

/** Decides about a result that could not be stored, so that nothing is paid for again that can still be had. */
export async function rescueOf(
	context: TrackerContext,
	job: JobFacts,
	attempt: number,
	failure: Failure,
): Promise<Rescue> {
	if (!canAsk(context, job, attempt)) return 'next_attempt';
	if (OURS.has(failure.class)) return 'look_later';
	return failure.class === 'expired' ? await rescueExpired(context, job) : 'next_attempt';
}

/** The failure of an attempt whose result was delivered and is lost: it was paid for, and the next one may do better. */
export function lostDelivery(failure: Failure): Failure {
	return { ...failure, began: 'yes', retryable: failure.retryable || failure.class === 'expired' };
}
