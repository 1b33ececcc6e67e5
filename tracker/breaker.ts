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

/** Why the steps of a service wait, for people; the same until it works again, since each change is a write. */
function wordsOf(service: ServiceName, { sinceMs, reason }: Exclude<Breaker, { state: 'closed' }>): string {
	const since = new Date(sinceMs).toISOString();
	return `${SERVICE_LABELS[service]} has failed since ${since} (${reason}); its steps wait and go on by themselves`;
}

/**
 * Whether the one probe that a service is due may be offered to this look. One look a tick is enough: otherwise every
 * video that waits would be advanced for it.
 */
function isOffered(context: TrackerContext, service: ServiceName, nowMs: number): boolean {
	const { probeOffers } = context.memory;
	const offeredMs = probeOffers.get(service);
	if (offeredMs !== undefined && nowMs - offeredMs < (context.settings.tickS * MS_PER_S) / 2) return false;
	probeOffers.set(service, nowMs);
	return true;
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
		const isProbe = allowed === 'one' && !probes.has(service) && (isStart || isOffered(context, service, nowMs));
		if (breaker.state === 'closed' || isProbe) {
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
