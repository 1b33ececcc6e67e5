import { setImmediate as nextTurn } from 'node:timers/promises';

import { type Sandbox, startSandbox, VirtualClock } from '../../../sandbox';
import { createMetaClient, type MetaRequest } from '../../../tracker/airtable/metaClient';
import { MemoryRateGate } from '../../../tracker/airtable/rateGate';
import { createRecordStore } from '../../../tracker/airtable/recordStore';
import { SCHEMA, type TableSpec } from '../../../tracker/airtable/schema';
import type { Fields, RecordStore, RecordStoreOptions, RequestReport } from '../../../tracker/airtable/types';

const STEP_MS = 10;
const START_MS = Date.parse('2026-01-01T00:00:00.000Z');

/** A base in the sandbox with a store on it, and time that only tests move. */
export interface TestBase {
	sandbox: Sandbox;
	clock: VirtualClock;
	store: RecordStore;
	requests: RequestReport[];
	/** Lets time pass until the work is done. */
	drive<T>(work: Promise<T>): Promise<T>;
	/** Another store on the same base. */
	openStore(options?: Partial<RecordStoreOptions>): RecordStore;
	meta: MetaRequest;
	/** Rows as a person sees them; costs no request. */
	rows(table: string): Promise<Array<{ id: string; fields: Fields }>>;
	edit(table: string, record: string, fields: Fields): Promise<void>;
	/** Puts many rows into a table, as a person who imports a file; costs no request. */
	importRows(table: string, rows: Fields[]): Promise<void>;
	/** Faults of one route of the stand-in, one entry per request. */
	fail(route: string, ...script: string[]): void;
	close(): Promise<void>;
}

/** Starts a base with the given tables. */
export async function openBase(
	spec: readonly TableSpec[] = SCHEMA,
	settings: Record<string, unknown> = {},
): Promise<TestBase> {
	const clock = new VirtualClock(START_MS);
	const sandbox = await startSandbox({ services: ['airtable'], clock, settings: { airtable: settings } });
	const { baseUrl, token, baseId } = sandbox.credentials('airtable');
	const requests: RequestReport[] = [];
	const gate = new MemoryRateGate(clock);
	const openStore = (options: Partial<RecordStoreOptions> = {}) =>
		createRecordStore({
			token,
			baseId,
			endpointUrl: baseUrl,
			clock,
			gate,
			random: () => 0.5,
			onRequest: (report) => requests.push(report),
			...options,
		});
	const drive = async <T>(work: Promise<T>) => await driveWith(clock, work);
	const meta: MetaRequest = async (method, path, body) => {
		const response = await fetch(`${baseUrl}/v0/meta/bases/${baseId}${path}`, {
			method,
			headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		return { status: response.status, body: await response.json() };
	};
	await drive(createMetaClient({ request: meta, gate }).ensureSchema(spec));
	return {
		sandbox,
		clock,
		store: openStore(),
		requests,
		drive,
		openStore,
		meta,
		rows: async (table) => {
			const response = await fetch(`${baseUrl}/_people/records?table=${encodeURIComponent(table)}`);
			return ((await response.json()) as { records: Array<{ id: string; fields: Fields }> }).records;
		},
		edit: async (table, record, fields) => {
			await fetch(`${baseUrl}/_people/edit`, { method: 'POST', body: JSON.stringify({ table, record, fields }) });
		},
		importRows: async (table, rows) => {
			const body = JSON.stringify({ table, records: rows });
			const answer = await fetch(`${baseUrl}/_people/import`, { method: 'POST', body });
			if (!answer.ok) throw new Error(await answer.text());
		},
		fail: (route, ...script) => sandbox.setFaults({ services: { airtable: { routes: { [route]: { script } } } } }),
		close: async () => await sandbox.stop(),
	};
}

/** Moves a clock on in small steps, with turns of the event loop between them, until the work is done. */
export async function driveWith<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
	let isDone = false;
	const finish = () => (isDone = true);
	work.then(finish, finish);
	while (!isDone) {
		await clock.advance(STEP_MS);
		await nextTurn();
	}
	return await work;
}

/** The value of a result that must be good. */
export function valueOf<T>(result: { ok: true; value: T } | { ok: false; code: string; message: string }): T {
	if (!result.ok) throw new Error(`${result.code}: ${result.message}`);
	return result.value;
}
