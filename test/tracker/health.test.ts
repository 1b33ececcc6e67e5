import type { Failure } from '../../engine/events';
import { createMemory } from '../../tracker/context';
import { noteAirtable } from '../../tracker/health';
import { good, TrackerBench } from '../support/trackerBench';

const NO_CREDIT: Failure = { class: 'quota', message: 'No credit', began: 'no', retryable: true };

describe('the health of the engine', () => {
	it('is told before anything happened, without asking anybody', async () => {
		const bench = new TrackerBench();

		expect(await bench.tracker.health()).toEqual({
			status: 'ok',
			instance: 'process-1',
			recovery: { lastTickAt: null, ageS: null, isLate: false },
			services: {
				elevenLabs: { state: 'unknown' },
				nca: { state: 'unknown' },
				goApi: { state: 'unknown' },
				spaces: { state: 'unknown' },
				airtable: { state: 'unknown' },
			},
			lock: 'process',
			active: 0,
			held: 0,
		});
		expect(bench.store.requests).toBe(0);
	});

	it('shows a service that is left alone, and the videos that wait for it', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const steps = await bench.claim(videoId);
		await bench.complete(steps.find((step) => step.step === 'voiceover')!);
		good(await bench.tracker.fail(steps.find((step) => step.step === 'music')!.jobKey, 1, NO_CREDIT));
		bench.pass(10);
		await bench.claim(videoId);

		expect(await bench.tracker.health()).toMatchObject({
			status: 'degraded',
			active: 1,
			held: 1,
			services: {
				elevenLabs: { state: 'ok' },
				goApi: { state: 'failing', since: '2026-01-01T00:00:00.000Z', lastError: 'No credit' },
			},
		});
	});

	it('keeps the age of the last tick, and is worse when ticks stay away', async () => {
		const bench = new TrackerBench();
		good(await bench.tracker.findDue());
		bench.pass(30);
		good(await bench.tracker.findDue());
		bench.pass(12);
		const soon = await bench.tracker.health();
		bench.pass(200);

		expect(soon).toMatchObject({ status: 'ok', recovery: { lastTickAt: '2026-01-01T00:00:30.000Z', ageS: 12 } });
		expect((await bench.tracker.health()).status).toBe('degraded');
	});

	it.each([0, 401, 403, 429, 500, 503])('counts Airtable’s status %i as failing', (status) => {
		const memory = createMemory();
		noteAirtable(memory, { status: 200 }, 1);
		noteAirtable(memory, { status: 422 }, 2);
		expect(memory.airtable).toEqual({ isWorking: true, sinceMs: 1, lastError: undefined });

		noteAirtable(memory, { status }, 3);
		noteAirtable(memory, { status }, 4);

		expect(memory.airtable).toMatchObject({ isWorking: false, sinceMs: 3 });
		noteAirtable(memory, { status: 200 }, 5);
		expect(memory.airtable).toMatchObject({ isWorking: true, sinceMs: 5, lastError: expect.any(String) as string });
	});

	it('is worse while Airtable refuses', async () => {
		const bench = new TrackerBench();
		noteAirtable(bench.tracker.context.memory, { status: 503 }, bench.nowMs);

		expect((await bench.tracker.health()).status).toBe('degraded');
	});
});
