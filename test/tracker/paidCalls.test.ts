import type { Failure } from '../../engine/events';
import type { ClaimedStep } from '../../tracker/types';
import { good, TrackerBench } from '../support/trackerBench';

const REFUSED: Failure = { class: 'unavailable', message: 'no connection', began: 'no', retryable: true };
const LOST: Failure = { class: 'timeout', message: 'no answer', began: 'unknown', retryable: true };
const TASK_FAILED: Failure = { class: 'provider_failed', message: 'the model gave up', began: 'yes', retryable: true };

function call(bench: TrackerBench, step: ClaimedStep, attempt = step.attempt) {
	return bench.store.row('Paid Calls', 'call_key', `${step.jobKey}#${attempt}`);
}

async function claim(bench: TrackerBench, videoId: string, step: string): Promise<ClaimedStep> {
	const found = (await bench.claim(videoId)).find((claimed) => claimed.step === step);
	if (!found) throw new Error(`${step} can not be claimed`);
	return found;
}

/** The next attempt of a step, when its pause has passed. */
async function claimAgain(bench: TrackerBench, videoId: string, step: string): Promise<ClaimedStep> {
	bench.pass(400);
	return await claim(bench, videoId, step);
}

async function open(settings = {}) {
	const bench = new TrackerBench();
	Object.assign(bench.tracker.context.settings, settings);
	return { bench, videoId: await bench.create(['one two three']) };
}

describe('a paid call', () => {
	it('is written down with its estimate before the step is handed out', async () => {
		const { bench, videoId } = await open();
		const steps = await bench.claim(videoId);

		expect(bench.store.rows('Paid Calls').map(({ fields }) => fields.call_key)).toEqual(
			steps.map(({ jobKey }) => `${jobKey}#1`),
		);
		const voice = steps.find(({ step }) => step === 'voiceover')!;
		expect(call(bench, voice)).toMatchObject({
			job_key: voice.jobKey,
			video_id: videoId,
			service: 'elevenLabs',
			state: 'reserved',
			input_hash: voice.inputHash,
			reserved_at: new Date(bench.nowMs).toISOString(),
		});
		expect(call(bench, voice).estimated_cost).toBeCloseTo(0.0039);
		expect(bench.job(voice.jobKey).estimated_cost).toBeCloseTo(0.0039);
	});

	it('is not handed out when it could not be written down, and then counts for nothing', async () => {
		const { bench, videoId } = await open();
		bench.store.isDown = true;
		const claimed = await bench.tracker.claimReadySteps(videoId);
		bench.store.isDown = false;

		expect(claimed).toMatchObject({ ok: false, code: 'unavailable' });
		expect(await bench.tracker.context.notes.sum('spent:2026-01-01')).toBeCloseTo(0);
		expect((await bench.claim(videoId)).length).toBeGreaterThan(0);
	});

	it('is settled with what the service says', async () => {
		const { bench, videoId } = await open();
		const music = await claim(bench, videoId, 'music');
		await bench.complete(music, { usage: { amount: 1_000_000, unit: 'point' } });

		expect(call(bench, music)).toMatchObject({ state: 'settled', actual_cost: 0.1, units: 1_000_000, unit: 'points' });
		expect(bench.job(music.jobKey)).toMatchObject({ actual_cost: 0.1, paid_again: 0 });
		expect(bench.video(videoId).actual_cost).toBe(0.1);
	});

	it('that never began is released, and the next one is not paid again', async () => {
		const { bench, videoId } = await open();
		const first = await claim(bench, videoId, 'music');
		await bench.tracker.fail(first.jobKey, 1, REFUSED);
		await bench.complete(await claimAgain(bench, videoId, 'music'));

		expect(call(bench, first)).toMatchObject({ state: 'released', note: 'Nothing was begun.' });
		expect(call(bench, first, 2)).toMatchObject({ state: 'settled' });
		expect(call(bench, first, 2).paid_again).toBeUndefined();
		expect(bench.job(first.jobKey).paid_again).toBe(0);
	});

	it('of a task that failed cost nothing, so the next one is not paid again', async () => {
		const { bench, videoId } = await open();
		const first = await claim(bench, videoId, 'music');
		await bench.tracker.fail(first.jobKey, 1, TASK_FAILED, false, { usage: { amount: 0, unit: 'point' } });
		await bench.complete(await claimAgain(bench, videoId, 'music'));

		expect(call(bench, first)).toMatchObject({ state: 'settled', actual_cost: 0 });
		expect(bench.job(first.jobKey).paid_again).toBe(0);
	});

	it('after one that was lost is paid again, and says so at its end', async () => {
		const { bench, videoId } = await open();
		const first = await claim(bench, videoId, 'music');
		await bench.tracker.fail(first.jobKey, 1, LOST);
		const again = await claimAgain(bench, videoId, 'music');
		const before = bench.job(first.jobKey).paid_again;
		await bench.complete(again);

		expect(call(bench, first)).toMatchObject({ state: 'unknown' });
		expect(before).toBe(0);
		expect(call(bench, again)).toMatchObject({ state: 'settled', paid_again: true });
		expect(bench.job(first.jobKey)).toMatchObject({ paid_again: 1, actual_cost: 0.05 });
	});

	it.each(['history', 'spaces'] as const)('is none where the lost one’s result is found in %s', async (foundIn) => {
		const { bench, videoId } = await open();
		const first = await claim(bench, videoId, 'voiceover');
		await bench.tracker.fail(first.jobKey, 1, LOST);
		const again = await claimAgain(bench, videoId, 'voiceover');
		await bench.complete(again, { foundIn, usage: { amount: 0, unit: 'characters' } });

		expect(call(bench, again)).toMatchObject({ state: 'released' });
		expect(bench.job(first.jobKey).paid_again).toBe(0);
		expect(call(bench, first)).toMatchObject({ state: 'settled' });
		expect(call(bench, first).actual_cost).toBeCloseTo(0.0039);
		expect(bench.job(first.jobKey).actual_cost).toBeCloseTo(0.0039);
	});

	it('is paid again once, though its lost answer comes after a restart', async () => {
		const { bench, videoId } = await open();
		const first = await claim(bench, videoId, 'music');
		await bench.tracker.fail(first.jobKey, 1, LOST);
		const again = await claimAgain(bench, videoId, 'music');
		await bench.tracker.fail(again.jobKey, 2, LOST);
		const next = new TrackerBench(bench.store, 'process-2');
		next.nowMs = bench.nowMs + 31_000;
		await next.complete(again);

		expect(call(next, again)).toMatchObject({ state: 'settled', paid_again: true });
		expect(next.job(first.jobKey)).toMatchObject({ status: 'completed', attempt: 2, paid_again: 1 });
	});

	it('whose result the recovery finds in Spaces was made, at its estimate', async () => {
		const { bench, videoId } = await open();
		const voice = await claim(bench, videoId, 'voiceover');
		await bench.complete(voice, { service: 'spaces' });

		expect(call(bench, voice)).toMatchObject({ state: 'settled' });
		expect(call(bench, voice).actual_cost).toBeCloseTo(0.0039);
	});

	it('is paid for twice when the lost one brings its result after all, which both rows say', async () => {
		const { bench, videoId } = await open();
		const first = await claim(bench, videoId, 'music');
		await bench.tracker.fail(first.jobKey, 1, LOST);
		const second = await claimAgain(bench, videoId, 'music');
		await bench.complete(first, { usage: { amount: 1_000_000, unit: 'point' } });
		const whenTaken = { ...call(bench, second) };
		const late = bench.done(second, { usage: { amount: 2_000_000, unit: 'point' } });
		const news = { jobKey: second.jobKey, attempt: 2, h: second.h, event: late };
		for (let delivery = 0; delivery < 3; delivery += 1) await bench.tracker.matchNews(news);

		expect(call(bench, first)).toMatchObject({ state: 'settled', actual_cost: 0.1 });
		expect(call(bench, first).paid_again).toBeUndefined();
		expect(whenTaken).toMatchObject({ state: 'unknown', paid_again: true });
		expect(call(bench, second)).toMatchObject({ state: 'settled', actual_cost: 0.2, paid_again: true });
		expect(bench.job(first.jobKey).actual_cost).toBeCloseTo(0.3);
		expect(bench.job(first.jobKey).paid_again).toBe(1);
		expect(bench.video(videoId).actual_cost).toBeCloseTo(0.3);
	});

	it('whose result was not what was asked for is settled, and the next one is paid again', async () => {
		const { bench, videoId } = await open();
		const voice = await claim(bench, videoId, 'voiceover');
		const mute = { ...bench.done(voice).outputs[0], durationS: 0 };
		await bench.complete(voice, { outputs: [mute], usage: { amount: 1_000, unit: 'characters' } });
		const again = await claimAgain(bench, videoId, 'voiceover');
		await bench.complete(again, { usage: { amount: 1_000, unit: 'characters' } });

		expect(call(bench, voice)).toMatchObject({ state: 'settled', actual_cost: 0.3 });
		expect(call(bench, again)).toMatchObject({ state: 'settled', paid_again: true });
		expect(bench.job(voice.jobKey)).toMatchObject({ actual_cost: 0.6, paid_again: 1 });
	});

	it('that a person stops is out of sight, until its result comes', async () => {
		const { bench, videoId } = await open();
		const music = await claim(bench, videoId, 'music');
		good(await bench.tracker.cancel({ videoId }));
		const stopped = { ...call(bench, music) };
		const event = bench.done(music, { usage: { amount: 500_000, unit: 'point' } });
		await bench.tracker.matchNews({ jobKey: music.jobKey, attempt: 1, h: music.h, event });

		expect(stopped).toMatchObject({ state: 'unknown' });
		expect(call(bench, music)).toMatchObject({ state: 'settled', actual_cost: 0.05 });
		expect(await bench.shown(videoId)).toMatchObject({ status: 'failed', actual_cost: 0.05 });
	});

	it('that a person stops before it began is released, and is not made', async () => {
		const { bench, videoId } = await open();
		const voice = await claim(bench, videoId, 'voiceover');
		const { claims } = bench.tracker.context;
		const wanted = await claims.isRevoked(voice);
		good(await bench.tracker.cancel({ videoId }));
		const cancelled = await claims.isRevoked(voice);
		const failure = { class: 'cancelled', message: 'Given up', began: 'no', retryable: true } as const;
		const told = good(await bench.tracker.fail(voice.jobKey, 1, failure));
		await new Promise(setImmediate);

		expect([wanted, cancelled]).toEqual([false, true]);
		expect(told).toMatchObject({ outcome: 'ignored', reason: 'late_failure' });
		expect(call(bench, voice)).toMatchObject({ state: 'released' });
		expect(bench.job(voice.jobKey)).toMatchObject({ status: 'cancelled' });
	});

	it('that a person stops costs nothing when it fails, and says nothing more while it goes on', async () => {
		const { bench, videoId } = await open();
		const steps = await bench.claim(videoId);
		const [music, voice] = ['music', 'voiceover'].map((name) => steps.find(({ step }) => step === name)!);
		good(await bench.tracker.cancel({ videoId }));
		const tell = async (step: ClaimedStep, changes: object) => {
			const event = bench.done(step, changes);
			good(await bench.tracker.matchNews({ jobKey: step.jobKey, attempt: step.attempt, h: event.h, event }));
			return call(bench, step).state;
		};
		const words = [
			await tell(music, { outcome: 'progress' }),
			await tell(music, { outcome: 'failed', error: { ...LOST, class: 'lost' } }),
			await tell(music, { attempt: 7 }),
			await tell(music, { outcome: 'failed', error: TASK_FAILED }),
		];

		expect(words).toEqual(['unknown', 'unknown', 'unknown', 'settled']);
		expect(call(bench, music).actual_cost).toBe(0);
		expect(await tell(voice, { h: 'f'.repeat(16) })).toBe('unknown');
	});

	it('under way for what a person’s clip replaces is given up, and the copy is no call', async () => {
		const { bench, videoId } = await open();
		const generated = await claim(bench, videoId, 'background');
		bench.pass(10);
		bench.putClip(videoId, 1, 'att1');
		good(await bench.tracker.checkNow({ videoId }));
		const copy = await claim(bench, videoId, 'background');
		await bench.complete(copy);

		expect(copy.service).toBe('spaces');
		expect(call(bench, generated)).toMatchObject({ state: 'unknown' });
		expect(bench.store.rows('Paid Calls').map(({ fields }) => fields.call_key)).not.toContain(`${copy.jobKey}#2`);
	});
});

describe('what is known of calls', () => {
	it('leaves the row of a lost call alone where it can not be found, or nobody can look', async () => {
		for (const spoil of ['edited', 'down'] as const) {
			const { bench, videoId } = await open();
			const first = await claim(bench, videoId, 'voiceover');
			await bench.tracker.fail(first.jobKey, 1, LOST);
			const again = await claimAgain(bench, videoId, 'voiceover');
			if (spoil === 'edited') call(bench, first).state = 'odd';
			else jest.spyOn(bench.store, 'list').mockResolvedValue({ ok: false, code: 'unavailable', message: '' });
			await bench.complete(again, { foundIn: 'spaces' });

			expect(call(bench, again)).toMatchObject({ state: 'released' });
			expect(call(bench, first).state).toBe(spoil === 'edited' ? 'odd' : 'unknown');
		}
	});

	it('is forgotten from the oldest on', async () => {
		const { bench, videoId } = await open();
		const { concludedCalls } = bench.tracker.context.memory;
		for (let index = 0; index < 5_000; index += 1) concludedCalls.set(`call ${index}`, 'settled');
		const music = await claim(bench, videoId, 'music');
		await bench.complete(music);

		expect(concludedCalls.size).toBe(5_000);
		expect([concludedCalls.has('call 0'), concludedCalls.get(`${music.jobKey}#1`)]).toEqual([false, 'settled']);
	});

	it('bears a row without the time of its claim, and one without an estimate', async () => {
		const { bench, videoId } = await open();
		const [music, clip] = [await claim(bench, videoId, 'music'), `${videoId}.background.001`];
		const entry = good(await bench.tracker.context.cache.load(videoId));
		const edit = (jobKey: string, changes: object) => {
			const job = entry.snapshot.jobs.find((one) => one.jobKey === jobKey)!;
			void bench.tracker.context.cache.writeJob(entry, { ...job, ...changes });
			return job;
		};
		edit(music.jobKey, { claimedAtMs: undefined });
		const { inputHash = '' } = edit(clip, { estimatedCostUsd: undefined });
		await bench.complete(music);
		await bench.complete({ ...music, jobKey: clip, h: inputHash.slice(0, 16), service: 'goApi' });

		expect(call(bench, music)).toMatchObject({ state: 'settled', actual_cost: 0.05 });
		expect(bench.store.row('Paid Calls', 'call_key', `${clip}#1`)).toMatchObject({ state: 'reserved' });
		expect(bench.job(clip)).toMatchObject({ status: 'completed' });
	});
});

describe('the toolkit', () => {
	const finishInputs = async (bench: TrackerBench, videoId: string) => {
		for (const step of await bench.claim(videoId)) await bench.complete(step);
	};

	it('with a price is reserved like any other, and settled by its seconds', async () => {
		const { bench, videoId } = await open({ ncaUsdPerSecond: 0.01 });
		await finishInputs(bench, videoId);
		const combine = await claim(bench, videoId, 'combine');
		const reserved = { ...call(bench, combine) };
		await bench.complete(combine, { timings: { runS: 13.5 } });

		expect(reserved).toMatchObject({ state: 'reserved', service: 'nca' });
		expect(reserved.estimated_cost).toBeGreaterThan(0);
		expect(call(bench, combine)).toMatchObject({ state: 'settled', actual_cost: 0.135, units: 13.5, unit: 'seconds' });
	});

	it('without a price costs no reservation; its seconds are written down at the end', async () => {
		const { bench, videoId } = await open();
		await finishInputs(bench, videoId);
		const combine = await claim(bench, videoId, 'combine');
		const keys = bench.store.rows('Paid Calls').map(({ fields }) => fields.call_key);
		await bench.complete(combine, { timings: { runS: 13.5 } });

		expect(keys).not.toContain(`${combine.jobKey}#1`);
		expect(call(bench, combine)).toMatchObject({ state: 'settled', actual_cost: 0, units: 13.5, unit: 'seconds' });
	});
});
