import { formulaField, formulaString } from './airtable/formula';
import type { Fields, StoredRecord } from './airtable/types';
import { REPEATED_ALERT_MS } from './constants';
import type { TrackerContext } from './context';
import { NOTICE_KINDS, NOTICES_MAX, type Notice, type NoticeSeverity, type OpenNotice } from './notices';
import { TABLES } from './rows';

const SEVERITIES: readonly NoticeSeverity[] = ['critical', 'error', 'warning', 'info'];

/** Name of the note that a workflow error was told; every process sees it. */
export function toldErrorNote(key: string): string {
	return `alert-told|${key}`;
}

/** Name of the note that counts how often a cause has ended. */
export function roundsNote(key: string): string {
	return `alert-rounds|${key}`;
}

/** The Alerts row of a notice that people are told of now. */
function toFields({ notice, isOver, firstAtMs, told, toldVersion }: OpenNotice, nowMs: number): Fields {
	const nowIso = new Date(nowMs).toISOString();
	const shared = { alert_key: notice.key, message: notice.message, last_at: nowIso };
	if (isOver) return { ...shared, state: 'recovered', recovered_at: nowIso };
	return {
		...shared,
		kind: notice.kind,
		severity: notice.severity,
		state: 'open',
		video_id: notice.videoId ?? null,
		version: toldVersion ?? null,
		told,
		first_at: new Date(firstAtMs).toISOString(),
		recovered_at: null,
	};
}

function fromRecord({ fields }: StoredRecord, nowMs: number): OpenNotice | undefined {
	const kind = NOTICE_KINDS.find((known) => known === fields.kind);
	if (kind === undefined || typeof fields.alert_key !== 'string') return undefined;
	const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : undefined);
	const firstAtMs = Date.parse(text('first_at') ?? '');
	const notice: Notice = {
		key: fields.alert_key,
		kind,
		severity: SEVERITIES.find((known) => known === fields.severity) ?? 'error',
		message: text('message') ?? '',
		version: text('version'),
		videoId: text('video_id'),
		service: fields.alert_key.split('|')[1],
	};
	return {
		notice,
		isOver: false,
		firstAtMs: Number.isNaN(firstAtMs) ? nowMs : firstAtMs,
		toldVersion: text('version') ?? '',
		told: Number(fields.told) || 1,
	};
}

async function read(context: TrackerContext): Promise<boolean> {
	const rows = await context.store.list(TABLES.alerts, {
		filterByFormula: `${formulaField('state')}=${formulaString('open')}`,
		sort: [{ field: 'last_at', direction: 'desc' }],
		maxRecords: NOTICES_MAX,
	});
	if (!rows.ok) return false;
	const nowMs = context.clock.now();
	for (const row of rows.value) {
		const open = fromRecord(row, nowMs);
		if (!open) continue;
		if (open.notice.kind === 'workflow_error') {
			// Such an error has no end; it counts as known for a while.
			const ageMs = nowMs - Date.parse(String(row.fields.last_at));
			if (ageMs < REPEATED_ALERT_MS)
				await context.notes.once(toldErrorNote(open.notice.key), REPEATED_ALERT_MS - ageMs);
			continue;
		}
		open.round = await context.notes.sum(roundsNote(open.notice.key));
		const known = context.memory.notices.get(open.notice.key);
		if (!known) context.memory.notices.set(open.notice.key, open);
		else if (known.toldVersion === undefined) {
			known.toldVersion = open.toldVersion;
			known.told = open.told;
			known.firstAtMs = open.firstAtMs;
			known.round = open.round;
		}
	}
	return true;
}

/**
 * Learns, once and in one request, what former processes told people, so that a restart repeats nothing and the end of
 * what they told of is told. Where the table can't be read, what is in memory must do.
 */
export async function readOpenAlerts(context: TrackerContext): Promise<void> {
	if (context.memory.airtable?.isWorking === false) return;
	context.memory.alertsRead ??= read(context);
	if (!(await context.memory.alertsRead)) context.memory.alertsRead = undefined;
}

/** Writes down that people are told. Does not wait where Airtable is known to fail: they must be told all the same. */
export async function writeAlert(context: TrackerContext, open: OpenNotice): Promise<void> {
	const written = context.store.upsert(TABLES.alerts, 'alert_key', toFields(open, context.clock.now()));
	if (context.memory.airtable?.isWorking !== false) await written;
}
