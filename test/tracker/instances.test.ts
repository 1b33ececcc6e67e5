import { MemoryStore } from '../support/memoryStore';
import { TrackerBench } from '../support/trackerBench';

const MINUTE_S = 60;

describe('processes that work on one base without Redis', () => {
	/** Lets time pass for both. */
	function pass(benches: TrackerBench[], seconds: number): void {
		for (const bench of benches) bench.pass(seconds);
	}

	async function work(bench: TrackerBench): Promise<number> {
		return (await bench.claim(await bench.create(['One.']))).length;
	}

	it('a process leaves one sign of life in five minutes while it works, and none while it does not', async () => {
		const bench = new TrackerBench();
		const upserts = jest.spyOn(bench.store, 'upsert');
		const signs = () => upserts.mock.calls.filter(([table]) => table === 'Instances').length;
		await work(bench);
		await work(bench);
		expect(signs()).toBe(1);
		bench.pass(6 * MINUTE_S);
		await work(bench);
		expect(signs()).toBe(2);
		bench.pass(60 * MINUTE_S);
		await bench.tracker.findDue();
		expect(signs()).toBe(2);
		expect(bench.store.row('Instances', 'instance_id', 'process-1')).toMatchObject({ lock: 'process' });
	});

	it('neither starts anything when both work, and people are told what to do', async () => {
		const store = new MemoryStore();
		const [a, b] = [new TrackerBench(store, 'process-a'), new TrackerBench(store, 'process-b')];
		await work(a);
		await work(b);
		pass([a, b], 6 * MINUTE_S);
		await work(a);
		await work(b);
		pass([a, b], 2 * MINUTE_S);
		// The first claim looks around, what it saw counts from the next one on.
		await work(a);
		await work(b);
		const videoId = await a.create(['Two.']);
		expect(await a.claim(videoId)).toEqual([]);
		expect(a.video(videoId).waiting_for).toContain('set Lock to Redis');
		expect(await work(b)).toBe(0);
		const notice = () => a.tracker.context.memory.notices.get('no_lock');
		expect(notice()).toMatchObject({ isOver: false, notice: { kind: 'no_lock', severity: 'critical' } });

		// The other one is stopped: after a while this one goes on, though nothing but looks have come meanwhile.
		for (let minute = 0; minute < 11; minute++) {
			a.pass(MINUTE_S);
			await a.tracker.findDue();
		}
		expect((await a.claim(videoId)).length).toBeGreaterThan(0);
		expect(notice()?.isOver ?? true).toBe(true);
	});

	it('a process that takes the place of another one starts at once', async () => {
		const store = new MemoryStore();
		const old = new TrackerBench(store, 'process-old');
		await work(old);
		const next = new TrackerBench(store, 'process-next');
		next.nowMs = old.nowMs;
		next.pass(10);
		expect(await work(next)).toBeGreaterThan(0);
		next.pass(2 * MINUTE_S);
		await work(next);
		expect(await work(next)).toBeGreaterThan(0);
	});

	it('removes the rows of processes that ended a day ago', async () => {
		const bench = new TrackerBench();
		const seen = (hoursAgo: number) => new Date(bench.nowMs - hoursAgo * 3_600_000).toISOString();
		await bench.store.create('Instances', { instance_id: 'yesterday', last_seen_at: seen(25) });
		await bench.store.create('Instances', { instance_id: 'lately', last_seen_at: seen(2) });
		await bench.store.create('Instances', { instance_id: 'unreadable', last_seen_at: 'soon' });
		await work(bench);
		bench.pass(2 * MINUTE_S);
		await work(bench);
		await new Promise(setImmediate);
		const left = bench.store.rows('Instances').map(({ fields }) => fields.instance_id);
		expect(left.sort()).toEqual(['lately', 'process-1']);
	});

	it('works on where the table can not be read', async () => {
		const bench = new TrackerBench();
		const list = bench.store.list.bind(bench.store);
		jest
			.spyOn(bench.store, 'list')
			.mockImplementation(async (table, options) =>
				table === 'Instances' ? { ok: false, code: 'not_found', message: '' } : await list(table, options),
			);
		expect(await work(bench)).toBeGreaterThan(0);
		bench.pass(2 * MINUTE_S);
		expect(await work(bench)).toBeGreaterThan(0);
	});
});
