import {
	afterCall,
	afterFailure,
	afterSuccess,
	callsAllowed,
	CLOSED_BREAKER,
	isCountedFailure,
	type Breaker,
} from '../engine/breaker/breaker';
import type { Failure, ServiceName } from '../engine/events';
import type { PlannedClaim } from '../engine/video/planner';
import { MS_PER_S } from './constants';
import type { TrackerContext } from './context';
import { raise, recover } from './notices';

/** What was last seen of a service. */
export interface ServiceRecord {
	breaker: Breaker;
	/** Since when it is as it is now, ms since the epoch. */
	sinceMs: number;
	isWorking: boolean;
	/** The words of its last failure. */
	lastError?: string;
}

/** How people know the services. */
export const SERVICE_LABELS: Readonly<Record<ServiceName, string>> = {
	elevenLabs: 'ElevenLabs',
	nca: 'The NCA Toolkit',
	goApi: 'GoAPI',
	spaces: 'Spaces',
};

function noticeKey(service: ServiceName): string {
	return `circuit_open|${service}`;
}

function breakerOf(context: TrackerContext, service: ServiceName): Breaker {
	return context.memory.services.get(service)?.breaker ?? CLOSED_BREAKER;
}

/** Notes that a call to a service failed. What says nothing about the service is passed over. */
export function noteFailure(context: TrackerContext, service: ServiceName, failure: Failure): void {
	if (!isCountedFailure(failure)) return;
	const nowMs = context.clock.now();
	const known = context.memory.services.get(service);
	const breaker = afterFailure(breakerOf(context, service), failure, nowMs, context.random);
	const sinceMs = known && !known.isWorking ? known.sinceMs : nowMs;
	context.memory.services.set(service, { breaker, sinceMs, isWorking: false, lastError: failure.message });
	if (breaker.state === 'closed') return;
	raise(context, {
		key: noticeKey(service),
		kind: 'circuit_open',
		severity: 'error',
		message: `${SERVICE_LABELS[service]} fails; its steps wait.`,
		// Another reason or a longer rest is no news.
		version: 'open',
		reason: failure.message,
		service,
	});
}

/** Notes that a look at a service failed: once a tick, since one request may have been to tell of many jobs. */
export function noteFailedLook(context: TrackerContext, service: ServiceName, failure: Failure): void {
	const nowMs = context.clock.now();
	const lastMs = context.memory.failedLooks.get(service);
	if (lastMs !== undefined && nowMs - lastMs < (context.settings.tickS * MS_PER_S) / 2) return;
	context.memory.failedLooks.set(service, nowMs);
	noteFailure(context, service, failure);
}

/** Notes that a service did what it was asked for. */
export function noteSuccess(context: TrackerContext, service: ServiceName): void {
	const nowMs = context.clock.now();
	const known = context.memory.services.get(service);
	const breaker = afterSuccess(breakerOf(context, service), nowMs);
	const sinceMs = known?.isWorking ? known.sinceMs : nowMs;
	context.memory.services.set(service, { breaker, sinceMs, isWorking: true, lastError: known?.lastError });
	if (breaker.state === 'closed') recover(context, noticeKey(service), `${SERVICE_LABELS[service]} works again.`);
}

/** Why the steps of a service wait, for people; the same until it is tried again. */
function wordsOf(service: ServiceName, breaker: Exclude<Breaker, { state: 'closed' }>): string {
	const again = breaker.state === 'open' ? `tried again at ${new Date(breaker.untilMs).toISOString()}` : 'being tried';
	return `${SERVICE_LABELS[service]} fails (${breaker.reason}); its steps wait, it is ${again}`;
}

/**
 * Holds back the steps of services that fail; of one that has rested long enough a single step goes out as a probe.
 *
 * @param isStart true where what is admitted is started at once: then the probe is taken
 */
export function breakerRule(context: TrackerContext, claims: PlannedClaim[], isStart: boolean) {
	const nowMs = context.clock.now();
	const probes = new Set<ServiceName>();
	return claims.map((claim) => {
		const { service } = claim.work;
		const breaker = breakerOf(context, service);
		const allowed = callsAllowed(breaker, nowMs);
		if (breaker.state === 'closed' || (allowed === 'one' && !probes.has(service))) {
			probes.add(service);
			const record = context.memory.services.get(service);
			if (isStart && record) {
				context.memory.services.set(service, { ...record, breaker: afterCall(breaker, nowMs) });
			}
			return { claim };
		}
		const held = { reason: 'circuit_open' as const, untilMs: breaker.untilMs, words: wordsOf(service, breaker) };
		return { claim, held };
	});
}
