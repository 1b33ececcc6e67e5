/**
 * 100 job updates that come at once, written to the Airtable stand-in with its real limits (5 requests a second, 10
 * records a write): by the tracker's record store, and by a peer that sends one record per request at the same pace.
 */
import { startSandbox, createRealClock, type Sandbox } from '../sandbox';
import { createMetaClient } from '../tracker/airtable/metaClient';
import { MemoryRateGate } from '../tracker/airtable/rateGate';
import { createRecordStore } from '../tracker/airtable/recordStore';
import { SCHEMA } from '../tracker/airtable/schema';
import { readSize, rounded, runProgram, type Finding } from './support/program';

const UPDATES = 100;
const TABLE = 'Jobs';
const CREATE_AT_ONCE = 10;
const LIMIT_WINDOW_MS = 1_500;
const clock = createRealClock();

interface Base {
	sandbox: Sandbox;
	url: string;
	headers: Record<string, string>;
	/** The pace that all share, for the base has one limit. */
	gate: MemoryRateGate;
	/** Ids of the records to write to. */
	ids: string[];
}

async function measure(argv: string[]): Promise<Finding> {
	const updates = readSize(argv, 'updates', UPDATES);
	const sandbox = await startSandbox({ services: ['airtable'] });
	try {
		const base = await prepare(sandbox, updates);
		const ours = await timed(base, 'submitted', byStore);
		const peer = await timed(base, 'queued', oneByOne);
		return {
			what: `${updates} job updates that come at once, until the last is durable`,
			rows: [
				{ name: 'group commit', ...ours },
				{ name: 'one record per request', ...peer },
			],
			ratios: { requests: ours.requests / peer.requests, seconds: ours.seconds / peer.seconds },
		};
	} finally {
		await sandbox.stop();
	}
}

async function prepare(sandbox: Sandbox, updates: number): Promise<Base> {
	const { baseUrl, token, baseId } = sandbox.credentials('airtable');
	const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
	const gate = new MemoryRateGate(clock);
	const meta = createMetaClient({
		gate,
		request: async (method, path, body) => {
			const url = `${baseUrl}/v0/meta/bases/${baseId}${path}`;
			const response = await fetch(url, {
				method,
				headers,
				body: body === undefined ? undefined : JSON.stringify(body),
			});
			return { status: response.status, body: await response.json() };
		},
	});
	const made = await meta.ensureSchema(SCHEMA);
	if (!made.ok) throw new Error(made.message);
	const base = { sandbox, url: `${baseUrl}/v0/${baseId}/${TABLE}`, headers, gate, ids: [] as string[] };
	for (let start = 0; start < updates; start += CREATE_AT_ONCE) {
		const count = Math.min(CREATE_AT_ONCE, updates - start);
		const records = Array.from({ length: count }, (_, index) => ({ fields: { job_key: `job.${start + index}` } }));
		const answer = await paced(gate, base.url, { method: 'POST', headers, body: JSON.stringify({ records }) });
		base.ids.push(...answer.records.map(({ id }) => id));
	}
	return base;
}

type Way = (base: Base, note: string) => Promise<void>;

/** Requests and seconds of one way, and whether every record holds what was written. */
async function timed(base: Base, note: string, way: Way): Promise<{ requests: number; seconds: number }> {
	// What went before must not count against the limit any more.
	await clock.sleep(LIMIT_WINDOW_MS);
	const before = requests(base.sandbox);
	const startedMs = performance.now();
	await way(base, note);
	const seconds = (performance.now() - startedMs) / 1000;
	const count = requests(base.sandbox) - before;
	const response = await fetch(`${base.sandbox.baseUrl('airtable')}/_people/records?table=${TABLE}`);
	const { records } = (await response.json()) as { records: Array<{ fields: Record<string, unknown> }> };
	const written = records.filter(({ fields }) => fields.external_id === note).length;
	if (written !== base.ids.length) throw new Error(`Only ${written} of ${base.ids.length} updates were written`);
	return { requests: count, seconds: rounded(seconds) };
}

const byStore: Way = async ({ sandbox, gate, ids }, note) => {
	const { baseUrl, token, baseId } = sandbox.credentials('airtable');
	const store = createRecordStore({ token, baseId, endpointUrl: baseUrl, clock, gate, random: Math.random });
	const results = await Promise.all(ids.map(async (id) => await store.update(TABLE, id, { external_id: note })));
	for (const result of results) if (!result.ok) throw new Error(result.message);
};

const oneByOne: Way = async ({ url, headers, gate, ids }, note) => {
	const body = JSON.stringify({ fields: { external_id: note } });
	await Promise.all(ids.map(async (id) => await paced(gate, `${url}/${id}`, { method: 'PATCH', headers, body })));
};

/** One request, not before the base's limit allows it. */
async function paced(
	gate: MemoryRateGate,
	url: string,
	init: RequestInit,
): Promise<{ records: Array<{ id: string }> }> {
	const release = await gate.acquire();
	try {
		const response = await fetch(url, init);
		if (!response.ok) throw new Error(`Airtable answered ${response.status}: ${await response.text()}`);
		return (await response.json()) as { records: Array<{ id: string }> };
	} finally {
		release();
	}
}

function requests(sandbox: Sandbox): number {
	return sandbox.report().airtable?.requests ?? 0;
}

runProgram(measure);
