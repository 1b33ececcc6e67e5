import type { TableSpec } from '../../../tracker/airtable/schema';
import { NOBODY_URL } from '../../support/nobody';
import { openBase, type TestBase, valueOf } from './support';

const LIST = 'GET /v0/:baseId/:table';
const CREATE = 'POST /v0/:baseId/:table';
const UPDATE = 'PATCH /v0/:baseId/:table';
const DELETE = 'DELETE /v0/:baseId/:table';

/** As much of the tracker's tables as these tests need. */
const SPEC: TableSpec[] = [
	{
		name: 'Jobs',
		description: '',
		fields: [
			{ name: 'job_key', type: 'singleLineText' },
			{ name: 'status', type: 'singleSelect', options: { choices: [{ name: 'pending' }, { name: 'completed' }] } },
			{ name: 'attempt', type: 'number', options: { precision: 0 } },
			{ name: 'output_url', type: 'url' },
			{ name: 'error_message', type: 'multilineText' },
		],
	},
	{ name: 'Webhook Events', description: '', fields: [{ name: 'event_key', type: 'singleLineText' }] },
	{ name: 'Other', description: '', fields: [{ name: 'name', type: 'singleLineText' }] },
];

let base: TestBase;

beforeEach(async () => {
	base = await openBase(SPEC);
});

afterEach(async () => await base.close());

function keys(count: number): string[] {
	return Array.from({ length: count }, (_, index) => `job${index}`);
}

async function createJobs(count: number): Promise<string[]> {
	const created = await base.drive(
		Promise.all(
			keys(count).map(async (job_key) => await base.store.create('Jobs', { job_key }, { keyField: 'job_key' })),
		),
	);
	return created.map((result) => valueOf(result).id);
}

async function jobRows(): Promise<Record<string, unknown>[]> {
	return (await base.rows('Jobs')).map(({ fields }) => fields);
}

/** Statuses of what was sent since the last call. */
function sent(): string[] {
	return base.requests.splice(0).map(({ method, status, records }) => `${method} ${status} ${records}`);
}

describe('reading', () => {
	it('reads all pages', async () => {
		await createJobs(25);
		sent();
		for (let start = 0; start < 230; start += 10) {
			const writes = keys(10).map(async (key) => await base.store.create('Other', { name: `${start} ${key}` }));
			await base.drive(Promise.all(writes));
		}
		sent();

		const jobs = valueOf(await base.drive(base.store.list('Jobs')));
		const others = valueOf(await base.drive(base.store.list('Other')));

		expect(jobs).toHaveLength(25);
		expect(new Set(others.map(({ fields }) => fields.name)).size).toBe(230);
		expect(sent()).toHaveLength(4);
	});

	it('passes filter, fields, sort and a maximum on', async () => {
		await createJobs(4);

		const found = await base.drive(
			base.store.list('Jobs', {
				filterByFormula: "{job_key}!='job3'",
				fields: ['job_key'],
				sort: [{ field: 'job_key', direction: 'desc' }],
				maxRecords: 2,
			}),
		);
		const sorted = await base.drive(base.store.list('Jobs', { sort: [{ field: 'job_key' }], maxRecords: undefined }));

		expect(valueOf(found).map(({ fields }) => fields)).toEqual([{ job_key: 'job2' }, { job_key: 'job1' }]);
		expect(valueOf(sorted)).toHaveLength(4);
	});

	it('sends a long filter as a body', async () => {
		await createJobs(1);
		sent();

		const filterByFormula = `OR({job_key}='job0',{job_key}='${'x'.repeat(20_000)}')`;
		const found = await base.drive(base.store.list('Jobs', { filterByFormula }));

		expect(valueOf(found)).toHaveLength(1);
		expect(sent()).toEqual(['POST 200 0']);
	});

	it('starts again when Airtable has given up the iterator, but not for ever', async () => {
		for (let i = 0; i < 11; i++) await createJobs(10);
		const restarting = async () => {
			const before = base.requests.length;
			const work = base.store.list('Jobs');
			while (base.requests.length === before) await base.clock.advance(10);
			await base.sandbox.restart('airtable');
			return await base.drive(work);
		};

		expect(valueOf(await restarting())).toHaveLength(110);
	});

	it('says what is wrong', async () => {
		const wrongToken = base.openStore({ token: 'patWrong' });
		const noToken = base.openStore({ token: '' });

		const formula = await base.drive(base.store.list('Jobs', { filterByFormula: '{nope}=1' }));
		const field = await base.drive(base.store.list('Jobs', { fields: ['nope'] }));
		const table = await base.drive(base.store.list('Nope'));
		const token = await base.drive(wrongToken.list('Jobs'));
		const none = await base.drive(noToken.list('Jobs'));

		expect(formula).toMatchObject({ ok: false, code: 'invalid_formula' });
		expect(field).toMatchObject({ ok: false, code: 'invalid_value', field: 'nope' });
		expect(table).toMatchObject({ ok: false, code: 'forbidden' });
		expect(token).toMatchObject({ ok: false, code: 'auth' });
		expect(none).toMatchObject({ ok: false, code: 'auth' });
		expect(JSON.stringify([token, none])).not.toContain('patWrong');
	});

	it.each(['503', '502', '500', 'reset', 'truncate'])('tries again after %s', async (fault) => {
		await createJobs(1);
		base.fail(LIST, fault, fault);

		expect(valueOf(await base.drive(base.store.list('Jobs')))).toHaveLength(1);
	});

	it('gives up in the end, without the URL in its words', async () => {
		const store = base.openStore({ endpointUrl: NOBODY_URL });

		const refused = await base.drive(store.list('Jobs', { filterByFormula: "{job_key}='private'" }));

		expect(refused).toMatchObject({ ok: false, code: 'unavailable', message: expect.stringContaining('ECONNREFUSED') });
		expect(JSON.stringify(refused)).not.toContain('private');
		expect(base.requests.at(-1)?.status).toBe(0);
	});

	it.each(['hang', 'cut'])('does not wait for ever for an answer when the server %ss it', async (fault) => {
		const timeouts: AbortController[] = [];
		const store = base.openStore({
			timeoutSignal: () => {
				timeouts.push(new AbortController());
				return timeouts[timeouts.length - 1].signal;
			},
		});
		base.fail(LIST, fault);

		const work = store.list('Jobs');
		while (base.sandbox.report().services.airtable?.statuses.none === undefined && fault === 'hang')
			await base.clock.advance(10);
		while (timeouts.length === 0) await base.clock.advance(10);
		timeouts[0].abort();

		expect(valueOf(await base.drive(work))).toEqual([]);
		expect(timeouts).toHaveLength(2);
		expect(base.requests.at(-2)).toMatchObject({ status: 0 });
	});

	it('refuses an answer without records', async () => {
		const store = base.openStore({ endpointUrl: `${base.sandbox.controlUrl}/_sandbox/report?` });

		expect(await base.drive(store.list('Jobs'))).toMatchObject({ ok: false });
	});
});

describe('writing', () => {
	it('sends what comes while a request is under way as one', async () => {
		const ids = await createJobs(10);
		sent();

		const first = base.store.update('Jobs', ids[0], { attempt: 1 });
		while (base.requests.length === 0) await base.clock.advance(1);
		const rest = ids.slice(1).map(async (id) => await base.store.update('Jobs', id, { attempt: 2 }));
		await base.drive(Promise.all([first, ...rest]));

		expect(sent()).toEqual(['PATCH 200 1', 'PATCH 200 9']);
		expect(base.store.stats().recordsPerWrite).toEqual({ 1: 1, 9: 1, 10: 1 });
	});

	it('makes one write of several to one record, and tells all callers', async () => {
		const [id] = await createJobs(1);
		sent();

		const results = await base.drive(
			Promise.all([
				base.store.update('Jobs', id, { attempt: 1, status: 'pending' }),
				base.store.update('Jobs', id, { attempt: 2 }),
				base.store.update('Jobs', id, { output_url: 'https://example.com/a.mp4' }),
			]),
		);

		const fields = { job_key: 'job0', attempt: 2, status: 'pending', output_url: 'https://example.com/a.mp4' };
		expect(results.map((result) => valueOf(result).fields)).toEqual([fields, fields, fields]);
		expect(sent()).toEqual(['PATCH 200 1']);
	});

	it('resolves a write only when it is durable', async () => {
		let isDone = false;
		base.fail(CREATE, 'slow:5000');

		const write = base.store.create('Jobs', { job_key: 'a' }).then(() => (isDone = true));
		await base.clock.advance(4_000);
		const before = isDone;
		await base.drive(write);

		expect([before, isDone]).toEqual([false, true]);
		expect(await jobRows()).toEqual([{ job_key: 'a' }]);
	});

	it('mixes updates and upserts of one key field, and keeps others apart', async () => {
		const [id] = await createJobs(1);
		await base.drive(base.store.create('Jobs', { job_key: 'blocks the lane' }));
		sent();

		await base.drive(
			Promise.all([
				base.store.update('Jobs', id, { attempt: 1 }),
				base.store.upsert('Jobs', 'job_key', { job_key: 'new', attempt: 2 }),
				base.store.upsert('Jobs', 'output_url', { output_url: 'https://example.com', attempt: 3 }),
				base.store.create('Jobs', { job_key: 'created' }),
				base.store.upsert('Jobs', 'job_key', { job_key: 'new', attempt: 4 }),
			]),
		);

		expect(sent()).toEqual(['PATCH 200 2', 'PATCH 200 1', 'POST 200 1']);
		expect((await jobRows()).map(({ attempt }) => attempt)).toEqual([1, undefined, 4, 3, undefined]);
	});

	it('refuses an upsert without its key', async () => {
		const refused = await base.store.upsert('Jobs', 'job_key', { attempt: 1 });

		expect(refused).toMatchObject({ ok: false, code: 'invalid_value', field: 'job_key' });
	});

	it('never has more than five requests within a second under load', async () => {
		const writes = keys(120).map(async (job_key, index) =>
			index % 2 ? await base.store.create('Jobs', { job_key }) : await base.store.create('Other', { name: job_key }),
		);
		const reads = keys(10).map(async () => await base.store.list('Jobs'));

		await base.drive(Promise.all([...writes, ...reads]));

		const { airtable } = base.sandbox.report();
		expect(airtable).toMatchObject({ rateLimited: 0 });
		expect(airtable?.peakPerSecond).toBeLessThanOrEqual(5);
		expect(base.store.stats().recordsPerWrite).toMatchObject({ 10: expect.any(Number) });
		expect(await jobRows()).toHaveLength(60);
	});

	it('gives up events under pressure and counts them, but never jobs', async () => {
		const events = keys(260).map(
			async (key) => await base.store.upsert('Webhook Events', 'event_key', { event_key: key }),
		);
		const jobs = keys(260).map(async (job_key) => await base.store.create('Jobs', { job_key }));

		const [written, created] = await base.drive(Promise.all([Promise.all(events), Promise.all(jobs)]));

		const dropped = written.filter((result) => !result.ok);
		expect(dropped.length).toBeGreaterThan(0);
		expect(dropped.every((result) => !result.ok && result.code === 'dropped')).toBe(true);
		expect(base.store.stats().droppedEvents).toBe(dropped.length);
		expect(created.every((result) => result.ok)).toBe(true);
	});

	it('takes other policies for a table', async () => {
		const store = base.openStore({ tables: { Jobs: { priority: 0 } } });

		const refused = await base.drive(store.create('Jobs', { status: 'unknown' }));

		expect(refused).toMatchObject({ ok: false, code: 'invalid_value' });
	});
});

describe('writes that build on each other', () => {
	it('are refused after one that was refused, and no others', async () => {
		const [first, second, other] = await createJobs(3);
		const chain = { isBroken: false };
		base.fail(UPDATE, ...Array.from({ length: 7 }, () => '503'));
		sent();
		const failing = base.store.update('Jobs', first, { attempt: 1 }, { chain });
		while (base.requests.length === 0) await base.clock.advance(10);
		const waiting = [
			base.store.update('Jobs', second, { attempt: 2 }, { chain }),
			base.store.update('Jobs', other, { attempt: 3 }, { chain: { isBroken: false } }),
			base.store.update('Jobs', other, { status: 'completed' }),
		];
		const results = await base.drive(Promise.all([failing, ...waiting]));
		const later = await base.drive(base.store.update('Jobs', second, { attempt: 4 }, { chain }));

		expect(results.map((result) => (result.ok ? 'written' : result.code))).toEqual([
			'unavailable',
			'unavailable',
			'written',
			'written',
		]);
		expect(later).toMatchObject({ ok: false, code: 'unavailable', message: expect.stringContaining('builds on') });
		expect(await jobRows()).toEqual([
			{ job_key: 'job0' },
			{ job_key: 'job1' },
			{ job_key: 'job2', attempt: 3, status: 'completed' },
		]);
	});

	it('leave nothing waiting when all of them are refused', async () => {
		const [first, second] = await createJobs(2);
		const chain = { isBroken: false };
		base.fail(UPDATE, ...Array.from({ length: 7 }, () => '503'));
		sent();
		const failing = base.store.update('Jobs', first, { attempt: 1 }, { chain });
		while (base.requests.length === 0) await base.clock.advance(10);
		const waiting = base.store.update('Jobs', second, { attempt: 2 }, { chain });
		await base.drive(Promise.all([failing, waiting]));
		sent();

		const written = await base.drive(base.store.update('Jobs', first, { attempt: 5 }));

		expect(written.ok).toBe(true);
		expect(sent()).toEqual(['PATCH 200 1']);
	});
});

describe('rate limit and quota', () => {
	it('sits out the lock-out of a base that others have used up', async () => {
		const [id] = await createJobs(1);
		for (let i = 0; i < 6; i++) await base.meta('GET', '/tables');
		sent();
		const startedAt = base.clock.now();

		const result = await base.drive(base.store.update('Jobs', id, { attempt: 1 }));

		expect(valueOf(result).fields.attempt).toBe(1);
		expect(base.clock.now() - startedAt).toBeGreaterThanOrEqual(30_000);
		expect(sent()).toEqual(['PATCH 429 1', 'GET 200 0', 'PATCH 200 1']);
		expect(base.store.stats().rateLimited).toBe(1);
	});

	it('refuses everything at once when the month is used up', async () => {
		const [id] = await createJobs(1);
		base.sandbox.setFaults({ services: { airtable: { quota: 1 } } });

		const first = await base.drive(base.store.update('Jobs', id, { attempt: 1 }));
		const { requests } = base.store.stats();
		const second = await base.store.list('Jobs');
		const removed = await base.store.remove('Jobs', [id]);
		const written = await base.store.create('Jobs', { job_key: 'b' });
		base.sandbox.setFaults({});
		await base.clock.advance(15 * 60_000);
		const later = await base.drive(base.store.update('Jobs', id, { attempt: 2 }));

		for (const refused of [first, second, removed, written]) {
			expect(refused).toMatchObject({ ok: false, code: 'quota_exceeded' });
		}
		expect(requests).toBe(3);
		expect(later.ok).toBe(true);
	});

	it('gives up when a base refuses for ten minutes', async () => {
		const [id] = await createJobs(1);
		base.fail(UPDATE, ...Array.from({ length: 20 }, () => '429'));

		const refused = await base.drive(base.store.update('Jobs', id, { attempt: 1 }));

		expect(refused).toMatchObject({ ok: false, code: 'unavailable' });
	});

	it('goes on when the probe itself gets no answer', async () => {
		const [id] = await createJobs(1);
		base.fail(UPDATE, '429');
		base.sandbox.setFaults({
			services: { airtable: { routes: { [UPDATE]: { script: ['429'] }, [LIST]: { script: ['reset'] } } } },
		});

		expect((await base.drive(base.store.update('Jobs', id, { attempt: 1 }))).ok).toBe(true);
	});
});

describe('a create whose outcome is unknown', () => {
	it('is found by its key and not made twice', async () => {
		base.fail(CREATE, 'truncate');

		const results = await base.drive(
			Promise.all(
				keys(3).map(async (job_key) => await base.store.create('Jobs', { job_key }, { keyField: 'job_key' })),
			),
		);

		expect(results.every(({ ok }) => ok)).toBe(true);
		expect((await jobRows()).map((fields) => fields.job_key)).toEqual(keys(3));
	});

	it('is sent again when it is not there', async () => {
		base.fail(CREATE, 'reset', '503');

		await createJobs(2);

		expect(await jobRows()).toHaveLength(2);
	});

	it('is refused after three rounds, and when the look-up fails', async () => {
		base.fail(CREATE, '503', '503', '503');
		const tired = await base.drive(base.store.create('Jobs', { job_key: 'a' }, { keyField: 'job_key' }));
		base.sandbox.setFaults({
			services: {
				airtable: {
					routes: { [CREATE]: { script: ['503'] }, [LIST]: { script: Array.from({ length: 7 }, () => '503') } },
				},
			},
		});
		const blind = await base.drive(base.store.create('Jobs', { job_key: 'b' }, { keyField: 'job_key' }));

		expect(tired).toMatchObject({ ok: false, code: 'outcome_unknown' });
		expect(blind).toMatchObject({ ok: false, code: 'unavailable' });
	});

	it('is refused without a key that can be looked up', async () => {
		base.fail(CREATE, '503');
		const none = await base.drive(base.store.create('Jobs', { job_key: 'a' }));
		base.fail(CREATE, '503');
		const odd = await base.drive(base.store.create('Jobs', { job_key: 'a' }, { keyField: 'status' }));

		expect(none).toMatchObject({ ok: false, code: 'outcome_unknown' });
		expect(odd).toMatchObject({ ok: false, code: 'outcome_unknown' });
	});

	it('is simply sent again when the connection was never made', async () => {
		const store = base.openStore({ endpointUrl: NOBODY_URL });

		const refused = await base.drive(store.create('Jobs', { job_key: 'a' }));

		expect(refused).toMatchObject({ ok: false, code: 'unavailable' });
		expect(store.stats().requests).toBe(7);
	});

	it('finds a number by its value', async () => {
		base.fail(CREATE, 'truncate');

		const created = await base.drive(base.store.create('Jobs', { attempt: 7 }, { keyField: 'attempt' }));

		expect(created.ok).toBe(true);
		expect(await jobRows()).toEqual([{ attempt: 7 }]);
	});
});

describe('a record that Airtable refuses', () => {
	it('does not keep the other nine from being written, and is kept itself', async () => {
		const ids = await createJobs(10);
		const results = await base.drive(
			Promise.all(
				ids.map(async (id, index) =>
					index === 6
						? await base.store.update('Jobs', id, { status: 'processed', output_url: 'https://example.com/paid.mp4' })
						: await base.store.update('Jobs', id, { status: 'completed' }),
				),
			),
		);

		const rows = await jobRows();
		expect(results.every(({ ok }) => ok)).toBe(true);
		expect(results.filter((result) => result.ok && result.value.movedToNote)).toHaveLength(1);
		expect(rows.filter(({ status }) => status === 'completed')).toHaveLength(9);
		expect(rows[6]).toEqual({
			job_key: 'job6',
			output_url: 'https://example.com/paid.mp4',
			error_message: 'status (refused by Airtable): processed',
		});
	});

	it.each([
		['an unknown field', { nope: { a: 1 } }, 'nope (refused by Airtable): {"a":1}'],
		['a value of another type', { attempt: 'two' }, 'attempt (refused by Airtable): two'],
		[
			'several at once',
			{ attempt: 'two', status: 'odd' },
			'attempt (refused by Airtable): two\nstatus (refused by Airtable): odd',
		],
	])('keeps its good values with %s', async (_case, bad, note) => {
		const created = await base.drive(base.store.create('Jobs', { job_key: 'a', ...bad }));

		expect(valueOf(created).movedToNote).toEqual(Object.keys(bad));
		expect(await jobRows()).toEqual([{ job_key: 'a', error_message: note }]);
	});

	it('adds to the note that stands there, or to the one that comes with it', async () => {
		const [id] = await createJobs(1);
		await base.drive(base.store.update('Jobs', id, { error_message: 'before' }));

		await base.drive(base.store.update('Jobs', id, { status: 'odd' }));
		const added = (await jobRows())[0].error_message;
		await base.drive(base.store.upsert('Jobs', 'job_key', { job_key: 'job0', status: 'odd' }));
		const upserted = (await jobRows())[0].error_message;
		await base.drive(base.store.update('Jobs', id, { status: 'odd', error_message: null }));
		const cleared = (await jobRows())[0].error_message;
		await base.drive(base.store.update('Jobs', id, { status: 'odd', error_message: 'own' }));
		const own = (await jobRows())[0].error_message;

		const line = 'status (refused by Airtable): odd';
		expect(added).toBe(`before\n${line}`);
		expect(upserted).toBe(`before\n${line}\n${line}`);
		expect(cleared).toBe(line);
		expect(own).toBe(`own\n${line}`);
	});

	it('moves everything but the key when the message names nothing', async () => {
		const store = base.openStore();
		base.fail(UPDATE, '422');

		const written = await base.drive(store.upsert('Jobs', 'job_key', { job_key: 'a', attempt: 1, status: 'pending' }));

		expect(valueOf(written).movedToNote).toEqual(['attempt', 'status']);
		expect(await jobRows()).toEqual([
			{ job_key: 'a', error_message: 'attempt (refused by Airtable): 1\nstatus (refused by Airtable): pending' },
		]);
	});

	it('is refused when its key or the note is at fault, or nothing helps', async () => {
		const key = await base.drive(base.store.upsert('Jobs', 'nope', { nope: 1 }));
		const note = await base.drive(base.store.create('Jobs', { error_message: 5, status: 'odd' }));
		base.fail(UPDATE, ...Array.from({ length: 4 }, () => '422'));
		const hopeless = await base.drive(base.store.upsert('Jobs', 'job_key', { job_key: 'a', attempt: 1 }));
		base.fail(CREATE, '422', '401');
		const locked = await base.drive(base.store.create('Jobs', { job_key: 'a', attempt: 1 }));

		expect([key, note, hopeless].map((result) => !result.ok && result.code)).toEqual([
			'invalid_formula',
			'invalid_value',
			'invalid_value',
		]);
		expect(locked).toMatchObject({ ok: false, code: 'auth' });
	});

	it('is told apart from a record that is gone', async () => {
		const gone = await base.drive(base.store.update('Jobs', 'recNotThere0000000', { attempt: 1 }));

		expect(gone).toMatchObject({ ok: false, code: 'not_found' });
	});

	it('is refused as too large after the others were written', async () => {
		const ids = await createJobs(2);
		sent();

		const results = await base.drive(
			Promise.all([
				base.store.update('Jobs', ids[0], { error_message: 'x'.repeat(6_000_000) }),
				base.store.update('Jobs', ids[1], { attempt: 1 }),
			]),
		);

		expect(results[0]).toMatchObject({ ok: false, code: 'too_large' });
		expect(results[1].ok).toBe(true);
	});

	it('is written to the oldest when there are two of its key', async () => {
		await base.drive(base.store.create('Jobs', { job_key: 'twin' }));
		await base.drive(base.store.create('Jobs', { job_key: 'twin' }));

		const written = await base.drive(base.store.upsert('Jobs', 'job_key', { job_key: 'twin', attempt: 5 }));
		const noted = await base.drive(base.store.upsert('Jobs', 'job_key', { job_key: 'twin', status: 'odd' }));

		expect(written.ok && noted.ok).toBe(true);
		expect(await jobRows()).toEqual([
			{ job_key: 'twin', attempt: 5, error_message: 'status (refused by Airtable): odd' },
			{ job_key: 'twin' },
		]);
	});

	it('is given up when it cannot be looked up or written meanwhile', async () => {
		const [id] = await createJobs(1);
		base.sandbox.setFaults({
			services: { airtable: { routes: { [LIST]: { script: Array.from({ length: 7 }, () => '503') } } } },
		});
		const unread = await base.drive(base.store.update('Jobs', id, { status: 'odd' }));
		base.fail(CREATE, 'ok', 'truncate');
		const cut = await base.drive(base.store.create('Jobs', { job_key: 'b', status: 'odd' }));

		expect(unread).toMatchObject({ ok: false, code: 'unavailable' });
		expect(cut).toMatchObject({ ok: false, code: 'unavailable' });
	});
});

describe('removing', () => {
	it('removes many, ten at a time, and takes those that were gone as removed', async () => {
		const ids = await createJobs(12);
		sent();

		const removed = await base.drive(base.store.remove('Jobs', ids));
		const again = await base.drive(base.store.remove('Jobs', ids.slice(0, 2)));

		expect(removed.ok && again.ok).toBe(true);
		expect(sent()).toEqual(['DELETE 200 10', 'DELETE 200 2', 'DELETE 422 2', 'DELETE 422 1', 'DELETE 422 1']);
		expect(await jobRows()).toEqual([]);
	});

	it('says when it cannot', async () => {
		const ids = await createJobs(2);
		base.fail(DELETE, '401');
		const denied = await base.drive(base.store.remove('Jobs', ids));
		base.fail(DELETE, '422', '413');
		const large = await base.drive(base.store.remove('Jobs', ids));

		expect(denied).toMatchObject({ ok: false, code: 'auth' });
		expect(large).toMatchObject({ ok: false, code: 'too_large' });
	});
});

it('counts what it sent', async () => {
	await createJobs(1);
	const stats = base.store.stats();

	expect(stats).toEqual({ requests: 1, rateLimited: 0, recordsPerWrite: { 1: 1 }, droppedEvents: 0 });
});
