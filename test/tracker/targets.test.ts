import { refuse } from '../../engine/result';
import { healthAnswer, jobAnswer, videoAnswer } from '../../tracker/answers';
import type { Health } from '../../tracker/health';
import { good, TrackerBench } from '../support/trackerBench';

describe('what an id from outside names', () => {
	it('is a video, a segment of it, or a job, without any request', async () => {
		const bench = new TrackerBench();

		expect(good(await bench.tracker.findTarget('vid_1'))).toEqual({ videoId: 'vid_1' });
		expect(good(await bench.tracker.findTarget('vid_1', 2))).toEqual({ videoId: 'vid_1', segment: 2 });
		expect(good(await bench.tracker.findTarget('vid_1.combine.002'))).toEqual({
			videoId: 'vid_1',
			jobKey: 'vid_1.combine.002',
		});
		expect(bench.store.requests).toBe(0);
	});

	it('is a job by its UUID: from memory, and after a restart by one request', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const row = bench.job(`${videoId}.music`);
		const jobId = String(row?.job_id);
		const next = new TrackerBench(bench.store, 'process-2');
		const before = bench.store.requests;

		expect(good(await bench.tracker.findTarget(jobId))).toMatchObject({ jobKey: `${videoId}.music` });
		expect(bench.store.requests).toBe(before);
		expect(good(await next.tracker.findTarget(jobId.toUpperCase()))).toEqual({ videoId, jobKey: `${videoId}.music` });
		expect(bench.store.requests).toBe(before + 1);
	});

	it('is refused where there is no such job', async () => {
		const { tracker, store } = new TrackerBench();
		const unknown = '00000000-0000-4000-8000-000000000000';

		expect(await tracker.findTarget(unknown)).toMatchObject({ ok: false, code: 'not_found', field: 'id' });
		store.list = async () => refuse('unavailable', 'Airtable does not answer.');
		expect(await tracker.findTarget(unknown)).toMatchObject({ ok: false, code: 'unavailable' });
	});

	it.each([
		"vid_1' OR '1'='1",
		"vid_1'),TRUE(),('",
		'{video_id}',
		'vid_1.mix.001.x',
		'vid_1\n',
		'../../etc/passwd',
		'v'.repeat(10_000),
		'',
		'vid_1.',
		'.mix',
		'__proto__.constructor.prototype',
	])('is refused before anything is asked when it can be no id: %#', async (id) => {
		const bench = new TrackerBench();

		expect(await bench.tracker.findTarget(id)).toMatchObject({ ok: false, code: 'invalid_id', field: 'id' });
		expect(bench.store.requests).toBe(0);
	});

	it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
		'is nobody under the name of a prototype: %s',
		async (name) => {
			const { tracker } = new TrackerBench();
			const target = good(await tracker.findTarget(name));

			expect(await tracker.getStatus(target.videoId)).toMatchObject({ ok: false, code: 'not_found' });
			expect(await tracker.cancel(target)).toMatchObject({ ok: false, code: 'not_found' });
		},
	);

	it.each([
		['vid_1', NaN],
		['vid_1', -1],
		['vid_1', 1.5],
		['vid_1.music', 1],
	])('has no such segment: %s, %p', async (id, segment) => {
		const { tracker } = new TrackerBench();

		expect(await tracker.findTarget(id, segment)).toMatchObject({ ok: false, code: 'invalid_segment' });
	});
});

describe("a person's retry", () => {
	it('of what runs is refused: beside its own first call it would be paid for twice', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one', 'two']);
		await bench.claim(videoId);

		expect(await bench.tracker.retry({ videoId, jobKey: `${videoId}.music` })).toMatchObject({
			ok: false,
			code: 'job_running',
		});
		expect(await bench.tracker.retry({ videoId })).toMatchObject({ ok: false, code: 'nothing_to_retry' });
	});

	it('of a segment begins anew what a new clip changes, and leaves the voice that is being made', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one', 'two']);
		await bench.claim(videoId);
		bench.putClip(videoId, 2, 'att1');

		const { changed } = good(await bench.tracker.retry({ videoId, segment: 2 }));

		expect(changed.map((key) => key.replace(`${videoId}.`, '')).sort()).toEqual([
			'background.002',
			'combine.002',
			'concatenate',
			'mix',
		]);
	});
});

describe('a look at one video', () => {
	it('asks about this video at once, whatever else is due and whoever else is looking', async () => {
		const bench = new TrackerBench();
		const [videoId, other] = [await bench.create(['one']), await bench.create(['two'])];
		const music = (await bench.claim(videoId)).find(({ step }) => step === 'music')!;
		await bench.claim(other);
		good(await bench.tracker.markSubmitted({ jobKey: music.jobKey, attempt: 1, externalId: 'task-1' }));
		bench.tracker.context.memory.isLooking = true;

		const early = good(await bench.tracker.findDue(videoId));
		good(await bench.tracker.checkNow({ videoId }));
		const now = good(await bench.tracker.findDue(videoId));

		expect(early.filter(({ look }) => look === 'goApi')).toEqual([]);
		expect(now).toContainEqual(expect.objectContaining({ look: 'goApi', jobKey: music.jobKey, externalId: 'task-1' }));
		expect(now.every((item) => 'videoId' in item && item.videoId === videoId)).toBe(true);
		expect(good(await bench.tracker.findDue())).toEqual([]);
	});

	it("reads a person's clip past the memory", async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one'], { background: 'user' });
		await bench.claim(videoId);
		bench.putClip(videoId, 1, 'att1');

		good(await bench.tracker.checkNow({ videoId }));

		expect(good(await bench.tracker.findDue(videoId))).toContainEqual({ look: 'advance', videoId });
	});

	it('says where there is no such video, or no answer of Airtable', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one'], { background: 'user' });
		good(await bench.tracker.checkNow({ videoId }));

		expect(await bench.tracker.findDue('vid_none')).toMatchObject({ ok: false, code: 'not_found' });
		bench.store.list = async () => refuse('unavailable', 'Airtable does not answer.');
		expect(await bench.tracker.findDue(videoId)).toMatchObject({ ok: false, code: 'unavailable' });
	});
});

describe('the answers of the API', () => {
	it('hold everything that is there', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		await bench.finish(videoId);
		const state = good(await bench.tracker.getStatus(videoId));

		expect(videoAnswer(state)).toMatchObject({
			video_id: videoId,
			status: 'completed',
			progress: 100,
			narration_s: 10,
			video_url: expect.stringContaining('https://'),
			completed_at: '2026-01-01T00:00:00.000Z',
		});
		const combine = state.jobs.find(({ step }) => step === 'combine')!;
		expect(jobAnswer({ ...combine, actualCostUsd: 0.5, errorMessage: 'Words', skipped: true })).toMatchObject({
			segment: 1,
			duration_s: 10,
			output_url: expect.stringContaining('combined'),
			actual_cost: 0.5,
			error_message: 'Words',
			skipped: true,
		});
	});

	it("name what is missing as null, and a video's reason", async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const waiting = good(await bench.tracker.getStatus(videoId));
		good(await bench.tracker.cancel({ videoId }));

		expect(videoAnswer({ ...waiting, waitingFor: 'GoAPI' })).toMatchObject({ narration_s: null, waiting_for: 'GoAPI' });
		expect(jobAnswer(waiting.jobs[0])).toMatchObject({ claimed_at: null, output_url: null, actual_cost: null });
		expect(videoAnswer(good(await bench.tracker.getStatus(videoId)))).toMatchObject({
			status: 'failed',
			error_message: expect.stringContaining('Cancelled by a person'),
		});
	});
});

describe('what anybody may know of the health', () => {
	const healthy: Health = {
		status: 'ok',
		instance: 'process-1',
		recovery: { lastTickAt: '2026-01-01T00:00:00.000Z', ageS: 3, isLate: false },
		services: {
			elevenLabs: { state: 'unknown' },
			nca: { state: 'ok', since: '2026-01-01T00:00:00.000Z' },
			goApi: { state: 'failing', since: '2026-01-01T00:00:00.000Z', lastError: 'Your prompt "secret" is refused' },
			spaces: { state: 'ok' },
			airtable: { state: 'ok' },
		},
		lock: 'process',
		active: 1,
		held: 0,
	};

	it('holds states and ages, and no words of a provider', () => {
		const answer = healthAnswer(healthy);

		expect(answer).toEqual({
			status: 'ok',
			recovery: { last_tick_at: '2026-01-01T00:00:00.000Z', age_s: 3 },
			services: {
				elevenlabs: { state: 'unknown', since: null },
				nca: { state: 'ok', since: '2026-01-01T00:00:00.000Z' },
				goapi: { state: 'failing', since: '2026-01-01T00:00:00.000Z' },
				spaces: { state: 'ok', since: null },
				airtable: { state: 'ok', since: null },
			},
			active_videos: 1,
			held_videos: 0,
		});
		expect(JSON.stringify(answer)).not.toContain('secret');
	});

	it.each([
		['degraded', { ...healthy, status: 'degraded' }],
		['down', { ...healthy, status: 'degraded', recovery: { ...healthy.recovery, isLate: true } }],
		['unknown', { ...healthy, recovery: { lastTickAt: null, ageS: null, isLate: false } }],
	] as Array<[string, Health]>)('is %s', (status, health) => {
		expect(healthAnswer(health).status).toBe(status);
	});

	it('turns from unknown to down where no tick ever comes', async () => {
		const bench = new TrackerBench();
		const first = healthAnswer(await bench.tracker.health());
		bench.pass(600);

		expect([first.status, healthAnswer(await bench.tracker.health()).status]).toEqual(['unknown', 'down']);
	});
});
