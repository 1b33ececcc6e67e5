import type { Failure } from '../../engine/events';
import { refuse } from '../../engine/result';
import type { ListOptions } from '../../tracker/airtable/types';
import { MemoryStore } from '../support/memoryStore';
import { good, TrackerBench } from '../support/trackerBench';

const FLAKY: Failure = { class: 'unavailable', message: 'Bad gateway', began: 'unknown', retryable: true };
const find = <T extends { step: string }>(steps: T[], step: string): T => steps.find((found) => found.step === step)!;

/** A store that refuses to read one table, or to mark a video ready. */
class PartlyDownStore extends MemoryStore {
	unreadable?: string;
	isReadyRefused = false;

	override async list(table: string, options?: ListOptions) {
		return table === this.unreadable ? refuse('unavailable', 'No answer.') : await super.list(table, options);
	}

	override async update(table: string, recordId: string, fields: Record<string, unknown>) {
		if (this.isReadyRefused && 'ready' in fields) return refuse('unavailable', 'No answer.');
		return await super.update(table, recordId, fields);
	}
}

/** The next process on the same tables, some time later. */
function restart(bench: TrackerBench, seconds = 31): TrackerBench {
	const next = new TrackerBench(bench.store, 'process-2');
	next.nowMs = bench.nowMs + seconds * 1000;
	return next;
}

describe('after a restart', () => {
	it('a video whose last job was written ends, though its own row was not', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		await bench.finish(videoId);
		const row = bench.video(videoId);
		for (const name of ['video_url', 'Final Video', 'completed_at']) delete row[name];
		Object.assign(row, { status: 'processing_video', progress: 80 });

		const next = restart(bench);
		const due = good(await next.tracker.findDue());
		const claimed = await next.claim(videoId);

		expect(due).toEqual([{ look: 'advance', videoId }]);
		expect(claimed).toEqual([]);
		expect(next.video(videoId)).toMatchObject({ status: 'completed', progress: 100 });
		expect(next.video(videoId).video_url).toContain('_final.mp4');
		next.pass(31);
		expect(good(await next.tracker.findDue())).toEqual([]);
	});

	it('a video whose job failed for good has failed, with its reason', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const music = find(await bench.claim(videoId), 'music');
		good(await bench.tracker.fail(music.jobKey, 1, { ...FLAKY, message: 'No credit', retryable: false }));
		const row = bench.video(videoId);
		Object.assign(row, { status: 'generating_tts', error_message: undefined, completed_at: undefined });

		const next = restart(bench, 0);
		const due = good(await next.tracker.findDue());
		await next.claim(videoId);

		expect(due).toContainEqual({ look: 'advance', videoId });
		expect(next.video(videoId).status).toBe('failed');
		expect(next.video(videoId).error_message).toContain('No credit');
	});

	it.each(['completed', 'failed'])('a video that its row alone calls %s goes on', async (status) => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		await bench.claim(videoId);
		Object.assign(bench.video(videoId), { status, completed_at: new Date(bench.nowMs).toISOString() });

		const next = restart(bench);
		const due = good(await next.tracker.findDue());
		const shown = good(await next.tracker.getStatus(videoId));
		next.pass(31);
		const later = good(await next.tracker.findDue());
		await next.claim(videoId);

		expect(due.filter((item) => item.look === 'spaces')).toHaveLength(3);
		expect(shown.completedAtMs).toBeUndefined();
		expect(later).toContainEqual({ look: 'advance', videoId });
		expect(next.video(videoId)).toMatchObject({ status: 'generating_tts' });
		expect(next.video(videoId).completed_at).toBeUndefined();
	});

	it('a video that failed lately is read once, and no more when that was long ago', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const steps = await bench.claim(videoId);
		for (const step of steps) good(await bench.tracker.fail(step.jobKey, 1, { ...FLAKY, retryable: false }));
		const next = restart(bench, 0);
		const advances = async () => good(await next.tracker.findDue()).filter((item) => item.look === 'advance').length;

		const first = await advances();
		await next.claim(videoId);
		next.tracker.context.cache.drop(videoId);
		next.pass(16 * 60);
		const second = await advances();
		const seen = next.tracker.context.memory.failedSeen.size;
		next.pass(25 * 3_600);

		expect([first, second, seen]).toEqual([1, 0, 1]);
		expect(await advances()).toBe(0);
		expect(next.tracker.context.memory.failedSeen.size).toBe(0);
	});

	it('all videos under way are found, with one look at Videos and one at Jobs', async () => {
		const bench = new TrackerBench();
		const videoIds = [await bench.create(['one']), await bench.create(['two'])];
		const next = restart(bench);
		const before = next.store.requests;

		const due = good(await next.tracker.findDue());

		expect(due.map((item) => item.videoId).sort()).toEqual(videoIds.sort());
		expect(next.store.requests - before).toBe(2);

		const [first, second] = await Promise.all(videoIds.map(async (videoId) => await next.claim(videoId)));

		expect([first.length, second.length]).toEqual([3, 3]);
		expect(next.store.tables.get('Jobs')).toHaveLength(12);
	});

	it.each(['Segments', 'Jobs'])('nothing is made up while %s can’t be read', async (table) => {
		const store = new PartlyDownStore();
		const bench = new TrackerBench(store);
		const videoId = await bench.create(['one']);
		const next = restart(bench);
		store.unreadable = table;

		expect((await next.tracker.findDue()).ok).toBe(table !== 'Jobs');
		expect(await next.tracker.claimReadySteps(videoId)).toMatchObject({ ok: false, code: 'unavailable' });
		store.unreadable = undefined;

		expect(good(await next.tracker.findDue())).toEqual([{ look: 'advance', videoId }]);
	});
});

describe('a video that can’t be marked ready', () => {
	it('is taken back', async () => {
		const store = new PartlyDownStore();
		store.isReadyRefused = true;
		const bench = new TrackerBench(store);

		await expect(bench.create(['one'])).rejects.toThrow('unavailable');

		for (const table of ['Videos', 'Segments', 'Jobs']) expect(store.rows(table)).toEqual([]);
	});
});

describe('inputs that change under way', () => {
	it('end an attempt that works on a clip which was taken away', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const first = await bench.claim(videoId);
		bench.putClip(videoId, 1, 'att1');
		good(await bench.tracker.checkNow({ videoId }));
		const copy = find(await bench.claim(videoId), 'background');
		delete bench.store.rows('Segments')[0].fields.Video;
		good(await bench.tracker.checkNow({ videoId }));
		await bench.claim(videoId);
		const news = { jobKey: copy.jobKey, attempt: copy.attempt, h: copy.h };

		const underWay = bench.done(copy, { outcome: 'progress', outputs: [] });
		const early = good(await bench.tracker.matchNews({ ...news, event: underWay }));
		const looked = good(await bench.tracker.matchNews({ ...news, evidence: 'absent' }));
		good(await bench.tracker.fail(copy.jobKey, copy.attempt, looked.failure!));
		const other = good(await bench.tracker.matchNews({ ...news, evidence: 'absent' }));
		bench.pass(60);
		const again = find(await bench.claim(videoId), 'background');

		expect(early).toMatchObject({ verdict: 'ignore', reason: 'stale' });
		expect(looked).toMatchObject({ verdict: 'failed', reason: 'outdated' });
		expect(other).toMatchObject({ verdict: 'ignore', reason: 'stale' });
		expect(again).toMatchObject({ service: 'goApi', h: find(first, 'background').h, attempt: 3 });
		expect(bench.job(copy.jobKey).paid_again).toBe(0);
	});

	it('end an attempt of a failed video with its late result, whose cost is noted', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one', 'two']);
		const steps = await bench.claim(videoId);
		const voice = find(steps, 'voiceover');
		const clip = find(steps, 'background');
		good(await bench.tracker.fail(voice.jobKey, 1, { ...FLAKY, message: 'No credit', retryable: false }));
		bench.putClip(videoId, 1, 'att1');
		const { cache } = bench.tracker.context;
		good(await cache.refreshSegments([good(await cache.load(videoId))]));

		const event = bench.done(clip, { usage: { amount: 1_000_000, unit: 'point' } });
		const late = good(await bench.tracker.matchNews({ jobKey: clip.jobKey, attempt: 1, h: clip.h, event }));
		good(await bench.tracker.fail(clip.jobKey, 1, late.failure!));

		expect(late).toMatchObject({ verdict: 'failed', reason: 'outdated' });
		expect(bench.job(clip.jobKey)).toMatchObject({ status: 'pending', actual_cost: 0.1 });
	});

	it('leave an attempt alone that is about to be made anew with another clip', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const generated = find(await bench.claim(videoId), 'background');
		bench.putClip(videoId, 1, 'att1');
		good(await bench.tracker.retry({ videoId, segment: 1 }));
		const copy = find(await bench.claim(videoId), 'background');
		bench.putClip(videoId, 1, 'att2');
		const { cache } = bench.tracker.context;
		good(await cache.refreshSegments(cache.active()));

		const news = { jobKey: copy.jobKey, attempt: copy.attempt, h: copy.h };
		const looked = good(await bench.tracker.matchNews({ ...news, evidence: 'absent' }));

		expect(copy).toMatchObject({ service: 'spaces', attempt: generated.attempt + 1 });
		expect(looked).toMatchObject({ verdict: 'ignore', reason: 'stale' });
	});

	it('make a step wait for a clip again that was taken away while it was copied', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one'], { background: 'user' });
		bench.putClip(videoId, 1, 'att1');
		bench.pass(31);
		const copy = find(await bench.claim(videoId), 'background');
		delete bench.store.rows('Segments')[0].fields.Video;

		const next = restart(bench, 31 * 60);
		const due = good(await next.tracker.findDue()).find((item) => 'jobKey' in item && item.jobKey === copy.jobKey);
		if (!due || !('h' in due)) throw new Error('nothing due');
		const looked = good(await next.tracker.matchNews({ ...due, evidence: 'unreachable' }));
		good(await next.tracker.fail(copy.jobKey, due.attempt, looked.failure!));

		expect(due).toMatchObject({ look: 'spaces', h: copy.h, objectKey: copy.objectKey });
		expect(looked.reason).toBe('timeout');
		expect(good(await next.tracker.getStatus(videoId)).waitingForClip).toEqual([1]);
	});

	it('are looked for again when the tables answer', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one'], { background: 'user' });
		await bench.claim(videoId);
		good(await bench.tracker.findDue());
		bench.putClip(videoId, 1, 'att1');
		bench.pass(31);
		bench.store.isDown = true;
		const refused = await bench.tracker.findDue();
		bench.store.isDown = false;

		expect(refused).toMatchObject({ ok: false, code: 'unavailable' });
		expect(good(await bench.tracker.findDue())).toContainEqual({ look: 'advance', videoId });
	});

	it('keep what is known of a segment whose row a person removed', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one', 'two'], { background: 'user' });
		bench.store.tables.set('Segments', bench.store.rows('Segments').slice(1));
		bench.pass(60);

		const steps = await bench.claim(videoId);

		expect(steps.map((step) => step.step).sort()).toEqual(['music', 'voiceover', 'voiceover']);
	});
});

describe('a note of acceptance', () => {
	it('is refused when it can’t be written', async () => {
		const bench = new TrackerBench();
		const music = find(await bench.claim(await bench.create(['one'])), 'music');
		bench.store.isDown = true;

		expect(await bench.tracker.markSubmitted({ jobKey: music.jobKey, attempt: 1, externalId: 't' })).toMatchObject({
			ok: false,
		});
	});
});

describe('a result', () => {
	it('has the length that a look into its file showed', async () => {
		const bench = new TrackerBench();
		const voice = find(await bench.claim(await bench.create(['one'])), 'voiceover');
		const { durationS: _told, ...output } = bench.done(voice).outputs[0];

		await bench.complete(voice, { outputs: [{ ...output, media: { durationS: 4.25 } }] });

		expect(bench.job(voice.jobKey).duration_s).toBe(4.25);
	});

	it.each<Failure['class']>(['unavailable', 'timeout', 'rate_limited'])(
		'that could not be stored (%s) is kept up to the deadline',
		async (failureClass) => {
			const bench = new TrackerBench();
			const music = find(await bench.claim(await bench.create(['one'])), 'music');
			good(await bench.tracker.markSubmitted({ jobKey: music.jobKey, attempt: 1, externalId: 't' }));
			const failure = { ...FLAKY, class: failureClass };

			const kept = good(await bench.tracker.fail(music.jobKey, 1, failure, true));
			bench.pass(31 * 60);
			const late = good(await bench.tracker.fail(music.jobKey, 1, failure, true));

			expect(kept.reason).toBe('kept_for_later');
			expect(late.outcome).toBe('retry');
		},
	);
});
