import type { StoredRecord } from '../../../tracker/airtable/types';
import { openBase, type TestBase, valueOf } from './support';

const LINGER = { mayWaitMs: 2_000 };

let base: TestBase;
beforeEach(async () => {
	base = await openBase();
	await base.drive(base.clock.sleep(2_000));
	base.requests.length = 0;
});
afterEach(async () => await base.close());

async function newRow(key: string): Promise<StoredRecord> {
	const created = valueOf(await base.drive(base.store.create('Paid Calls', { call_key: key })));
	base.requests.length = 0;
	return created;
}

describe('a write that may wait', () => {
	it('is written by itself when nothing comes along', async () => {
		const { id } = await newRow('a');
		const startMs = base.clock.now();
		const written = base.store.update('Paid Calls', id, { note: 'late' }, LINGER);
		await base.drive(base.clock.sleep(1_500));
		const before = base.requests.length;
		valueOf(await base.drive(written));

		expect(before).toBe(0);
		expect(base.requests).toMatchObject([{ method: 'PATCH', records: 1 }]);
		expect(base.clock.now() - startMs).toBeLessThan(2_500);
	});

	it('goes along with the next that may not, in one request', async () => {
		const { id } = await newRow('a');
		const waiting = base.store.update('Paid Calls', id, { note: 'late' }, LINGER);
		await base.drive(base.clock.sleep(500));
		const startMs = base.clock.now();
		valueOf(await base.drive(base.store.upsert('Paid Calls', 'call_key', { call_key: 'b' })));

		expect(base.requests).toMatchObject([{ method: 'PATCH', records: 2 }]);
		expect(base.clock.now() - startMs).toBeLessThan(500);
		expect(valueOf(await waiting).fields.note).toBe('late');
	});

	it('waits no longer when its record is written at once', async () => {
		const { id } = await newRow('a');
		const waiting = base.store.update('Paid Calls', id, { note: 'late', unit: 'x' }, LINGER);
		await base.drive(base.clock.sleep(500));
		const startMs = base.clock.now();
		const urgent = valueOf(await base.drive(base.store.update('Paid Calls', id, { note: 'now' })));

		expect(base.clock.now() - startMs).toBeLessThan(500);
		expect(urgent.fields).toMatchObject({ note: 'now', unit: 'x' });
		expect(valueOf(await waiting).fields.note).toBe('now');
		expect(base.requests).toHaveLength(1);
	});

	it('waits no longer when its request is full', async () => {
		const startMs = base.clock.now();
		const keys = Array.from({ length: 10 }, (_, index) => `row ${index}`);
		const writes = keys.map(
			async (key) => await base.store.upsert('Paid Calls', 'call_key', { call_key: key }, LINGER),
		);
		await base.drive(Promise.all(writes));

		expect(base.requests).toMatchObject([{ records: 10 }]);
		expect(base.clock.now() - startMs).toBeLessThan(500);
	});

	it('does not hold other tables back', async () => {
		const { id } = await newRow('a');
		void base.store.update('Paid Calls', id, { note: 'late' }, LINGER);
		const startMs = base.clock.now();
		valueOf(await base.drive(base.store.create('Videos', { video_id: 'v' })));

		expect(base.clock.now() - startMs).toBeLessThan(500);
		expect(base.requests).toMatchObject([{ table: 'Videos' }]);
	});
});
