import type { ServiceName } from '../engine/events';
import type { RequestReport } from './airtable/types';
import { LAST_TICK_KEPT_MS, MS_PER_S, TICKS_MISSED_MAX } from './constants';
import type { TrackerContext, TrackerMemory } from './context';

/** What was last seen of a service. `unknown`: nothing was asked of it since this process started. */
export interface ServiceHealth {
	state: 'ok' | 'failing' | 'unknown';
	/** Since when it is so; ISO 8601, UTC. */
	since?: string;
	/** The words of its last failure, without secrets. */
	lastError?: string;
}

/** How the engine does, from what is known already: nobody is asked. */
export interface Health {
	/** `degraded`: a service is left alone, Airtable refuses, or the recovery flow has not run for a while. */
	status: 'ok' | 'degraded';
	/** Names the process that answers. */
	instance: string;
	/** The last tick of the recovery flow, in whatever process; null where none is known. */
	recovery: { lastTickAt: string | null; ageS: number | null; isLate: boolean };
	services: Record<ServiceName | 'airtable', ServiceHealth>;
	lock: 'process' | 'redis';
	/** Videos under way. */
	active: number;
	/** Videos with steps that are held back. */
	held: number;
}

const LAST_TICK_KEY = 'recovery:last-tick-ms';
const FAILING_STATUSES = [0, 401, 403, 429];

/** Notes that the recovery flow has run, for all processes. */
export async function noteTick(context: TrackerContext): Promise<void> {
	const nowMs = context.clock.now();
	// A sum is all that the notes keep: adding the difference to now makes it now.
	await context.notes.add(LAST_TICK_KEY, nowMs - (await context.notes.sum(LAST_TICK_KEY)), LAST_TICK_KEPT_MS);
}

/** Notes how Airtable answered. A refusal of what was asked for is an answer. */
export function noteAirtable(memory: TrackerMemory, { status }: Pick<RequestReport, 'status'>, nowMs: number): void {
	const isWorking = !FAILING_STATUSES.includes(status) && status < 500;
	const known = memory.airtable;
	const lastError = isWorking ? known?.lastError : status === 0 ? 'No answer' : `HTTP ${status}`;
	memory.airtable = { isWorking, lastError, sinceMs: known?.isWorking === isWorking ? known.sinceMs : nowMs };
}

function healthOf(record: { isWorking: boolean; sinceMs: number; lastError?: string } | undefined): ServiceHealth {
	if (!record) return { state: 'unknown' };
	const { isWorking, sinceMs, lastError } = record;
	return {
		state: isWorking ? 'ok' : 'failing',
		since: new Date(sinceMs).toISOString(),
		...(lastError === undefined ? {} : { lastError }),
	};
}

/** How the engine does. Asks no service; where several processes share notes, those are read. */
export async function health(context: TrackerContext): Promise<Health> {
	const { memory, settings } = context;
	const nowMs = context.clock.now();
	const lastTickMs = await context.notes.sum(LAST_TICK_KEY);
	const ageS = lastTickMs === 0 ? null : Math.max(0, (nowMs - lastTickMs) / MS_PER_S);
	// Where no tick is known, the first question starts the clock: a flow that nobody published is late, too.
	memory.watchedSinceMs ??= nowMs;
	const isLate = (ageS ?? (nowMs - memory.watchedSinceMs) / MS_PER_S) > settings.tickS * TICKS_MISSED_MAX;
	const isResting = [...memory.services.values()].some(({ breaker }) => breaker.state !== 'closed');
	const active = context.cache.active();
	return {
		status: isLate || isResting || memory.airtable?.isWorking === false ? 'degraded' : 'ok',
		instance: context.holderId,
		recovery: { lastTickAt: ageS === null ? null : new Date(lastTickMs).toISOString(), ageS, isLate },
		services: {
			elevenLabs: healthOf(memory.services.get('elevenLabs')),
			nca: healthOf(memory.services.get('nca')),
			goApi: healthOf(memory.services.get('goApi')),
			spaces: healthOf(memory.services.get('spaces')),
			airtable: healthOf(memory.airtable),
		},
		lock: settings.lock,
		active: active.length,
		held: active.filter((entry) => entry.snapshot.video.waitingFor !== undefined).length,
	};
}
