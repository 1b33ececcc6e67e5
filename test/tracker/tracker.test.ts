import type { Failure } from '../../engine/events';
import { good, TrackerBench } from '../support/trackerBench';

const REFUSED: Failure = {
	class: 'provider_failed',
	message: 'The model is on holiday',
	began: 'yes',
	retryable: false,
};
const FLAKY: Failure = { class: 'unavailable', message: 'Bad gateway', began: 'unknown', retryable: true };

describe('creating a video', () => {
	it('writes every row and sets ready last', async () => {
		const bench = new TrackerBench();

		const videoId = await bench.create(['one', 'two']);

		expect(bench.video(videoId)).toMatchObject({ ready: true, status: 'queued', segment_count: 2, title: 'Title' });
		expect(bench.store.rows('Segments')).toHaveLength(2);
		expect(bench.store.rows('Jobs').map((row) => row.fields.job_key)).toEqual([
			`${videoId}.voiceover.001`,
			`${videoId}.voiceover.002`,
			`${videoId}.background.001`,
			`${videoId}.background.002`,
			`${videoId}.combine.001`,
			`${videoId}.combine.002`,
			`${videoId}.concatenate`,
			`${videoId}.music`,
			`${videoId}.mix`,
		]);
	});

	it('leaves nothing when the store is down', async () => {
		const bench = new TrackerBench();
		bench.store.isDown = true;

		await expect(bench.create(['one'])).rejects.toThrow('unavailable');

		expect(bench.store.rows('Videos')).toEqual([]);
	});
});

describe('the way of a video', () => {
	it('runs from script to film', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one', 'two']);

		const steps = await bench.finish(videoId);

		expect(steps).toHaveLength(9);
		const video = bench.video(videoId);
		expect(video).toMatchObject({ status: 'completed', progress: 100, narration_s: 20 });
		expect(video.video_url).toMatch(/^https:\/\/spaces\.test\/videos\/.*_final\.mp4$/);
		expect(bench.store.rows('Jobs').every((row) => row.fields.status === 'completed')).toBe(true);
	});

	it('starts the music before a voice has ended', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one', 'two']);

		const first = await bench.claim(videoId);

		expect(first.map((step) => step.step)).toContain('music');
		expect(first.map((step) => step.step)).toContain('voiceover');
	});

	it('claims nothing twice, however often it is asked', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one', 'two']);

		const claimed = await Promise.all([bench.claim(videoId), bench.claim(videoId), bench.claim(videoId)]);

		expect(claimed.flat().map((step) => step.jobKey)).toHaveLength(5);
	});

	it('records a claim before it gives the step out', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);

		const [step] = await bench.claim(videoId);

		expect(bench.job(step.jobKey)).toMatchObject({
			status: 'processing',
			attempt: 1,
			holder: 'process-1',
			input_hash: step.inputHash,
		});
	});

	it('gives no step out when its claim could not be recorded', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		bench.store.isDown = true;

		const refused = await bench.tracker.claimReadySteps(videoId);
		bench.store.isDown = false;
		const claimed = await bench.claim(videoId);

		expect(refused.ok).toBe(false);
		expect(claimed).toHaveLength(3);
	});

	it('speaks equal segments once', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['the same', 'the same']);

		const steps = await bench.finish(videoId);

		expect(steps.filter((step) => step.step === 'voiceover')).toHaveLength(1);
		expect(bench.video(videoId).status).toBe('completed');
	});
});

describe('results', () => {
	it('settles a job once, however often its result comes', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const step = (await bench.claim(videoId)).find((claimed) => claimed.step === 'music')!;

		const settled = await Promise.all([bench.complete(step), bench.complete(step)]);

		expect(settled.map((settlement) => settlement.outcome).sort()).toEqual(['completed', 'ignored']);
	});

	it('copies a doubled result once', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const step = (await bench.claim(videoId)).find((claimed) => claimed.step === 'music')!;
		const event = bench.done(step);
		const news = { jobKey: step.jobKey, attempt: 1, h: step.h, event };

		const matched = await Promise.all([bench.tracker.matchNews(news), bench.tracker.matchNews(news)]);

		expect(matched.map((result) => good(result).verdict)).toEqual(['take', 'ignore']);
	});

	it('counts the deliveries of one event in one row', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const step = (await bench.claim(videoId)).find((claimed) => claimed.step === 'music')!;

		bench.tracker.recordEvent(bench.done(step));
		await Promise.resolve();
		bench.tracker.recordEvent(bench.done(step));
		await new Promise(setImmediate);

		expect(bench.store.rows('Webhook Events')).toHaveLength(1);
		expect(bench.store.rows('Webhook Events')[0].fields).toMatchObject({ deliveries: 2 });
	});

	it('takes a callback that comes before the submit was read', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const step = (await bench.claim(videoId)).find((claimed) => claimed.step === 'music')!;

		await bench.complete(step);
		const noted = good(await bench.tracker.markSubmitted({ jobKey: step.jobKey, attempt: 1, externalId: 'later' }));

		expect(bench.job(step.jobKey)).toMatchObject({ status: 'completed' });
		expect(noted.noted).toBe(true);
	});

	it('refuses a result that is not stored in Spaces', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const step = (await bench.claim(videoId)).find((claimed) => claimed.step === 'music')!;

		const refused = await bench.tracker.complete(
			bench.done(step, { outputs: [{ url: 'https://temp.test/x', kind: 'audio' }] }),
		);

		expect(refused).toMatchObject({ ok: false, code: 'not_persisted' });
	});

	it('tries a step again whose result has the wrong length', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		for (const step of await bench.claim(videoId)) await bench.complete(step);
		const [combine] = await bench.claim(videoId);

		const settled = await bench.complete(combine, { outputs: [{ ...bench.done(combine).outputs[0], durationS: 3 }] });

		expect(settled).toMatchObject({ outcome: 'retry', reason: 'verification' });
	});
});

describe('clips of people', () => {
	it('waits for them, and goes on when one appears', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one'], { background: 'user' });
		for (const step of await bench.claim(videoId)) await bench.complete(step);
		const waiting = (await bench.shown(videoId)).status;

		bench.putClip(videoId, 1, 'att1');
		bench.pass(31);
		const due = good(await bench.tracker.findDue());
		const [step] = await bench.claim(videoId);

		expect(waiting).toBe('searching_video');
		expect(due).toEqual([{ look: 'advance', videoId }]);
		expect(step).toMatchObject({
			step: 'background',
			service: 'spaces',
			input: { clipUrl: 'https://airtable.test/att1.mp4' },
		});
	});

	it('shows the new clip when the old one’s result comes late', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const first = await bench.claim(videoId);
		const generated = first.find((step) => step.step === 'background')!;
		bench.putClip(videoId, 1, 'att-new');
		for (const step of first.filter((other) => other !== generated)) await bench.complete(step);

		bench.pass(60);
		good(await bench.tracker.checkNow({ videoId }));
		const again = await bench.claim(videoId);
		const late = good(
			await bench.tracker.matchNews({
				jobKey: generated.jobKey,
				attempt: 1,
				h: generated.h,
				event: bench.done(generated),
			}),
		);
		const person = again.find((step) => step.step === 'background');

		expect(late).toMatchObject({ verdict: 'ignore', reason: 'stale' });
		expect(person).toMatchObject({ service: 'spaces', attempt: 2 });
		await bench.complete(person!);
		const [combine] = await bench.claim(videoId);
		expect(combine.input.clipUrl).toContain(person!.objectKey);
	});

	it('uses the new clip after a segment is retried, and ignores the late combine of the old one', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one'], { background: 'user' });
		bench.putClip(videoId, 1, 'att-old');
		bench.pass(31);
		for (const step of await bench.claim(videoId)) await bench.complete(step);
		const [oldCombine] = await bench.claim(videoId);

		bench.putClip(videoId, 1, 'att-new');
		good(await bench.tracker.retry({ videoId, segment: 1 }));
		const late = good(
			await bench.tracker.matchNews({
				jobKey: oldCombine.jobKey,
				attempt: 1,
				h: oldCombine.h,
				event: bench.done(oldCombine),
			}),
		);
		const steps = await bench.finish(videoId);

		expect(late.verdict).toBe('ignore');
		expect(steps.find((step) => step.step === 'background')?.input.clipUrl).toContain('att-new');
		expect(bench.video(videoId).status).toBe('completed');
	});

	it('asks for another clip when one can’t be used, and says why', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one'], { background: 'user' });
		bench.putClip(videoId, 1, 'att-bad');
		bench.pass(31);
		const background = (await bench.claim(videoId)).find((step) => step.step === 'background')!;
		const output = { ...bench.done(background).outputs[0], media: { container: 'mp4', hasVideo: false } };

		await bench.complete(background, { outputs: [output] });
		const nothing = await bench.claim(videoId);
		const { clip_error: clipError } = bench.store.rows('Segments')[0].fields;
		bench.putClip(videoId, 1, 'att-good');
		bench.pass(31);
		const [again] = await bench.claim(videoId);

		expect(clipError).toMatch(/no picture/);
		expect(bench.video(videoId).status).not.toBe('failed');
		expect(nothing).toEqual([]);
		expect(again.input.clipUrl).toContain('att-good');
	});
});

describe('failures', () => {
	it('fail the video for good, in the provider’s words, and tell people once', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one', 'two']);
		const voices = (await bench.claim(videoId)).filter((step) => step.step === 'voiceover');

		const settled = [];
		for (const voice of voices) settled.push(good(await bench.tracker.fail(voice.jobKey, 1, REFUSED)));
		const told = [];
		for (const { jobKey } of voices) told.push(good(await bench.tracker.claimAlert({ videoId, cause: jobKey })).tell);

		expect(settled.map((settlement) => settlement.outcome)).toEqual(['failed', 'failed']);
		expect(bench.video(videoId)).toMatchObject({ status: 'failed' });
		expect(bench.video(videoId).error_message).toContain('The model is on holiday');
		expect(told).toEqual([true, false]);
	});

	it('are tried three times, with growing pauses', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const outcomes = [];
		for (let attempt = 1; attempt <= 3; attempt += 1) {
			const music = (await bench.claim(videoId)).find((step) => step.step === 'music')!;
			outcomes.push(good(await bench.tracker.fail(music.jobKey, music.attempt, FLAKY)).outcome);
			const early = await bench.claim(videoId);
			expect(early.filter((step) => step.step === 'music')).toEqual([]);
			bench.pass(300);
		}

		expect(outcomes).toEqual(['retry', 'retry', 'failed']);
		expect(bench.job(`${videoId}.music`)).toMatchObject({ retry_count: 3, paid_again: 2, status: 'failed' });
	});

	it('of the storage keep a paid result for another look', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const music = (await bench.claim(videoId)).find((step) => step.step === 'music')!;
		good(await bench.tracker.markSubmitted({ jobKey: music.jobKey, attempt: 1, externalId: 'task-1' }));

		const settled = good(await bench.tracker.fail(music.jobKey, 1, FLAKY, true));

		expect(settled).toMatchObject({ outcome: 'ignored', reason: 'kept_for_later' });
		expect(bench.job(music.jobKey)).toMatchObject({ status: 'processing', attempt: 1 });
	});
});

describe('recovery', () => {
	it('asks about submitted work at the service that has it, once a tick', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const music = (await bench.claim(videoId)).find((step) => step.step === 'music')!;
		good(await bench.tracker.markSubmitted({ jobKey: music.jobKey, attempt: 1, externalId: 'task-1' }));

		bench.pass(31);
		const due = good(await bench.tracker.findDue());
		const again = good(await bench.tracker.findDue());
		bench.pass(31);
		const later = good(await bench.tracker.findDue());

		expect(due).toEqual([expect.objectContaining({ look: 'goApi', jobKey: music.jobKey, externalId: 'task-1' })]);
		expect(again).toEqual([]);
		expect(later).toHaveLength(1);
	});

	it('leaves 20 voices alone that wait for two slots of 20 seconds each', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(
			Array.from({ length: 20 }, (_, index) => `text ${index}`),
			{ background: 'user' },
		);
		const voices = (await bench.claim(videoId)).filter((step) => step.step === 'voiceover');
		const { claims } = bench.tracker.context;

		const looks = [];
		for (let pair = 0; pair < 10; pair += 1) {
			const speaking = voices.slice(pair * 2, pair * 2 + 2);
			for (const voice of speaking) claims.mark(voice, 'calling', bench.nowMs);
			bench.pass(20);
			looks.push(
				...good(await bench.tracker.findDue()).filter((item) => item.look !== 'advance' && item.look !== 'goApi'),
			);
			for (const voice of speaking) await bench.complete(voice);
		}

		expect(voices).toHaveLength(20);
		expect(looks.filter((item) => 'jobKey' in item && item.jobKey.includes('voiceover'))).toEqual([]);
		expect(
			bench.store.rows('Jobs').filter((row) => row.fields.step === 'voiceover' && row.fields.attempt !== 1),
		).toEqual([]);
	});

	it('looks into Spaces when a process died inside a call, and counts what is paid again', async () => {
		const first = new TrackerBench();
		const videoId = await first.create(['one']);
		const voice = (await first.claim(videoId)).find((step) => step.step === 'voiceover')!;

		const second = new TrackerBench(first.store, 'process-2');
		second.nowMs = first.nowMs + 60_000;
		const due = good(await second.tracker.findDue());
		const look = due.find((item) => 'jobKey' in item && item.jobKey === voice.jobKey);
		const matched = good(
			await second.tracker.matchNews({ jobKey: voice.jobKey, attempt: 1, h: voice.h, evidence: 'absent' }),
		);
		good(await second.tracker.fail(voice.jobKey, 1, matched.failure!));
		second.pass(60);
		const again = (await second.claim(videoId)).find((step) => step.step === 'voiceover');
		const counted = second.job(voice.jobKey).paid_again;
		await second.complete(again!, { usage: { amount: 3, unit: 'characters' } });

		expect(look).toMatchObject({ look: 'spaces', objectKey: voice.objectKey });
		expect(matched).toMatchObject({ verdict: 'failed', reason: 'lost' });
		expect(again).toMatchObject({ attempt: 2, inputHash: voice.inputHash });
		expect(counted).toBe(0);
		expect(second.job(voice.jobKey)).toMatchObject({ paid_again: 1 });
	});

	it('gives a job up that its service forgot, after two looks', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const music = (await bench.claim(videoId)).find((step) => step.step === 'music')!;
		const news = { jobKey: music.jobKey, attempt: 1, h: music.h, evidence: 'unknown' as const };

		const first = good(await bench.tracker.matchNews(news));
		const atOnce = good(await bench.tracker.matchNews(news));
		bench.pass(30);
		const second = good(await bench.tracker.matchNews(news));

		expect(first).toMatchObject({ verdict: 'ignore', reason: 'waiting' });
		expect(atOnce).toMatchObject({ verdict: 'ignore', reason: 'waiting' });
		expect(second).toMatchObject({ verdict: 'failed', reason: 'lost' });
	});

	it('waits past the deadline in a queue that moves, and no longer at a service that is silent', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		for (const step of await bench.claim(videoId)) await bench.complete(step);
		const [combine] = await bench.claim(videoId);
		good(await bench.tracker.markSubmitted({ jobKey: combine.jobKey, attempt: 1, externalId: 'nca-1', queueId: 'q1' }));
		bench.pass(31 * 60);
		const news = { jobKey: combine.jobKey, attempt: 1, h: combine.h };

		const queued = good(await bench.tracker.matchNews({ ...news, evidence: 'queued' }));
		const silent = good(await bench.tracker.matchNews({ ...news, evidence: 'unreachable' }));

		expect(queued).toMatchObject({ verdict: 'ignore', reason: 'queued' });
		expect(silent).toMatchObject({ verdict: 'failed', reason: 'timeout' });
	});

	it('asks the store at most twice in ten idle minutes', async () => {
		const bench = new TrackerBench();

		for (let tick = 0; tick < 20; tick += 1) {
			bench.pass(30);
			good(await bench.tracker.findDue());
		}

		expect(bench.store.requests).toBeLessThanOrEqual(2);
	});
});

describe('people', () => {
	it('retry a failed video from where it failed', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const first = await bench.claim(videoId);
		const music = first.find((step) => step.step === 'music')!;
		for (const step of first.filter((other) => other !== music)) await bench.complete(step);
		good(await bench.tracker.fail(music.jobKey, 1, REFUSED));

		const { changed } = good(await bench.tracker.retry({ videoId }));
		const steps = await bench.finish(videoId);

		expect(changed.sort()).toEqual([`${videoId}.mix`, `${videoId}.music`]);
		expect(steps.map((step) => step.step).sort()).toEqual(['combine', 'concatenate', 'mix', 'music']);
		expect(bench.video(videoId)).toMatchObject({ status: 'completed' });
		expect(bench.video(videoId).error_message).toBeUndefined();
	});

	it('cancel a video: late results change nothing', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const [step] = await bench.claim(videoId);

		good(await bench.tracker.cancel({ videoId }));
		const late = await bench.complete(step);

		expect(late.outcome).toBe('ignored');
		expect(bench.video(videoId)).toMatchObject({ status: 'failed' });
		expect(await bench.claim(videoId)).toEqual([]);
	});
});
