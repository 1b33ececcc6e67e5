import { MemoryStore } from '../support/memoryStore';
import { good, TrackerBench } from '../support/trackerBench';

const FORGET_S = 11 * 60;

function openBench(store = new MemoryStore(), reuseAcrossVideos = true): TrackerBench {
	const bench = new TrackerBench(store);
	// Without the alert on costs nobody asks what the day has cost.
	Object.assign(bench.tracker.context.settings, { reuseAcrossVideos, alertCostUsd: 0 });
	return bench;
}

async function claimStep(bench: TrackerBench, videoId: string, step = 'voiceover') {
	return (await bench.claim(videoId)).find((claimed) => claimed.step === step)!;
}

function jobLists(bench: TrackerBench) {
	return jest.spyOn(bench.store, 'list');
}

describe('the result of another video', () => {
	it('is handed to a step with the same input, from memory and without a request', async () => {
		const bench = openBench();
		const first = await claimStep(bench, await bench.create(['same words']));
		await bench.complete(first);
		const videoId = await bench.create(['same words']);
		await bench.claim(await bench.create(['unlike any other']));
		const list = jobLists(bench);
		const steps = await bench.claim(videoId);
		const voice = steps.find(({ step }) => step === 'voiceover')!;

		expect(voice.inputHash).toBe(first.inputHash);
		expect(voice.reuse).toEqual([{ objectKey: first.objectKey, url: `https://spaces.test/${first.objectKey}` }]);
		expect(steps.find(({ step }) => step === 'background')?.reuse).toBeUndefined();
		expect(list).not.toHaveBeenCalled();
	});

	it('is found in the table by a new process, with one request for all steps', async () => {
		const before = openBench();
		const done = await before.claim(await before.create(['same words', 'other words']));
		for (const step of done) await before.complete(step);
		const bench = openBench(before.store);
		const videoId = await bench.create(['same words', 'other words']);
		const list = jobLists(bench);
		const steps = await bench.claim(videoId);

		expect(list).toHaveBeenCalledTimes(1);
		expect(steps.map(({ reuse }) => reuse?.[0].objectKey)).toEqual(done.map(({ objectKey }) => objectKey));
	});

	it('costs nothing, and the row of the call says why', async () => {
		const bench = openBench();
		await bench.complete(await claimStep(bench, await bench.create(['same words'])));
		const again = await claimStep(bench, await bench.create(['same words']));
		await bench.complete(again, { foundIn: 'other_video' });

		expect(bench.store.row('Paid Calls', 'call_key', `${again.jobKey}#1`)).toMatchObject({
			state: 'released',
			note: 'No call: another video has the same result.',
		});
		expect(bench.job(again.jobKey)).toMatchObject({ status: 'completed', paid_again: 0, actual_cost: 0 });
	});

	it('is not asked for again and again where there is none', async () => {
		const bench = openBench();
		const list = jobLists(bench);
		await bench.claim(await bench.create(['one']));
		await bench.claim(await bench.create(['one']));
		const asked = () => list.mock.calls.filter(([table]) => table === 'Jobs').length;
		const soon = asked();
		bench.pass(FORGET_S);
		await bench.claim(await bench.create(['one']));

		expect(soon).toBe(1);
		expect(asked()).toBe(2);
	});

	it('is not taken where the setting does not allow it, and nobody is asked', async () => {
		const bench = openBench(new MemoryStore(), false);
		await bench.complete(await claimStep(bench, await bench.create(['same words'])));
		const list = jobLists(bench);

		expect((await claimStep(bench, await bench.create(['same words']))).reuse).toBeUndefined();
		expect(list).not.toHaveBeenCalled();
	});

	it('is not taken from a row that a person has changed', async () => {
		const before = openBench();
		const voice = await claimStep(before, await before.create(['same words']));
		await before.complete(voice);
		before.job(voice.jobKey).object_key = 'somewhere/else.mp3';
		const bench = openBench(before.store);

		expect((await claimStep(bench, await bench.create(['same words']))).reuse).toBeUndefined();
	});

	it('is done without while the table can not be asked', async () => {
		const bench = openBench();
		const videoId = await bench.create(['one']);
		jobLists(bench).mockResolvedValueOnce({ ok: false, code: 'unavailable', message: '' });
		const steps = good(await bench.tracker.claimReadySteps(videoId));

		expect(steps.length).toBeGreaterThan(0);
		expect(steps.every(({ reuse }) => reuse === undefined)).toBe(true);
	});

	it('is never that of a person’s clip', async () => {
		const bench = openBench();
		const videoId = await bench.create(['one'], { background: 'user' });
		bench.putClip(videoId, 1, 'att1');
		good(await bench.tracker.checkNow({ videoId }));
		await bench.complete(await claimStep(bench, videoId, 'background'));
		const other = await bench.create(['one'], { background: 'user' });
		bench.putClip(other, 1, 'att1');
		good(await bench.tracker.checkNow({ videoId: other }));

		expect((await claimStep(bench, other, 'background')).reuse).toBeUndefined();
	});

	it('is not read from rows that lack something, and old knowledge makes room', async () => {
		const before = openBench();
		const done = await before.claim(await before.create(['same words']));
		for (const step of done) await before.complete(step);
		const bench = openBench(before.store);
		for (const [index, field] of ['object_key', 'output_url', 'input_hash'].entries()) {
			delete before.job(done[index].jobKey)[field];
		}
		const { reuse } = bench.tracker.context.memory;
		for (let index = 0; index < 5_000; index += 1) reuse.set(`hash ${index}`, { found: [], atMs: 0 });
		const steps = await bench.claim(await bench.create(['same words']));

		expect(steps.every((step) => step.reuse === undefined)).toBe(true);
		expect(reuse.size).toBe(5_000);
		expect(reuse.has('hash 0')).toBe(false);
	});
});
