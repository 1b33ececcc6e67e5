import type { IDataObject } from 'n8n-workflow';

import { type NodeBench, openNodeBench } from './support';

/** The node waits for the base's gate in real time. */

const SEGMENTS = [
	{ text: 'One.', startS: 0, endS: 10 },
	{ text: 'Two.', startS: 10, endS: 20 },
];
const NEW_VIDEO = {
	script: 'One. Two.',
	title: '',
	segments: JSON.stringify(SEGMENTS),
	settings: { background: 'generated' },
};
const FAILURE = { class: 'refused', message: 'No credit left', began: 'no', retryable: false };

let bench: NodeBench;
beforeAll(async () => {
	bench = await openNodeBench();
	await bench.run('schema.setUp');
});
afterAll(async () => await bench.close());

async function create(changes: IDataObject = {}): Promise<string> {
	const [created] = await bench.json('video.create', { ...NEW_VIDEO, ...changes });
	return String(created.videoId);
}

async function claim(videoId: string): Promise<IDataObject[]> {
	return await bench.json('video.claimReadySteps', { videoId });
}

function ofStep(steps: IDataObject[], step: string): IDataObject {
	const found = steps.find((claimed) => claimed.step === step);
	if (!found) throw new Error(`${step} was not claimed`);
	return found;
}

/** What a provider says of a claimed step; stored in Spaces already. */
function eventOf(step: IDataObject, changes: IDataObject = {}): IDataObject {
	const { service, jobKey, attempt, h, objectKey } = step;
	const output = { url: `http://127.0.0.1:1/${String(objectKey)}`, kind: 'video', durationS: 10, persisted: true };
	return {
		service,
		jobKey,
		attempt,
		h,
		externalId: `id of ${String(jobKey)}`,
		outcome: 'completed',
		outputs: [output],
		...changes,
	};
}

async function jobRow(jobKey: unknown): Promise<IDataObject | undefined> {
	return (await bench.rows('Jobs')).find((row) => row.job_key === jobKey);
}

describe('a video, operation by operation', () => {
	it('is created with all of its rows', async () => {
		const [created] = await bench.json('video.create', NEW_VIDEO);

		expect(created).toEqual({
			videoId: expect.stringMatching(/^vid_[0-9a-f]{16}$/),
			video_id: created.videoId,
			segments: [
				{ id: `${String(created.videoId)}_001`, order: 1, text: 'One.', start: 0, end: 10 },
				{ id: `${String(created.videoId)}_002`, order: 2, text: 'Two.', start: 10, end: 20 },
			],
		});
		const rows = (await bench.rows('Videos')).filter((row) => row.video_id === created.videoId);
		expect(rows).toEqual([expect.objectContaining({ title: 'One. Two.', ready: true, segment_count: 2 })]);
	});

	it('is claimed, submitted, heard of, matched and completed, once each', async () => {
		const videoId = await create();
		const steps = await claim(videoId);
		const music = ofStep(steps, 'music');
		const note = { jobKey: music.jobKey, attempt: 1, externalId: 'task-1', queueId: '' };
		const event = eventOf(music, { externalId: 'task-1' });

		const submitted = [await bench.json('job.markSubmitted', note), await bench.json('job.markSubmitted', note)];
		const recorded = await bench.json('job.recordEvent', { event });
		const matched = await bench.json('job.matchResult', { event: recorded[0] });
		const doubled = await bench.json('job.matchResult', { event: recorded[0] });
		const completed = await bench.json('job.complete', { event: { ...event, ...matched[0] } });
		const late = await bench.json('job.complete', { event });

		expect(steps.map(({ step }) => step).sort()).toEqual([
			'background',
			'background',
			'music',
			'voiceover',
			'voiceover',
		]);
		expect(await claim(videoId)).toEqual([]);
		expect(submitted).toEqual([
			[expect.objectContaining({ noted: true })],
			[expect.objectContaining({ noted: false })],
		]);
		expect(recorded).toEqual([event]);
		expect(matched[0]).toMatchObject({ ...event, verdict: 'take', videoId, objectKey: music.objectKey, step: 'music' });
		expect(doubled[0]).toMatchObject({ verdict: 'ignore', reason: 'settling' });
		expect(completed[0]).toMatchObject({ outcome: 'completed', videoId, jobKey: music.jobKey });
		expect(late[0]).toMatchObject({ outcome: 'ignored', reason: 'duplicate' });
		expect(await jobRow(music.jobKey)).toMatchObject({ status: 'completed', external_id: 'task-1', attempt: 1 });
	});

	it('is told of, and listed as long as it is under way', async () => {
		const videoId = await create();

		const [status] = await bench.json('video.getStatus', { videoId });
		const active = await bench.json('video.getActive');
		await bench.json('video.cancel', { target: videoId });

		expect(status).toMatchObject({ videoId, status: 'queued', progress: 0, title: 'One. Two.' });
		expect(status.jobs).toHaveLength(9);
		expect(active).toContainEqual(expect.objectContaining({ videoId }));
		expect(await bench.json('video.getActive')).not.toContainEqual(expect.objectContaining({ videoId }));
	});

	it('is cancelled, and what is late changes nothing', async () => {
		const videoId = await create();
		const music = ofStep(await claim(videoId), 'music');

		const [cancelled] = await bench.json('video.cancel', { target: videoId });
		const [late] = await bench.json('job.complete', { event: eventOf(music) });

		expect(cancelled).toMatchObject({ videoId });
		expect(cancelled.changed).toHaveLength(9);
		expect(late).toMatchObject({ outcome: 'ignored', reason: 'cancelled' });
		expect(await claim(videoId)).toEqual([]);
	});

	it('goes on without a part that a person skips', async () => {
		const videoId = await create();

		const [skipped] = await bench.json('video.skip', { target: videoId, segment: 2 });

		expect(skipped).toMatchObject({ videoId, changed: expect.arrayContaining([`${videoId}.combine.002`]) });
		await expect(bench.run('video.skip', { target: videoId })).rejects.toThrow('Name the segment or the job');
	});

	it('is told in the form of the API, as a whole or by a job of it', async () => {
		const videoId = await create();
		const music = ofStep(await claim(videoId), 'music');

		const [video] = await bench.json('job.get', { target: videoId });
		const [byKey] = await bench.json('job.get', { target: music.jobKey });
		const [byId] = await bench.json('job.get', { target: String(music.jobId).toUpperCase() });

		expect(video).toMatchObject({ video_id: videoId, status: 'generating_tts', error_message: null, video_url: null });
		expect(video.jobs).toHaveLength(9);
		expect(byKey).toMatchObject({ job_key: music.jobKey, job_id: music.jobId, segment: null, status: 'processing' });
		expect(byKey.claimed_at).toMatch(/Z$/);
		expect(byId).toEqual(byKey);
		await expect(bench.run('job.get', { target: `${videoId}.paint` })).rejects.toThrow('There is no such job');
	});

	it('tells how the engine does without any word of a video', async () => {
		const videoId = await create();

		const [health] = await bench.json('health.get');

		expect(health).toMatchObject({ services: { airtable: { state: 'ok' } }, held_videos: 0 });
		expect(JSON.stringify(health)).not.toContain(videoId);
	});

	it('is looked at anew when a person asks', async () => {
		const videoId = await create();
		const music = ofStep(await claim(videoId), 'music');
		await bench.json('job.markSubmitted', { jobKey: music.jobKey, attempt: 1, externalId: 'task-2', queueId: '' });
		const looked = (items: IDataObject[]) => items.filter(({ jobKey }) => jobKey === music.jobKey);

		const before = looked(await bench.json('job.findDue'));
		const [checked] = await bench.json('video.checkNow', { target: music.jobKey });
		const elsewhere = looked(await bench.json('job.findDue', { videoId: await create() }));
		const after = looked(await bench.json('job.findDue', { videoId }));

		expect([before, elsewhere]).toEqual([[], []]);
		expect(checked).toEqual({ videoId, changed: [music.jobKey] });
		expect(after).toEqual([
			expect.objectContaining({ look: 'goApi', externalId: 'task-2', h: music.h, queueId: null }),
		]);
	});
});

describe('failures', () => {
	it('are tried again, and in the end told once per video until a person retries it', async () => {
		const videoId = await create();
		const steps = await claim(videoId);
		const [music, voice] = [ofStep(steps, 'music'), ofStep(steps, 'voiceover')];
		const fail = async ({ jobKey }: IDataObject, failure: IDataObject) =>
			(
				await bench.json('job.failOrRetry', {
					jobKey,
					attempt: 1,
					failure: { error: 'What to do', details: { failure } },
				})
			)[0];
		const tell = async (jobKey: unknown) => {
			const item = { jobKey: String(jobKey) };
			const items = await bench.run('alert.claim', { videoId, cause: 'No credit left' }, { items: [{ json: item }] });
			return items.map(({ json }) => json);
		};

		const again = await fail(voice, { ...FAILURE, class: 'unavailable', retryable: true });
		const forGood = await fail(music, FAILURE);
		const told = [await tell(music.jobKey), await tell(voice.jobKey)];
		const [retried] = await bench.json('video.retry', { target: videoId });
		const next = ofStep(await claim(videoId), 'music');

		expect(again).toMatchObject({ outcome: 'retry', reason: 'unavailable' });
		expect(forGood).toMatchObject({ outcome: 'failed', videoStatus: 'failed', errorMessage: 'No credit left' });
		expect(told).toEqual([
			[
				expect.objectContaining({
					kind: 'job_failed',
					state: 'open',
					severity: 'error',
					service: 'goApi',
					step: 'music',
					jobKey: music.jobKey,
					attempt: 1,
					reason: 'No credit left',
				}),
			],
			[],
		]);
		expect(retried).toEqual({ videoId, changed: expect.arrayContaining([music.jobKey, `${videoId}.mix`]) });
		expect(next).toMatchObject({ attempt: 2, h: music.h });
	});

	it('of one segment are retried with what depends on it', async () => {
		const videoId = await create();

		const [retried] = await bench.json('video.retry', { target: videoId, segment: 2 });

		expect((retried.changed as string[]).sort()).toEqual(
			['background.002', 'combine.002', 'concatenate', 'mix', 'voiceover.002'].map((name) => `${videoId}.${name}`),
		);
	});

	it('that a provider reports carry its words, and no "error" that n8n would take for its own', async () => {
		const music = ofStep(await claim(await create()), 'music');
		const event = eventOf(music, { outcome: 'failed', outputs: [], error: { ...FAILURE } });

		const [matched] = await bench.json('job.matchResult', { event });

		expect(matched).toMatchObject({ verdict: 'failed', failure: FAILURE, jobKey: music.jobKey, outcome: 'failed' });
		expect(matched).not.toHaveProperty('error');
	});

	it('of a look are no failures of the job', async () => {
		const music = ofStep(await claim(await create()), 'music');
		const { jobKey, attempt, h } = music;

		const looks = [
			...(await bench.json('job.matchResult', { event: { jobKey, attempt, h, evidence: 'running' } })),
			...(await bench.json('job.matchResult', { event: { jobKey, attempt, h, error: 'Bad gateway' } })),
		];

		expect(looks.map(({ verdict, reason }) => ({ verdict, reason }))).toEqual([
			{ verdict: 'ignore', reason: 'waiting' },
			{ verdict: 'ignore', reason: 'waiting' },
		]);
	});

	it('of the storage keep a paid result', async () => {
		const music = ofStep(await claim(await create()), 'music');
		const { jobKey } = music;
		await bench.json('job.markSubmitted', { jobKey, attempt: 1, externalId: 'task-3', queueId: '' });
		const failure = { error: 'x', details: { failure: { ...FAILURE, class: 'unavailable', retryable: true } } };

		const [kept] = await bench.json('job.failOrRetry', { jobKey, attempt: 1, hasResult: true, failure });

		expect(kept).toMatchObject({ outcome: 'ignored', reason: 'kept_for_later' });
	});
});

describe('callbacks', () => {
	it('that a trigger turned away are counted and end here', async () => {
		const rejected = (count: unknown) => ({ event: { verdict: 'rejected', count, reasons: { token_forged: 2 } } });

		const given: IDataObject[] = [];
		for (const event of [rejected(2), rejected(undefined), { event: { verdict: 'rejected' } }]) {
			await bench.written('Webhook Events', async () => given.push(...(await bench.json('job.recordEvent', event))));
		}

		expect(given).toEqual([]);
		const rows = (await bench.rows('Webhook Events')).filter((row) => row.verdict === 'rejected');
		expect(rows).toEqual([expect.objectContaining({ deliveries: 4 })]);
	});
});

describe('an error that belongs to no video', () => {
	it('is told once an hour', async () => {
		const item = {
			cause: 'Workflow 04 is broken: api_key=verysecret',
			title: 'Workflow 04 is broken',
			step: 'Complete',
		};
		const tell = async () => {
			const params = { cause: item.cause, videoId: '', notice: item };
			return (await bench.run('alert.claim', params, { items: [{ json: item }] })).map(({ json }) => json);
		};

		const told = [await tell(), await tell()];

		expect(told).toEqual([[expect.objectContaining({ ...item, kind: 'workflow_error', severity: 'error' })], []]);
		const rows = await bench.rows('Alerts');
		expect(rows).toContainEqual(expect.objectContaining({ kind: 'workflow_error', told: 1 }));
		expect(JSON.stringify(rows)).not.toContain('verysecret');
	});
});

describe('what the watch notices', () => {
	it('is told once, with everything that a message needs', async () => {
		await bench.json('job.recordEvent', { event: { verdict: 'rejected', count: 1000, reasons: { signature: 1000 } } });
		const due = (await bench.json('job.findDue')).filter(({ look }) => look === 'alert');
		const claim = async (notice: IDataObject) => await bench.json('alert.claim', { cause: '', videoId: '', notice });

		expect(due).toEqual([
			expect.objectContaining({ kind: 'signature_failures', state: 'open', alertKey: expect.any(String) }),
		]);
		expect(await claim(due[0])).toEqual([due[0]]);
		expect(await claim(due[0])).toEqual([]);
	});
});
