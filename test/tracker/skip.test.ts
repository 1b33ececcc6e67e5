import type { Failure } from '../../engine/events';
import { videoIdOf } from '../../engine/video/graph';
import type { ClaimedStep } from '../../tracker/types';
import { good, TrackerBench } from '../support/trackerBench';

const REFUSED: Failure = { class: 'refused', message: 'No credit', began: 'no', retryable: false };
const find = <T extends { step: string }>(steps: T[], step: string): T => steps.find((found) => found.step === step)!;
const names = (steps: ClaimedStep[]) => steps.map((step) => step.jobKey.replace(/^[^.]+\./, '')).sort();

/** Claims and completes all that can be, each with the length that the film has with so many segments. */
async function finish(bench: TrackerBench, videoId: string, segments: number): Promise<ClaimedStep[]> {
	const all: ClaimedStep[] = [];
	for (let steps = await bench.claim(videoId); steps.length > 0; steps = await bench.claim(videoId)) {
		all.push(...steps);
		for (const step of steps) {
			const durationS = step.step === 'concatenate' || step.step === 'mix' ? 10 * segments : 10;
			await bench.complete(step, { outputs: [{ ...bench.done(step).outputs[0], durationS }] });
		}
	}
	return all;
}

function statuses(bench: TrackerBench, videoId: string): Record<string, unknown> {
	const rows = bench.store.rows('Jobs').filter((row) => videoIdOf(String(row.fields.job_key)) === videoId);
	return Object.fromEntries(
		rows.map(({ fields }) => [
			String(fields.job_key).slice(videoId.length + 1),
			fields.skipped ? `${String(fields.status)}, skipped` : fields.status,
		]),
	);
}

describe('a skipped segment', () => {
	it('leaves the film, and its jobs end without failing the video', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one', 'two', 'three']);

		const { changed } = good(await bench.tracker.skip({ videoId, segment: 2 }));
		const steps = await finish(bench, videoId, 2);

		expect(changed).toHaveLength(3);
		expect(names(steps)).toEqual([
			'background.001',
			'background.003',
			'combine.001',
			'combine.003',
			'concatenate',
			'mix',
			'music',
			'voiceover.001',
			'voiceover.003',
		]);
		expect(find(steps, 'concatenate').input.videoUrls).toHaveLength(2);
		expect(bench.video(videoId)).toMatchObject({ status: 'completed', progress: 100, narration_s: 20 });
		expect(statuses(bench, videoId)).toMatchObject({
			'voiceover.002': 'cancelled, skipped',
			'background.002': 'cancelled, skipped',
			'combine.002': 'cancelled, skipped',
			mix: 'completed',
		});
		expect(String(bench.job(`${videoId}.combine.002`).history)).toContain('skipped by a person');
	});

	it('may be named by any job of it, also one that failed: the video goes on', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one', 'two']);
		const voice = (await bench.claim(videoId)).find((step) => step.jobKey.endsWith('voiceover.002'))!;
		good(await bench.tracker.fail(voice.jobKey, 1, REFUSED));
		const failed = bench.video(videoId).status;

		good(await bench.tracker.skip({ videoId, jobKey: voice.jobKey }));
		for (const job of good(await bench.tracker.getStatus(videoId)).jobs) {
			if (job.status !== 'processing') continue;
			const event = { service: 'goApi' as const, jobKey: job.jobKey, attempt: 1, h: job.inputHash!.slice(0, 16) };
			const outputs = [
				{ url: `https://spaces.test/${job.jobKey}`, kind: 'video' as const, durationS: 10, persisted: true },
			];
			good(await bench.tracker.complete({ ...event, externalId: null, outcome: 'completed', outputs, receivedAt: '' }));
		}
		await finish(bench, videoId, 1);

		expect(failed).toBe('failed');
		expect(bench.video(videoId)).toMatchObject({ status: 'completed' });
		expect(bench.video(videoId).error_message).toBeUndefined();
	});

	it('changes nothing when its result comes all the same', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one', 'two']);
		const voice = (await bench.claim(videoId)).find((step) => step.jobKey.endsWith('voiceover.002'))!;
		good(await bench.tracker.skip({ videoId, segment: 2 }));

		expect((await bench.complete(voice)).outcome).toBe('ignored');
		expect(statuses(bench, videoId)['voiceover.002']).toBe('cancelled, skipped');
	});

	it('of a finished film makes the end of it anew, and comes back by a retry', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one', 'two']);
		await finish(bench, videoId, 2);

		good(await bench.tracker.skip({ videoId, segment: 1 }));
		const reopened = bench.video(videoId).status;
		const without = await finish(bench, videoId, 1);
		good(await bench.tracker.retry({ videoId, jobKey: `${videoId}.combine.001` }));
		const back = await finish(bench, videoId, 2);

		expect(reopened).not.toBe('completed');
		expect(names(without)).toEqual(['concatenate', 'mix']);
		expect(names(back)).toEqual(['background.001', 'combine.001', 'concatenate', 'mix', 'voiceover.001']);
		expect(bench.video(videoId)).toMatchObject({ status: 'completed', narration_s: 20 });
		expect(Object.values(statuses(bench, videoId))).toEqual(Array(9).fill('completed'));
	});

	it('stays out when the rest of the video is retried, and after a restart', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one', 'two']);
		const music = find(await bench.claim(videoId), 'music');
		good(await bench.tracker.skip({ videoId, segment: 2 }));
		good(await bench.tracker.fail(music.jobKey, 1, REFUSED));

		const next = new TrackerBench(bench.store, 'process-2');
		const { changed } = good(await next.tracker.retry({ videoId }));

		expect(changed.sort()).toEqual([`${videoId}.mix`, `${videoId}.music`]);
		expect(statuses(next, videoId)['combine.002']).toBe('cancelled, skipped');
		expect(good(await next.tracker.getStatus(videoId)).status).not.toBe('failed');
	});

	it('must leave one behind', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one', 'two']);
		good(await bench.tracker.skip({ videoId, segment: 1 }));

		expect(await bench.tracker.skip({ videoId, segment: 2 })).toMatchObject({
			ok: false,
			code: 'cannot_skip',
			message: expect.stringContaining('one segment must remain') as string,
		});
		expect(await bench.tracker.skip({ videoId, segment: 1 })).toMatchObject({ ok: false, code: 'nothing_to_skip' });
	});

	it('no longer waits for a person’s clip', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one', 'two'], { background: 'user' });
		bench.putClip(videoId, 1, 'att1');
		bench.pass(31);
		good(await bench.tracker.skip({ videoId, segment: 2 }));

		expect(good(await bench.tracker.getStatus(videoId)).waitingForClip).toEqual([]);
		await finish(bench, videoId, 1);
		expect(bench.video(videoId).status).toBe('completed');
	});
});

describe('skipped music', () => {
	it.each(['music', 'mix'])('makes the concatenated film the final one, without a call (%s)', async (step) => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one', 'two']);

		good(await bench.tracker.skip({ videoId, jobKey: `${videoId}.${step}` }));
		const steps = await finish(bench, videoId, 2);

		expect(names(steps)).not.toContain('music');
		expect(names(steps)).not.toContain('mix');
		expect(bench.video(videoId)).toMatchObject({ status: 'completed', progress: 100 });
		expect(bench.video(videoId).video_url).toContain('_concatenated.mp4');
		expect(statuses(bench, videoId)).toMatchObject({ music: 'cancelled, skipped', mix: 'completed, skipped' });
		expect(String(bench.job(`${videoId}.mix`).history)).toContain('took the result of');
	});

	it('ends a film at once whose music failed', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const music = find(await bench.claim(videoId), 'music');
		const others = good(await bench.tracker.getStatus(videoId)).jobs.filter((job) => job.status === 'processing');
		for (const job of others.filter((other) => other.step !== 'music')) {
			const event = { service: 'goApi' as const, jobKey: job.jobKey, attempt: 1, h: job.inputHash!.slice(0, 16) };
			const outputs = [
				{ url: `https://spaces.test/${job.jobKey}`, kind: 'video' as const, durationS: 10, persisted: true },
			];
			good(await bench.tracker.complete({ ...event, externalId: null, outcome: 'completed', outputs, receivedAt: '' }));
		}
		for (const step of ['combine', 'concatenate']) await bench.complete(find(await bench.claim(videoId), step));
		good(await bench.tracker.fail(music.jobKey, 1, REFUSED));
		const failed = bench.video(videoId).status;

		good(await bench.tracker.skip({ videoId, jobKey: music.jobKey }));
		const due = good(await bench.tracker.findDue());
		const nothing = await bench.claim(videoId);

		expect(failed).toBe('failed');
		expect(due).toContainEqual({ look: 'advance', videoId });
		expect(nothing).toEqual([]);
		expect(bench.video(videoId)).toMatchObject({ status: 'completed' });
	});

	it('stays skipped when a segment is retried, and comes back by a retry of its own', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one', 'two']);
		good(await bench.tracker.skip({ videoId, jobKey: `${videoId}.music` }));
		await finish(bench, videoId, 2);

		good(await bench.tracker.retry({ videoId, segment: 1 }));
		const again = await finish(bench, videoId, 2);
		good(await bench.tracker.retry({ videoId, jobKey: `${videoId}.mix` }));
		const back = await finish(bench, videoId, 2);

		expect(names(again)).toEqual(['background.001', 'combine.001', 'concatenate', 'voiceover.001']);
		expect(names(back)).toEqual(['mix', 'music']);
		expect(bench.video(videoId).video_url).toContain('_final.mp4');
		expect(statuses(bench, videoId)).toMatchObject({ music: 'completed', mix: 'completed' });
	});

	it('of a cancelled video stays cancelled', async () => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		good(await bench.tracker.skip({ videoId, jobKey: `${videoId}.mix` }));

		good(await bench.tracker.cancel({ videoId }));

		expect(bench.video(videoId).status).toBe('failed');
		expect(statuses(bench, videoId)).toMatchObject({ mix: 'cancelled, skipped', music: 'cancelled, skipped' });
	});

	it.each([
		['a segment is skipped', { segment: 1 }, 'skip'],
		['the whole video is retried', {}, 'retry'],
	] as const)('stays skipped when, after a cancel, %s, and the film ends without it', async (_act, target, act) => {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one', 'two']);
		good(await bench.tracker.skip({ videoId, jobKey: `${videoId}.music` }));
		for (const step of await bench.claim(videoId)) await bench.complete(step);
		good(await bench.tracker.cancel({ videoId }));

		good(await bench.tracker[act]({ videoId, ...target }));
		if (act === 'skip') good(await bench.tracker.retry({ videoId }));
		await bench.finish(videoId);

		expect(bench.video(videoId)).toMatchObject({ status: 'completed' });
		expect(bench.video(videoId).video_url).toContain('_concatenated.mp4');
		expect(statuses(bench, videoId)).toMatchObject({ mix: 'completed, skipped', music: 'cancelled, skipped' });
	});
});
