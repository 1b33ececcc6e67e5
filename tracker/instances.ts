import type { PlannedClaim } from '../engine/video/planner';
import type { Ruling } from './admission';
import type { StoredRecord } from './airtable/types';
import {
	HEARTBEAT_READ_MS,
	HEARTBEAT_WRITE_MS,
	INSTANCE_ALIVE_MS,
	INSTANCE_KEPT_MS,
	INSTANCE_OVERLAP_MS,
} from './constants';
import type { TrackerContext } from './context';
import { raise, recover } from './notices';
import { TABLES } from './rows';

/** What a process knows of itself and of others that work on the same base. */
export interface InstanceMemory {
	/** When this process began to work, ms since the epoch. */
	startedAtMs: number;
	/** When it last left a sign of life, or tried to. */
	writtenAtMs: number;
	/** When it last looked for others. */
	readAtMs: number;
	/** Other processes and when each was last seen, ms since the epoch. */
	others: Map<string, number>;
}

const NOTICE_KEY = 'no_lock';
const WORDS =
	'Another n8n process works on this base as well, and nothing keeps them apart: set Lock to Redis in the Airtable Tracker credential and add the credential Video Engine Redis, or stop the other process';

function memoryOf(context: TrackerContext): InstanceMemory {
	const nowMs = context.clock.now();
	// What others left before now tells nothing yet, so the first look can wait.
	return (context.memory.instances ??= {
		startedAtMs: nowMs,
		writtenAtMs: -Infinity,
		readAtMs: nowMs,
		others: new Map(),
	});
}

/** Other processes that are alive beside this one: one that was only replaced by it left its last sign before. */
function othersAlive(context: TrackerContext): string[] {
	const { startedAtMs, others } = memoryOf(context);
	const nowMs = context.clock.now();
	const isAlive = (seenAtMs: number) =>
		nowMs - seenAtMs < INSTANCE_ALIVE_MS && seenAtMs >= startedAtMs + INSTANCE_OVERLAP_MS;
	return [...others].filter(([, seenAtMs]) => isAlive(seenAtMs)).map(([instanceId]) => instanceId);
}

async function writeHeartbeat(context: TrackerContext, own: InstanceMemory): Promise<void> {
	const nowMs = context.clock.now();
	if (nowMs - own.writtenAtMs < HEARTBEAT_WRITE_MS) return;
	own.writtenAtMs = nowMs;
	await context.store.upsert(TABLES.instances, 'instance_id', {
		instance_id: context.holderId,
		lock: context.settings.lock,
		started_at: new Date(own.startedAtMs).toISOString(),
		last_seen_at: new Date(nowMs).toISOString(),
	});
}

function lastSeenMs({ fields }: StoredRecord): number {
	return Date.parse(String(fields.last_seen_at ?? '')) || 0;
}

async function readOthers(context: TrackerContext, own: InstanceMemory): Promise<void> {
	const nowMs = context.clock.now();
	if (nowMs - own.readAtMs < HEARTBEAT_READ_MS) return;
	own.readAtMs = nowMs;
	const listed = await context.store.list(TABLES.instances, { fields: ['instance_id', 'last_seen_at'] });
	if (!listed.ok) return;
	const rows = listed.value.filter(({ fields }) => fields.instance_id !== context.holderId);
	own.others = new Map(rows.map((row) => [String(row.fields.instance_id), lastSeenMs(row)]));
	const old = rows.filter((row) => nowMs - Math.max(lastSeenMs(row), Date.parse(row.createdTime)) > INSTANCE_KEPT_MS);
	if (old.length > 0)
		await context.store.remove(
			TABLES.instances,
			old.map(({ id }) => id),
		);
}

/**
 * Holds every claim back while another process works on the base and no Redis keeps the two apart. While something is to
 * be started, this process leaves signs of life (a write in five minutes) and looks for those of others (a request a
 * minute); nobody waits for either.
 */
export function aloneRule(context: TrackerContext, claims: PlannedClaim[], isStart: boolean): Ruling[] {
	const own = memoryOf(context);
	const isHeld = context.settings.lock === 'process' && othersAlive(context).length > 0;
	if (isStart || isHeld) {
		void writeHeartbeat(context, own);
		if (context.settings.lock === 'process') void readOthers(context, own);
	}
	if (!isHeld) {
		recover(context, NOTICE_KEY, 'One n8n process works on this base again.');
		return claims.map((claim) => ({ claim }));
	}
	raise(context, { key: NOTICE_KEY, kind: 'no_lock', severity: 'critical', message: `${WORDS}.` });
	return claims.map((claim) => ({ claim, held: { reason: 'no_lock', words: WORDS } }));
}
