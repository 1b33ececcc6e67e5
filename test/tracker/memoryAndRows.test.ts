import type { Failure } from '../../engine/events';
import { refuse } from '../../engine/result';
import type { Fields } from '../../tracker/airtable/types';
import { MemoryStore } from '../support/memoryStore';
import { good, TrackerBench } from '../support/trackerBench';

/** A store that answers some writes, or a read, late: the test says when. */
class SlowStore extends MemoryStore {
	isSlow: (table: string, fields: Fields) => boolean = () => false;
	/** Of the jobs. */
	isReadSlow = false;
	isRefused: (table: string, fields: Fields) => boolean = () => false;
	private readonly waiting: Record<'read' | 'write', Array<() => void>> = { read: [], write: [] };

	override async list(...[table, options]: Parameters<MemoryStore['list']>) {
		const found = await super.list(table, options);
		if (this.isReadSlow && table === 'Jobs') await this.hold('read');
		return found;
	}

	override async update(table: string, recordId: string, fields: Fields) {
		if (this.isRefused(table, fields)) return refuse('unavailable', 'No answer.');
		const written = await super.update(table, recordId, fields);
		if (this.isSlow(table, fields)) await this.hold('write');
		return written;
	}

	/** Lets go on what waits. */
	answer(kind: 'read' | 'write'): void {
		for (const goOn of this.waiting[kind].splice(0)) goOn();
	}

	private async hold(kind: 'read' | 'write'): Promise<void> {
		await new Promise<void>((resolve) => this.waiting[kind].push(resolve));
	}
}

const NO_CREDIT: Failure = { class: 'refused', message: 'No credit', began: 'no', retryable: false };

/** Lets everything happen that waits for nothing outside. */
async function settled(): Promise<void> {
	for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
}

describe('a video that a tick finds before it is known to be created', () => {
	it('keeps the claims of that tick', async () => {
		const store = new SlowStore();
		const bench = new TrackerBench(store);
		store.isSlow = (table, fields) => table === 'Videos' && 'ready' in fields;
		const creating = bench.create(['one']);
		await settled();
		const [{ fields }] = store.rows('Videos');
		good(await bench.tracker.findDue());
		const claimed = await bench.claim(String(fields.video_id));
		store.isSlow = () => false;
		store.answer('write');
		const videoId = await creating;

		expect(claimed.length).toBeGreaterThan(0);
		for (const step of claimed) expect((await bench.complete(step)).outcome).toBe('completed');
		await bench.finish(videoId);
		expect(bench.video(videoId).status).toBe('completed');
	});
});

describe('memory', () => {
	it('of a new video is not set back by a slow read of its rows', async () => {
		const store = new SlowStore();
		const bench = new TrackerBench(store);
		store.isSlow = (table, fields) => table === 'Videos' && 'ready' in fields;
		const creating = bench.create(['one']);
		await settled();
		store.isReadSlow = true;
		const early = bench.tracker.getStatus(String(store.rows('Videos')[0].fields.video_id));
		await settled();
		store.isReadSlow = false;
		store.answer('write');
		const [step] = await bench.claim(await creating);
		store.answer('read');
		good(await early);

		expect((await bench.complete(step)).outcome).toBe('completed');
	});

	it('that is older than the claims of its own process is read again, so that nothing waits for ever', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const { cache } = bench.tracker.context;
		const before = structuredClone(good(await cache.load(videoId)));
		const claimed = await bench.claim(videoId);
		cache.put(before);

		const none = await bench.claim(videoId);
		const due = good(await bench.tracker.findDue());
		await bench.complete(claimed[0]);

		expect(none).toEqual([]);
		expect(due).toContainEqual({ look: 'advance', videoId });
		expect(bench.job(claimed[0].jobKey).status).toBe('completed');
	});
});

describe('a video that failed while calls of it are under way', () => {
	it('keeps their claims, so that nothing is called twice when it goes on after all', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one', 'two']);
		const [first, second] = (await bench.claim(videoId)).filter(({ step }) => step === 'voiceover');
		good(await bench.tracker.fail(first.jobKey, 1, { ...NO_CREDIT, began: 'unknown' }));
		const failed = bench.video(videoId).status;
		await bench.complete(first);
		bench.pass(31);
		const due = good(await bench.tracker.findDue());
		await bench.finish(videoId);
		await bench.complete(second);
		for (const step of await bench.claim(videoId)) await bench.complete(step);

		expect(failed).toBe('failed');
		expect(due.map((item) => ('jobKey' in item ? item.jobKey : item.look))).not.toContain(second.jobKey);
		expect(bench.job(second.jobKey)).toMatchObject({ status: 'completed', attempt: 1, paid_again: 0 });
	});

	it('shows that it waits for a clip when it goes on', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one', 'two'], { background: 'user' });
		const [first, ...others] = await bench.claim(videoId);
		for (const step of others) await bench.complete(step);
		good(await bench.tracker.fail(first.jobKey, 1, { ...NO_CREDIT, began: 'unknown' }));
		const failed = bench.video(videoId).status;
		await bench.complete(first);

		expect(failed).toBe('failed');
		expect((await bench.shown(videoId)).status).toBe('searching_video');
	});

	it('drops them when the last of its calls has ended', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const steps = await bench.claim(videoId);
		const [last, ...others] = steps;
		const { claims } = bench.tracker.context;
		const settling = { jobKey: `${last.jobKey}#settling`, attempt: 0, h: last.h };
		await claims.take(settling, bench.nowMs);
		for (const step of others) good(await bench.tracker.fail(step.jobKey, 1, NO_CREDIT));
		const before = await claims.get(settling);
		good(await bench.tracker.cancel({ videoId, jobKey: last.jobKey }));

		expect(before).toBeDefined();
		expect(await claims.get(settling)).toBeUndefined();
	});
});

describe('what people see of a video', () => {
	it('is never further than its jobs', async () => {
		const store = new SlowStore();
		const bench = new TrackerBench(store);
		const videoId = await bench.create(['one']);
		const [step] = await bench.claim(videoId);
		await settled();
		store.isSlow = (table) => table === 'Jobs';
		const failing = bench.tracker.fail(step.jobKey, 1, NO_CREDIT);
		await settled();
		const early = bench.video(videoId).status;
		store.isSlow = () => false;
		store.answer('write');
		good(await failing);

		expect(early).not.toBe('failed');
		expect(bench.video(videoId).status).toBe('failed');
	});

	it('stays as it was where its job could not be written, and is made anew from the rows', async () => {
		const store = new SlowStore();
		const bench = new TrackerBench(store);
		const videoId = await bench.create(['one']);
		const [step] = await bench.claim(videoId);
		await settled();
		store.isRefused = (table) => table === 'Jobs';
		const failed = await bench.tracker.fail(step.jobKey, 1, NO_CREDIT);
		await settled();
		const shown = bench.video(videoId).status;
		store.isRefused = () => false;
		good(await bench.tracker.fail(step.jobKey, 1, NO_CREDIT));

		expect(failed).toMatchObject({ ok: false, code: 'unavailable' });
		expect(shown).not.toBe('failed');
		expect(bench.video(videoId).status).toBe('failed');
	});
});
