import type { Failure } from '../../engine/events';
import type { ClaimedStep } from '../../tracker/types';
import { good, TrackerBench } from '../support/trackerBench';

const EXPIRED: Failure = {
	class: 'expired',
	message: 'The file is no longer to be had at its URL (HTTP 410): such links expire.',
	began: 'no',
	retryable: true,
	httpStatus: 410,
};
const CHARGED = { usage: { amount: 500_000, unit: 'point' } };

async function open(): Promise<{ bench: TrackerBench; music: ClaimedStep; videoId: string }> {
	const bench = new TrackerBench();
	const videoId = await bench.create(['one']);
	const music = (await bench.claim(videoId)).find(({ step }) => step === 'music')!;
	good(await bench.tracker.markSubmitted({ jobKey: music.jobKey, attempt: 1, externalId: 'task-1' }));
	return { bench, music, videoId };
}

/** The result was there, and its URL had died before it was stored. */
async function expire(bench: TrackerBench, step: ClaimedStep) {
	const news = { jobKey: step.jobKey, attempt: step.attempt, h: step.h, event: bench.done(step, CHARGED) };
	good(await bench.tracker.matchNews(news));
	return good(await bench.tracker.fail(step.jobKey, step.attempt, EXPIRED, true, CHARGED));
}

async function looks(bench: TrackerBench, step: ClaimedStep) {
	const due = good(await bench.tracker.findDue());
	return due.filter((item) => 'jobKey' in item && item.jobKey === step.jobKey).map(({ look }) => look);
}

describe('a result whose URL has died', () => {
	it('makes the provider be asked for a fresh one at once, and nothing is paid again', async () => {
		const { bench, music } = await open();
		const settled = await expire(bench, music);
		const asked = await looks(bench, music);
		bench.pass(20);
		await bench.complete(music, CHARGED);

		expect(settled).toMatchObject({ outcome: 'ignored', reason: 'fresh_url_wanted' });
		expect(asked).toEqual(['goApi']);
		expect(bench.job(music.jobKey)).toMatchObject({
			status: 'completed',
			attempt: 1,
			actual_cost: 0.05,
			paid_again: 0,
		});
	});

	it('and whose fresh one is dead, too, is made again, which is paid again', async () => {
		const { bench, music, videoId } = await open();
		await expire(bench, music);
		bench.pass(20);
		const settled = await expire(bench, music);
		const call = { ...bench.store.row('Paid Calls', 'call_key', `${music.jobKey}#1`) };
		bench.pass(60);
		const again = (await bench.claim(videoId)).find(({ step }) => step === 'music')!;
		await bench.complete(again, CHARGED);

		expect(settled).toMatchObject({ outcome: 'retry', reason: 'expired' });
		expect(call).toMatchObject({ state: 'settled', actual_cost: 0.05 });
		expect(again).toMatchObject({ attempt: 2, h: music.h });
		expect(bench.job(music.jobKey)).toMatchObject({ status: 'completed', actual_cost: 0.1, paid_again: 1 });
		expect(bench.store.row('Paid Calls', 'call_key', `${music.jobKey}#2`)).toMatchObject({ paid_again: true });
	});

	it('is not given up for a second delivery of the same callback', async () => {
		const { bench, music } = await open();
		await expire(bench, music);
		bench.pass(1);
		const second = await expire(bench, music);

		expect(second).toMatchObject({ outcome: 'ignored', reason: 'kept_for_later' });
		expect(bench.job(music.jobKey)).toMatchObject({ status: 'processing', attempt: 1 });
	});

	it('is made again when nobody can be asked: no receipt, or no time', async () => {
		const bench = new TrackerBench();
		const music = (await bench.claim(await bench.create(['one']))).find(({ step }) => step === 'music')!;
		const unknownToUs = await expire(bench, music);
		const { bench: late, music: lateMusic } = await open();
		late.pass(3 * 3_600);
		const outOfTime = await expire(late, lateMusic);

		expect(unknownToUs).toMatchObject({ outcome: 'retry', reason: 'expired' });
		expect(outOfTime).toMatchObject({ outcome: 'retry', reason: 'expired' });
	});

	it('fails the step after its last attempt, with the reason', async () => {
		const { bench, music, videoId } = await open();
		let step = music;
		let last = await expire(bench, step);
		for (let attempt = 1; attempt <= 3; attempt += 1) {
			bench.pass(20);
			last = await expire(bench, step);
			bench.pass(400);
			const next = (await bench.claim(videoId)).find((claimed) => claimed.step === 'music');
			if (!next) break;
			step = next;
			good(
				await bench.tracker.markSubmitted({ jobKey: step.jobKey, attempt: step.attempt, externalId: `t${attempt}` }),
			);
			await expire(bench, step);
		}

		expect(last).toMatchObject({ outcome: 'failed', errorMessage: EXPIRED.message });
		expect(bench.video(videoId)).toMatchObject({ status: 'failed' });
		expect(bench.job(music.jobKey)).toMatchObject({ paid_again: 2 });
	});
});

describe('a result that is no good', () => {
	it('was delivered and paid, whatever the storing says; the next attempt is paid again', async () => {
		const { bench, music, videoId } = await open();
		const cut: Failure = { class: 'verification', message: 'The file is cut.', began: 'no', retryable: true };
		const settled = good(await bench.tracker.fail(music.jobKey, 1, cut, true, CHARGED));
		bench.pass(60);
		await bench.complete(
			(await bench.claim(videoId)).find(({ step }) => step === 'music')!,
			CHARGED,
		);

		expect(settled).toMatchObject({ outcome: 'retry', reason: 'verification' });
		expect(bench.job(music.jobKey)).toMatchObject({ actual_cost: 0.1, paid_again: 1 });
	});

	it('fails the step for good where another attempt would not help', async () => {
		const { bench, music } = await open();
		const huge: Failure = { class: 'verification', message: 'The file is too large.', began: 'no', retryable: false };

		expect(good(await bench.tracker.fail(music.jobKey, 1, huge, true, CHARGED))).toMatchObject({ outcome: 'failed' });
		expect(bench.job(music.jobKey)).toMatchObject({ actual_cost: 0.05, paid_again: 0 });
	});

	it('is looked for later when our own storage was what failed', async () => {
		const { bench, music } = await open();
		const down: Failure = { class: 'unavailable', message: 'Spaces is down.', began: 'no', retryable: true };

		expect(good(await bench.tracker.fail(music.jobKey, 1, down, true))).toMatchObject({ reason: 'kept_for_later' });
	});

	it('changes nothing when it is of an attempt that was given up, and is not waited for without a deadline', async () => {
		const { bench, music, videoId } = await open();
		const entry = good(await bench.tracker.context.cache.load(videoId));
		const edited = entry.snapshot.jobs.find(({ jobKey }) => jobKey === music.jobKey)!;
		void bench.tracker.context.cache.writeJob(entry, { ...edited, deadlineAtMs: undefined });

		const late = good(await bench.tracker.fail(music.jobKey, 9, EXPIRED, true));
		const settled = good(await bench.tracker.fail(music.jobKey, 1, EXPIRED, true));

		expect(late).toMatchObject({ outcome: 'ignored', reason: 'late_failure' });
		expect(settled).toMatchObject({ outcome: 'retry' });
	});
});

describe('a person’s clip whose URL has died', () => {
	it('is read anew from the table before the next attempt', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one'], { background: 'user' });
		bench.putClip(videoId, 1, 'att1');
		good(await bench.tracker.checkNow({ videoId }));
		const copy = (await bench.claim(videoId)).find(({ step }) => step === 'background')!;
		const row = bench.store.rows('Segments').find(({ fields }) => fields.video_id === videoId)!;
		row.fields.Video = [{ id: 'att1', url: 'https://airtable.test/fresh', filename: 'att1.mp4', size: 10 }];
		const failed = good(await bench.tracker.fail(copy.jobKey, 1, EXPIRED));
		bench.pass(10);
		const again = (await bench.claim(videoId)).find(({ step }) => step === 'background')!;

		expect(copy.input.clipUrl).toBe('https://airtable.test/att1.mp4');
		expect(failed).toMatchObject({ outcome: 'retry', reason: 'expired' });
		expect(again.input.clipUrl).toBe('https://airtable.test/fresh');
		expect(again.h).toBe(copy.h);
		expect(bench.store.rows('Segments')[0].fields.clip_error).toBeUndefined();
	});
});
