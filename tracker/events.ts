import type { ProviderEvent } from '../engine/events';
import { canonicalJson } from '../engine/hash';
import { videoIdOf } from '../engine/video/graph';
import { LINGER_MS } from './airtable/constants';
import type { Fields } from './airtable/types';
import { dropOldest } from './bounded';
import { EVENT_RAW_MAX_CHARS, EVENTS_REMEMBERED, EVENTS_UNWRITTEN_MAX } from './constants';
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
	dropOldest(known, EVENTS_REMEMBERED);
	return now;
}

/** Refusals after which the same write may succeed. */
const PASSING: ReadonlySet<string> = new Set(['unavailable', 'outcome_unknown', 'quota_exceeded']);

/** A row of Webhook Events, or a part of it. */
interface EventRow extends Fields {
	event_key: string;
}

/** Sends a row that nobody waits for; one that Airtable can't take now is kept for {@link resendEvents}. */
async function writeRow(context: TrackerContext, row: EventRow): Promise<void> {
	const written = await context.store.upsert(TABLES.events, 'event_key', row, { mayWaitMs: LINGER_MS });
	if (written.ok || !PASSING.has(written.code)) return;
	const { unwrittenEvents } = context.memory;
	unwrittenEvents.set(row.event_key, { ...row, ...unwrittenEvents.get(row.event_key) });
	dropOldest(unwrittenEvents, EVENTS_UNWRITTEN_MAX);
}

/** Sends the rows again that Airtable could not take, as they stand by now. Costs nothing where there are none. */
export function resendEvents(context: TrackerContext): void {
	const { unwrittenEvents, deliveries } = context.memory;
	const rows = [...unwrittenEvents];
	unwrittenEvents.clear();
	for (const [eventKey, fields] of rows) {
		const known = deliveries.get(eventKey);
		// A verdict may have been written meanwhile: a row from before it must not take it back.
		const news = {
			...(known?.verdict ? { verdict: known.verdict } : {}),
			...(known ? { deliveries: known.count } : {}),
		};
		void writeRow(context, { ...fields, event_key: eventKey, ...news });
	}
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
	resendEvents(context);
	void writeRow(context, {
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
	});
	return { eventKey, deliveries: deliveries.count };
}

/** Notes what became of an event. The first verdict stays: that is the one that counted. */
export function recordVerdict(context: TrackerContext, event: ProviderEvent, verdict: string): void {
	const eventKey = eventKeyOf(event);
	const known = context.memory.deliveries.get(eventKey);
	// Only callbacks have rows; answers of synchronous calls and findings of the recovery flow do not.
	if (known === undefined || known.verdict !== undefined) return;
	known.verdict = verdict;
	void writeRow(context, { event_key: eventKey, verdict });
}

/** Notes calls that a trigger turned away; one row an hour, since a flood of them must not fill the table. */
export function recordRejected(context: TrackerContext, count: number, reasons: string): void {
	noteRejected(context, count);
	const nowIso = new Date(context.clock.now()).toISOString();
	const eventKey = `rejected|${nowIso.slice(0, 'yyyy-mm-ddThh'.length)}`;
	const deliveries = countDelivery(context, eventKey, nowIso, count);
	void writeRow(context, {
		event_key: eventKey,
		verdict: 'rejected',
		deliveries: deliveries.count,
		first_at: deliveries.firstAt,
		last_at: nowIso,
		note: reasons.slice(0, EVENT_RAW_MAX_CHARS),
	});
}
