import type { Failure } from '../../engine/events';
import type { Fields, WriteOptions } from '../../tracker/airtable/types';
import { MemoryStore } from '../support/memoryStore';
import { good, TrackerBench } from '../support/trackerBench';

const REFUSED: Failure = { class: 'refused', message: 'No credit', began: 'no', retryable: false };

/** A store whose process can end between two writes. What may wait for company has not left the process by then. */
class MortalStore extends MemoryStore {
	/** Writes until the end of the process. */
	left = Infinity;
	private end: () => void = () => undefined;

	/** The next process begins to work on the same rows. */
	revive(): void {
		this.left = Infinity;
	}

	/** Does something in a process that ends after some writes, if there are so many. */
	async upTo(writes: number, work: () => Promise<unknown>): Promise<void> {
		this.left = writes;
		const ended = new Promise<void>((resolve) => (this.end = resolve));
		await Promise.race([work(), ended]);
		this.left = 0;
	}

	override async update(table: string, recordId: string, fields: Fields, options?: WriteOptions) {
		const isSent = this.left === Infinity || (options?.mayWaitMs ?? 0) === 0;
		if (!isSent || this.left <= 0) {
			if (isSent) this.end();
			return await new Promise<never>(() => undefined);
		}
		this.left -= 1;
		return await super.update(table, recordId, fields);
	}
}

/** The next process, which knows nothing but the rows and does only what a look tells it to. */
async function goOn(store: MortalStore, before: TrackerBench, videoId: string): Promise<TrackerBench> {
	store.revive();
	const next = new TrackerBench(store, 'process-2');
	next.nowMs = before.nowMs;
	for (let look = 0; look < 4; look += 1) {
		next.pass(31);
		const due = good(await next.tracker.findDue());
		if (due.some((item) => item.look === 'advance' && item.videoId === videoId)) await next.finish(videoId);
	}
	return next;
}

function openJobs(bench: TrackerBench): unknown[] {
	const open = bench.store
		.rows('Jobs')
		.filter(({ fields }) => !['completed', 'cancelled'].includes(`${fields.status}`));
	return open.map(({ fields }) => fields.job_key);
}

const ACTS: Array<[string, (bench: TrackerBench, videoId: string) => Promise<unknown>]> = [
	['a retry of a segment', async ({ tracker }, videoId) => await tracker.retry({ videoId, segment: 2 })],
	[
		'a retry of a step',
		async ({ tracker }, videoId) => await tracker.retry({ videoId, jobKey: `${videoId}.background.002` }),
	],
	['a skip of a segment', async ({ tracker }, videoId) => await tracker.skip({ videoId, segment: 2 })],
	['a skip of the music', async ({ tracker }, videoId) => await tracker.skip({ videoId, jobKey: `${videoId}.music` })],
];

describe.each(ACTS)('%s of a finished film', (_name, act) => {
	it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])(
		'leaves nothing open when the process ends after %i writes',
		async (writes) => {
			const store = new MortalStore();
			const bench = new TrackerBench(store);
			const videoId = await bench.create(['one', 'two']);
			await bench.finish(videoId);

			await store.upTo(writes, async () => await act(bench, videoId));
			const next = await goOn(store, bench, videoId);

			expect(openJobs(next)).toEqual([]);
			expect(next.video(videoId)).toMatchObject({ status: 'completed', progress: 100 });
		},
	);
});

describe('a person’s act that can’t be written', () => {
	it('is refused and changes nothing', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		await bench.finish(videoId);
		bench.store.isDown = true;
		const refused = await bench.tracker.retry({ videoId, segment: 1 });
		bench.store.isDown = false;

		expect(refused).toMatchObject({ ok: false, code: 'unavailable' });
		expect(openJobs(bench)).toEqual([]);
		expect(good(await bench.tracker.getStatus(videoId)).status).toBe('completed');
	});
});

describe('the result of a job that had failed', () => {
	it('lets the video go on at once', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const music = (await bench.claim(videoId)).find(({ step }) => step === 'music')!;
		good(await bench.tracker.fail(music.jobKey, 1, REFUSED));
		const failed = bench.video(videoId);

		const settled = await bench.complete(music);
		const shown = bench.video(videoId);

		expect(failed).toMatchObject({ status: 'failed' });
		expect(failed.error_message).toContain('No credit');
		expect(settled).toMatchObject({ outcome: 'completed', videoStatus: 'generating_tts' });
		expect(shown).toMatchObject({ status: 'generating_tts' });
		expect([shown.error_message, shown.completed_at]).toEqual([undefined, undefined]);
	});

	it.each(['music', 'mix'])('lets it go on in the next process as well (%s)', async (step) => {
		const store = new MortalStore();
		const bench = new TrackerBench(store);
		const videoId = await bench.create(['one']);
		const steps = await bench.finish(videoId);
		const late = steps.find((claimed) => claimed.step === step)!;
		const done = { ...bench.job(late.jobKey) };
		Object.assign(bench.job(late.jobKey), { status: 'failed', error_message: 'No credit' });
		Object.assign(bench.video(videoId), { status: 'failed', error_message: `${late.jobKey}: No credit` });
		// The job's row was written, the video's was not.
		Object.assign(bench.job(late.jobKey), { ...done, error_message: undefined });

		const next = await goOn(store, bench, videoId);

		expect(next.video(videoId).status).toBe('completed');
		expect(next.video(videoId).error_message).toBeUndefined();
	});

	it('changes nothing where another job has failed', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const [first, second] = await bench.claim(videoId);
		good(await bench.tracker.fail(first.jobKey, 1, REFUSED));
		good(await bench.tracker.fail(second.jobKey, 1, REFUSED));

		await bench.complete(first);

		expect(bench.video(videoId).status).toBe('failed');
		expect(bench.job(first.jobKey).status).toBe('completed');
	});
});
