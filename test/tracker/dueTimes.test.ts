import { dueAtMs } from '../../tracker/dueTimes';
import { good, TrackerBench } from '../support/trackerBench';

const TICK_S = 30;

describe('when a video wants its next look', () => {
	async function entryOf(bench: TrackerBench, videoId: string) {
		return good(await bench.tracker.context.cache.load(videoId));
	}

	it('now, while steps may start', async () => {
		const bench = new TrackerBench();
		const entry = await entryOf(bench, await bench.create(['One.']));
		expect(dueAtMs(entry, bench.nowMs, TICK_S)).toBe(bench.nowMs);
	});

	it('when the first of its jobs is to be checked, and never later than a tick', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['One.']);
		await bench.claim(videoId);
		const entry = await entryOf(bench, videoId);
		const checks = entry.snapshot.jobs.flatMap(({ nextCheckAtMs }) => nextCheckAtMs ?? []);
		expect(dueAtMs(entry, bench.nowMs, TICK_S)).toBe(Math.min(...checks));
		for (const job of entry.snapshot.jobs) job.nextCheckAtMs = Number.MAX_SAFE_INTEGER;
		expect(dueAtMs(entry, bench.nowMs, TICK_S)).toBe(bench.nowMs + TICK_S * 1000);
		for (const job of entry.snapshot.jobs) job.nextCheckAtMs = undefined;
		expect(dueAtMs(entry, bench.nowMs, TICK_S)).toBe(bench.nowMs);
	});

	it('when a failed step may be tried again', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['One.']);
		const steps = await bench.claim(videoId);
		const failure = { class: 'unavailable', message: 'Away', began: 'no', retryable: true, retryAfterS: 5 } as const;
		good(await bench.tracker.fail(steps[0].jobKey, 1, failure));
		const entry = await entryOf(bench, videoId);
		for (const job of entry.snapshot.jobs) if (job.status === 'processing') job.nextCheckAtMs = bench.nowMs + 29_000;
		const retried = entry.snapshot.jobs.find(({ jobKey }) => jobKey === steps[0].jobKey);
		expect(dueAtMs(entry, bench.nowMs, TICK_S)).toBe(Math.min(retried?.nextCheckAtMs ?? 0, bench.nowMs + 29_000));
	});

	it('when its clips are to be read again, while it waits for a person', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['One.'], { background: 'user' });
		for (const step of await bench.claim(videoId)) await bench.complete(step);
		const entry = await entryOf(bench, videoId);
		expect(dueAtMs(entry, bench.nowMs, TICK_S)).toBeGreaterThan(bench.nowMs);
		expect(dueAtMs(entry, bench.nowMs, TICK_S)).toBeLessThan(Infinity);
	});

	it('now, where its state does not show what its jobs say; never, when it has ended', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['One.']);
		await bench.finish(videoId);
		const entry = await entryOf(bench, videoId);
		expect(dueAtMs(entry, bench.nowMs, TICK_S)).toBe(Infinity);
		entry.snapshot.video.status = 'processing_video';
		expect(dueAtMs(entry, bench.nowMs, TICK_S)).toBe(bench.nowMs);
	});

	it('now, while a step may take the result of another one', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['The same.', 'The same.']);
		const steps = await bench.claim(videoId);
		const voice = steps.find(({ step }) => step === 'voiceover')!;
		await bench.complete(voice);
		const entry = await entryOf(bench, videoId);
		expect(dueAtMs(entry, bench.nowMs, TICK_S)).toBe(bench.nowMs);
	});
});
