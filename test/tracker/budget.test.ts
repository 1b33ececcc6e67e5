import type { Failure } from '../../engine/events';
import { spentToday } from '../../tracker/budget';
import type { ClaimedStep } from '../../tracker/types';
import { MemoryStore } from '../support/memoryStore';
import { good, TrackerBench } from '../support/trackerBench';

const DAY_S = 24 * 3_600;
/** Covers the music (0.05) and one clip (0.26) of a video, not the second. */
const BUDGET_USD = 0.5;
const LOST: Failure = { class: 'timeout', message: 'no answer', began: 'unknown', retryable: true };
const SPENT = 'The daily budget of $0.50 is spent: goes on at 2026-01-02 00:00 UTC';

function openBench(settings = {}, store = new MemoryStore()): TrackerBench {
	const bench = new TrackerBench(store);
	Object.assign(bench.tracker.context.settings, { dailyBudgetUsd: BUDGET_USD, ...settings });
	return bench;
}

function names(steps: ClaimedStep[]): string[] {
	return steps.map(({ jobKey }) => jobKey.split('.').slice(1).join('.')).sort();
}

function notices(bench: TrackerBench) {
	return [...bench.tracker.context.memory.notices.values()].filter(({ notice }) => notice.kind === 'budget');
}

async function looks(bench: TrackerBench): Promise<string[]> {
	return good(await bench.tracker.findDue()).map(({ look }) => look);
}

describe('a daily budget', () => {
	it('that is spent holds paid steps back, and says until when', async () => {
		const bench = openBench();
		const videoId = await bench.create(['one', 'two']);
		const steps = await bench.claim(videoId);

		expect(names(steps)).toEqual(['background.001', 'music', 'voiceover.001', 'voiceover.002']);
		expect(bench.job(`${videoId}.background.002`)).toMatchObject({ status: 'pending', attempt: 0 });
		expect(bench.video(videoId).waiting_for).toBe(SPENT);
		expect(await spentToday(bench.tracker.context)).toBeCloseTo(0.05 + 0.26 + 2 * 0.0009);
	});

	it('lets what costs nothing go on', async () => {
		const bench = openBench();
		const videoId = await bench.create(['one', 'two']);
		for (const step of await bench.claim(videoId)) await bench.complete(step);
		const next = await bench.claim(videoId);

		expect(names(next)).toEqual(['combine.001']);
	});

	it('is told once a day, and it is over when paid steps go on by themselves on the next day', async () => {
		const bench = openBench();
		const videoId = await bench.create(['one', 'two']);
		const steps = await bench.claim(videoId);
		for (const step of steps) await bench.complete(step);
		await bench.claim(videoId);
		await bench.claim(videoId);
		const first = notices(bench);
		first[0].toldVersion = first[0].notice.version;
		await bench.claim(videoId).then(async (combine) => await Promise.all(combine.map((step) => bench.complete(step))));
		bench.pass(3_600);
		const heldLooks = await looks(bench);
		bench.nowMs = Date.UTC(2026, 0, 2) + 1;
		const nextDayLooks = await looks(bench);
		const resumed = await bench.claim(videoId);

		expect(first).toMatchObject([{ notice: { key: 'budget', severity: 'warning', version: '2026-01-01' } }]);
		expect(heldLooks).not.toContain('advance');
		expect(nextDayLooks).toContain('advance');
		expect(names(resumed)).toEqual(['background.002']);
		expect(bench.video(videoId).waiting_for).toBeUndefined();
		expect(notices(bench)).toMatchObject([{ isOver: true }]);
	});

	it('is not overdrawn by videos that claim at the same moment', async () => {
		const bench = openBench();
		const videoIds = await Promise.all(
			Array.from({ length: 5 }, async (_, index) => await bench.create([`t${index}`])),
		);
		const claimed = await Promise.all(videoIds.map(async (videoId) => await bench.claim(videoId)));

		expect(claimed.flat().length).toBeGreaterThan(0);
		expect(await spentToday(bench.tracker.context)).toBeLessThanOrEqual(BUDGET_USD + 1e-9);
		const rows = bench.store.rows('Paid Calls').filter(({ fields }) => fields.state === 'reserved');
		const reserved = rows.reduce((sum, { fields }) => sum + Number(fields.estimated_cost), 0);
		expect(reserved).toBeCloseTo(await spentToday(bench.tracker.context));
	});

	it('has room again for what cost less than was thought, and none for what is unknown', async () => {
		const bench = openBench();
		const videoId = await bench.create(['one', 'two']);
		const steps = await bench.claim(videoId);
		const clip = steps.find(({ step }) => step === 'background')!;
		const music = steps.find(({ step }) => step === 'music')!;
		await bench.tracker.fail(music.jobKey, 1, LOST);
		const withUnknown = await spentToday(bench.tracker.context);
		await bench.complete(clip, { usage: { amount: 100_000, unit: 'point' } });
		const next = await bench.claim(videoId);

		expect(withUnknown).toBeCloseTo(0.05 + 0.26 + 2 * 0.0009);
		expect(names(next)).toEqual(['background.002']);
		expect(await spentToday(bench.tracker.context)).toBeCloseTo(0.05 + 0.01 + 0.26 + 2 * 0.0009);
	});

	it('that is less than a step costs says so', async () => {
		const bench = openBench({ dailyBudgetUsd: 0.06 });
		const videoId = await bench.create(['one']);
		await bench.claim(videoId);

		expect(bench.video(videoId).waiting_for).toBe(
			'The daily budget of $0.06 is less than this step costs (about $0.26): raise it',
		);
	});

	it('counts the toolkit where it has a price', async () => {
		const bench = openBench({ dailyBudgetUsd: 0.35, ncaUsdPerSecond: 0.01 });
		const videoId = await bench.create(['one']);
		for (const step of await bench.claim(videoId)) await bench.complete(step);

		expect(names(await bench.claim(videoId))).toEqual([]);
		expect(bench.job(`${videoId}.combine.001`)).toMatchObject({ status: 'pending' });
	});

	it('of none holds nothing back and asks nobody', async () => {
		const bench = openBench({ dailyBudgetUsd: 0, alertCostUsd: 0 });
		const videoId = await bench.create(['one', 'two']);
		const list = jest.spyOn(bench.store, 'list');
		const steps = await bench.claim(videoId);

		expect(names(steps)).toHaveLength(5);
		expect(list).not.toHaveBeenCalled();
	});
});

describe('what today has cost', () => {
	it('is read from the rows once by a new process', async () => {
		const first = openBench({ dailyBudgetUsd: 0 });
		const videoId = await first.create(['one']);
		const steps = await first.claim(videoId);
		const music = steps.find(({ step }) => step === 'music')!;
		await first.complete(music, { usage: { amount: 3_000_000, unit: 'point' } });
		first.store.rows('Paid Calls').push({
			id: 'rec_yesterday',
			createdTime: '2025-12-31T23:00:00.000Z',
			fields: { state: 'settled', actual_cost: 50, reserved_at: '2025-12-31T23:00:00.000Z' },
		});
		const today = new Date(first.nowMs).toISOString();
		for (const fields of [
			{ state: 'released', estimated_cost: 70 },
			{ state: 'settled' },
			{ state: 'unknown' },
			{ state: 'reserved', estimated_cost: 70, reserved_at: undefined },
		]) {
			const row = { id: 'rec_odd', createdTime: today, fields: { reserved_at: today, ...fields } };
			first.store.rows('Paid Calls').push(row);
		}

		const second = openBench({}, first.store);
		const list = jest.spyOn(second.store, 'list');
		const sums = await Promise.all([1, 2, 3].map(async () => await spentToday(second.tracker.context)));

		expect(sums[0]).toBeCloseTo(0.3 + 0.26 + 0.0009);
		expect(new Set(sums).size).toBe(1);
		expect(list).toHaveBeenCalledTimes(1);
		expect(names(await second.claim(await second.create(['other'])))).not.toContain('background.001');
	});

	it('is known to the alert on costs after a restart, without a budget', async () => {
		const first = openBench({ dailyBudgetUsd: 0 });
		await first.claim(await first.create(['one']));
		const second = openBench({ dailyBudgetUsd: 0 }, first.store);
		await second.claim(await second.create(['two']));

		const spent = await second.tracker.context.notes.sum('spent:2026-01-01');
		expect(spent).toBeCloseTo(2 * (0.05 + 0.26 + 0.0009));
	});

	it('holds paid steps until it is known', async () => {
		const bench = openBench();
		const videoId = await bench.create(['one']);
		const list = jest.spyOn(bench.store, 'list').mockResolvedValueOnce({ ok: false, code: 'unavailable', message: '' });
		const early = await bench.claim(videoId);
		const words = bench.video(videoId).waiting_for;
		bench.pass(6);

		expect(names(early)).toEqual([]);
		expect(words).toBe('What today has cost is being looked up');
		expect(names(await bench.claim(videoId))).toHaveLength(3);
		expect(list.mock.calls.filter(([table]) => table === 'Paid Calls')).toHaveLength(2);
	});

	it('starts anew at midnight', async () => {
		const bench = openBench();
		await bench.claim(await bench.create(['one']));
		const today = await spentToday(bench.tracker.context);
		bench.pass(DAY_S);

		expect(today).toBeGreaterThan(0.3);
		expect(await spentToday(bench.tracker.context)).toBe(0);
	});

	it('takes back what another process has reserved in the same moment', async () => {
		const bench = openBench();
		const { notes } = bench.tracker.context;
		const videoId = await bench.create(['one']);
		const add = notes.add.bind(notes);
		jest
			.spyOn(notes, 'add')
			.mockImplementationOnce(async (key, usd, ttl) => await add(key, usd, ttl))
			.mockImplementationOnce(async (key, usd, ttl) => (await add(key, usd, ttl)) + 100);
		const steps = await bench.claim(videoId);

		expect(names(steps)).toHaveLength(2);
		expect(bench.video(videoId).waiting_for).toBe(SPENT);
		expect(notices(bench)).toHaveLength(1);
	});

	it('is read by one process for all that share their notes', async () => {
		const first = openBench();
		const second = openBench({}, first.store);
		const { notes } = first.tracker.context;
		second.tracker.context.notes = notes;
		const videoId = await second.create(['one']);
		let answer: () => void = () => undefined;
		const list = first.store.list.bind(first.store);
		const asked = jest.spyOn(first.store, 'list').mockImplementationOnce(async (table, options) => {
			await new Promise<void>((resolve) => (answer = resolve));
			return await list(table, options);
		});
		const looking = spentToday(first.tracker.context);
		await new Promise((resolve) => setImmediate(resolve));
		const early = await second.claim(videoId);
		answer();
		await looking;

		expect(names(early)).toEqual([]);
		expect(names(await second.claim(videoId))).toHaveLength(3);
		expect(asked.mock.calls.filter(([table]) => table === 'Paid Calls')).toHaveLength(1);
	});

	it('lets unpaid steps go on while it is not known', async () => {
		const bench = openBench({ dailyBudgetUsd: 0 });
		const videoId = await bench.create(['one', 'two']);
		const steps = await bench.claim(videoId);
		for (const step of steps.filter(({ jobKey }) => !jobKey.endsWith('background.002'))) await bench.complete(step);
		const clip = steps.find(({ jobKey }) => jobKey.endsWith('background.002'))!;
		await bench.tracker.fail(clip.jobKey, 1, { ...LOST, began: 'no' });
		bench.pass(60);
		Object.assign(bench.tracker.context.settings, { dailyBudgetUsd: BUDGET_USD });
		jest
			.spyOn(bench.store, 'list')
			.mockImplementation(async () => await Promise.resolve({ ok: false, code: 'unavailable', message: '' }));
		bench.tracker.context.cache.all().forEach((entry) => (entry.segmentsReadAtMs = bench.nowMs));

		expect(names(await bench.claim(videoId))).toEqual(['combine.001']);
	});

	it('does not count a claim that another process has taken over', async () => {
		const bench = openBench();
		const videoId = await bench.create(['one']);
		jest.spyOn(bench.tracker.context.claims, 'confirm').mockResolvedValue(false);
		const steps = await bench.claim(videoId);

		expect(steps).toEqual([]);
		expect(await spentToday(bench.tracker.context)).toBeCloseTo(0);
	});
});
