import type { ProviderEvent } from '../engine/events';
import { canonicalJson } from '../engine/hash';
import { videoIdOf } from '../engine/video/graph';
import { LINGER_MS } from './airtable/constants';
import { EVENT_RAW_MAX_CHARS, EVENTS_REMEMBERED } from './constants';
import type { Deliveries, TrackerContext } from './context';
import { TABLES } from './rows';
import { noteRejected } from './watch';

/** Names a distinct event: deliveries of the same one share it. */
export function eventKeyOf(
	event: Pick<ProviderEvent, 'service' | 'jobKey' | 'attempt' | 'externalId' | 'outcome'>,
): string {
	return [event.service, event.jobKey, event.attempt, event.externalId ?? '-', event.outcome].join('|');
}

function countDelivery(context: TrackerContext, key: string, nowIso: string, by = 1): Deliveries {
	const known = context.memory.deliveries;
	const before = known.get(key);
	const now = { ...before, count: (before?.count ?? 0) + by, firstAt: before?.firstAt ?? nowIso };
	known.delete(key);
	known.set(key, now);
	const oldest = known.keys().next();
	if (known.size > EVENTS_REMEMBERED && !oldest.done) known.delete(oldest.value);
	return now;
}

/**
 * Records a callback: one row per distinct event, its deliveries counted. Does not wait for the write, since a row of
 * this table may be dropped under pressure while the event itself must go on.
 *
 * @returns the event's key and how often it has come by now
 */
export function recordEvent(context: TrackerContext, event: ProviderEvent): { eventKey: string; deliveries: number } {
	const nowIso = new Date(context.clock.now()).toISOString();
	const eventKey = eventKeyOf(event);
	const deliveries = countDelivery(context, eventKey, nowIso);
	void context.store.upsert(
		TABLES.events,
		'event_key',
		{
			event_key: eventKey,
			service: event.service,
			job_key: event.jobKey,
			video_id: videoIdOf(event.jobKey),
			// A further delivery must not take away what became of the first.
			...(deliveries.count === 1 ? { verdict: 'received' } : {}),
			deliveries: deliveries.count,
			first_at: deliveries.firstAt,
			last_at: nowIso,
			raw: event.raw === undefined ? null : canonicalJson(event.raw).slice(0, EVENT_RAW_MAX_CHARS),
		},
		{ mayWaitMs: LINGER_MS },
	);
	return { eventKey, deliveries: deliveries.count };
}

/** Notes what became of an event. The first verdict stays: that is the one that counted. */
export function recordVerdict(context: TrackerContext, event: ProviderEvent, verdict: string): void {
	const eventKey = eventKeyOf(event);
	const known = context.memory.deliveries.get(eventKey);
	// Only callbacks have rows; answers of synchronous calls and findings of the recovery flow do not.
	if (known === undefined || known.isJudged === true) return;
	known.isJudged = true;
	void context.store.upsert(TABLES.events, 'event_key', { event_key: eventKey, verdict }, { mayWaitMs: LINGER_MS });
}

/** Notes calls that a trigger turned away; one row an hour, since a flood of them must not fill the table. */
export function recordRejected(context: TrackerContext, count: number, reasons: string): void {
	noteRejected(context, count);
	const nowIso = new Date(context.clock.now()).toISOString();
	const eventKey = `rejected|${nowIso.slice(0, 'yyyy-mm-ddThh'.length)}`;
	const deliveries = countDelivery(context, eventKey, nowIso, count);
	void context.store.upsert(
		TABLES.events,
		'event_key',
		{
			event_key: eventKey,
			verdict: 'rejected',
			deliveries: deliveries.count,
			first_at: deliveries.firstAt,
			last_at: nowIso,
			note: reasons.slice(0, EVENT_RAW_MAX_CHARS),
		},
		{ mayWaitMs: LINGER_MS },
	);
}
