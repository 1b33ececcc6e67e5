import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { VirtualClock } from '../../sandbox';
import { findProblem } from '../../sandbox/nca/validate';
import { addRecordedInputs, createMediaFolder, type MediaFolder } from '../engine/nca/support/media';
import { probe } from '../engine/nca/support/measure';
import { startMediaServer, startReceiver, type MediaServer, type Receiver } from '../engine/nca/support/servers';
import { withSandbox } from '../support/sandbox';

const KEYS = { accessKey: 'SANDBOXNCA', secretKey: 'sandbox-nca-secret', bucket: 'nca-bucket' };

const DIR = join(tmpdir(), `video-engine-nca-${process.pid}`);

interface Envelope {
	code: number;
	job_id: string;
	message: unknown;
	response: unknown;
	queue_id: number;
	pid: number;
}

let folder: MediaFolder;
let media: MediaServer;
let receiver: Receiver;

beforeAll(async () => {
	folder = await createMediaFolder();
	await addRecordedInputs(folder);
	media = await startMediaServer(folder.path);
	receiver = await startReceiver();
});

afterAll(async () => {
	media.release();
	await media.close();
	await receiver.close();
	await folder.remove();
	await rm(DIR, { recursive: true, force: true });
});

type Toolkit = () => { credentials(service: 'nca'): Record<string, string> };

/** Calls of one toolkit. */
function callsOf(sandbox: Toolkit) {
	const post = async (path: string, body: object): Promise<Envelope> => {
		const { baseUrl, apiKey } = sandbox().credentials('nca');
		const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' };
		const response = await fetch(`${baseUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
		return (await response.json()) as Envelope;
	};
	const status = async (jobId: string) => await post('/v1/toolkit/job/status', { job_id: jobId });
	const stateOf = async (jobId: string) =>
		((await status(jobId)).response as { job_status: string } | null)?.job_status;
	return {
		post,
		status,
		stateOf,
		upload: async (more: object = {}) => await post('/v1/s3/upload', { file_url: `${media.url}/image.png`, ...more }),
		slow: async (more: object = {}) =>
			await post('/v1/video/thumbnail', { video_url: `${media.url}/slow.mp4`, webhook_url: '', ...more }),
		untilDone: async (jobId: string) => {
			while ((await stateOf(jobId)) !== 'done') await new Promise((resolve) => setImmediate(resolve));
		},
	};
}

describe('storage', () => {
	const sandbox = withSandbox(['nca', 'spaces'], { dir: DIR, settings: { spaces: KEYS, nca: { s3: KEYS } } });
	const { upload, post } = callsOf(sandbox);

	it('keeps outputs in the root of the bucket, readable by anyone, without a content type', async () => {
		const { response, job_id } = await post('/v1/video/thumbnail', { video_url: `${media.url}/clip_b.mp4` });

		expect(response).toBe(`${sandbox().baseUrl('spaces')}/nca-bucket/${job_id}_thumbnail.jpg`);
		const stored = await fetch(String(response));
		expect(stored.status).toBe(200);
		expect(stored.headers.get('content-type')).toBe('binary/octet-stream');
	});

	it('hands out a private object by a signed address only', async () => {
		const { response } = await upload({ filename: 'private one.png' });

		const { file_url, public: isPublic } = response as { file_url: string; public: boolean };
		expect(isPublic).toBe(false);
		expect((await fetch(file_url)).status).toBe(200);
		expect((await fetch(file_url.split('?')[0])).status).toBe(403);
	});

	it('leaves no files behind', async () => {
		await upload();

		expect(await readdir(join(DIR, 'nca', 'work'))).toEqual([]);
	});

	it('asks a source as the toolkit does', async () => {
		media.requests.length = 0;
		await post('/v1/media/convert/mp3', { media_url: `${media.url}/noext` });

		expect(media.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['HEAD /noext', 'GET /noext']);
		expect(media.requests[0].userAgent).toMatch(/^python-requests\//);
	});
});

describe('storage whose endpoint names the bucket already', () => {
	const s3 = { ...KEYS, bucketInEndpoint: true };
	const sandbox = withSandbox(['nca', 'spaces'], { settings: { spaces: KEYS, nca: { s3 } } });

	it('has the bucket twice in its addresses', async () => {
		const { response } = await callsOf(sandbox).upload({ public: true, filename: 'a.png' });

		const { file_url } = response as { file_url: string };
		expect(file_url).toBe(`${sandbox().baseUrl('spaces')}/nca-bucket/nca-bucket/a.png`);
		expect((await fetch(file_url)).status).toBe(200);
	});
});

describe('storage that refuses the keys', () => {
	const s3 = { ...KEYS, secretKey: 'wrong' };
	const sandbox = withSandbox(['nca', 'spaces'], { settings: { spaces: KEYS, nca: { s3 } } });

	it('fails the task in the words of S3', async () => {
		const { code, message } = await callsOf(sandbox).upload();

		expect(code).toBe(500);
		expect(message).toMatch(/^An error occurred \(SignatureDoesNotMatch\) when calling the PutObject operation: /);
	});
});

describe('jobs', () => {
	const sandbox = withSandbox(['nca', 'spaces'], { settings: { spaces: KEYS, nca: { s3: KEYS } } });
	const { post, slow, status, stateOf, untilDone } = callsOf(sandbox);

	it('wait in the queue of the worker that took them', async () => {
		const first = await slow();
		const second = await slow();
		const third = await slow();

		expect(first.queue_id).not.toBe(second.queue_id);
		expect(third.queue_id).toBe(first.queue_id);
		expect(String(first.queue_id)).toMatch(/^\d{15}$/);
		expect(await Promise.all([first, second, third].map(async (job) => await stateOf(job.job_id)))).toEqual([
			'running',
			'running',
			'queued',
		]);
		expect(sandbox().report().services.nca?.own).toEqual({ waiting: 1 });
	});

	it('are lost when the toolkit restarts, with new queues afterwards', async () => {
		const before = await slow();
		await sandbox().restart('nca');
		const after = await slow();

		expect(await stateOf(before.job_id)).toBe('running');
		expect([before.queue_id, before.pid]).not.toEqual([after.queue_id, after.pid]);
	});

	it('are unknown after a reset', async () => {
		const { job_id } = await slow();
		await sandbox().reset();

		expect((await status(job_id)).code).toBe(404);
	});

	it('are acknowledged and then unknown by the fault forgetJob', async () => {
		sandbox().setFaults({ services: { nca: { routes: { 'POST /v1/video/thumbnail': { script: ['forgetJob'] } } } } });

		const forgotten = await slow();

		expect(forgotten).toMatchObject({ code: 202, message: 'processing' });
		expect((await status(forgotten.job_id)).code).toBe(404);
	});

	it('run for ever by the fault loseJob, without blocking the queue', async () => {
		sandbox().setFaults({ services: { nca: { routes: { job: { script: ['loseJob'] } } } } });
		const body = { video_url: `${media.url}/clip_b.mp4`, webhook_url: '' };

		const jobs = [await post('/v1/video/thumbnail', body), await post('/v1/video/thumbnail', body)];
		const third = await post('/v1/video/thumbnail', body);
		await untilDone(third.job_id);

		expect(await stateOf(jobs[0].job_id)).toBe('running');
	});

	it('fail by the fault failJob, and say so in the webhook', async () => {
		sandbox().setFaults({ services: { nca: { routes: { job: { script: ['failJob'] } } } } });
		const webhook_url = `${receiver.url}/hook/fails`;

		await post('/v1/video/thumbnail', { video_url: `${media.url}/clip_b.mp4`, webhook_url });

		const [call] = await receiver.got(1);
		expect(call.body).toMatchObject({
			code: 500,
			response: null,
			message: 'FFmpeg command failed: Conversion failed!',
		});
	});
});

describe('the bulk status', () => {
	const clock = new VirtualClock();
	const sandbox = withSandbox(['nca'], { clock, settings: { nca: { s3: KEYS } } });

	it('tells the jobs of the window only', async () => {
		const { post } = callsOf(sandbox);
		const failed = await post('/v1/video/trim', { video_url: 'nowhere' });
		await clock.advance(700_000);

		const states = async (since?: object) => (await post('/v1/toolkit/jobs/status', since ?? {})).response as object;

		expect(Object.keys(await states())).not.toContain(failed.job_id);
		expect(await states({ since_seconds: 800 })).toMatchObject({ [failed.job_id]: 'done' });
	});
});

describe('routes', () => {
	const sandbox = withSandbox(['nca', 'spaces'], { settings: { spaces: KEYS, nca: { s3: KEYS } } });
	const { post } = callsOf(sandbox);

	it.each([
		'/v1/media/transcribe',
		'/v1/media/generate/ass',
		'/v1/image/screenshot/webpage',
		'/v1/code/execute/python',
	])('%s is not loaded', async (path) => {
		const { baseUrl, apiKey } = sandbox().credentials('nca');

		const response = await fetch(`${baseUrl}${path}`, { method: 'POST', headers: { 'x-api-key': apiKey } });

		expect(response.status).toBe(404);
		expect(await response.text()).toContain('<h1>Not Found</h1>');
	});

	it('cut takes spans out', async () => {
		const cuts = [
			{ start: '00:00:01', end: '00:00:02' },
			{ start: '00:00:03.5', end: '00:00:09' },
		];

		const { response } = await post('/v1/video/cut', { video_url: `${media.url}/clip_b.mp4`, cuts });

		expect((await probe(String(response))).durationS).toBeCloseTo(2.5, 0);
	});

	it('silence finds pauses', async () => {
		const pause = "volume='if(between(t,1,2),0,1)':eval=frame";
		await folder.make('pause.mp3', ['-f', 'lavfi', '-i', `sine=f=440:d=3,${pause}`]);

		const { response } = await post('/v1/media/silence', { media_url: `${media.url}/pause.mp3`, duration: 0.5 });

		expect(response).toEqual([
			{
				start: expect.stringMatching(/^00:00:0[01]\.\d{3}$/),
				end: expect.stringMatching(/^00:00:0[12]\.\d{3}$/),
				duration: expect.any(Number),
			},
		]);
	});

	it('convert words its failures as an object', async () => {
		const { code, message } = await post('/v1/media/convert', { media_url: `${media.url}/subs.srt`, format: 'nope' });

		expect({ code, message }).toMatchObject({ code: 500, message: { error: expect.any(String) } });
	});

	it('caption takes SRT in classic style only', async () => {
		const captions = '1\n00:00:00,000 --> 00:00:01,000\nHi\n';
		const body = { video_url: `${media.url}/clip_a.mp4`, captions, settings: { style: 'karaoke' } };

		expect(await post('/v1/video/caption', body)).toMatchObject({ code: 400, message: { error: expect.any(String) } });
	});
});

describe('the words of a refused payload', () => {
	it.each([
		[{ type: 'object', required: ['a'] }, {}, "'a' is a required property"],
		[{ type: 'object' }, [1], "[1] is not of type 'object'"],
		[{ type: ['string', 'null'] }, true, "True is not of type 'string', 'null'"],
		[{ type: 'string' }, null, "None is not of type 'string'"],
		[{ type: 'integer' }, 1.5, "1.5 is not of type 'integer'"],
		[{ minimum: 0.1 }, 0, '0 is less than the minimum of 0.1'],
		[{ enum: ['a', 'b'] }, "it's", `"it's" is not one of ['a', 'b']`],
		[{ pattern: '^[0-9]+k$' }, '12', "'12' does not match '^[0-9]+k$'"],
		[
			{ additionalProperties: false as const },
			{ a: 1, b: 2 },
			"Additional properties are not allowed ('a', 'b' were unexpected)",
		],
		[{ type: 'array', items: { type: 'object' } }, [{ a: false }, 'x'], "'x' is not of type 'object'"],
		[{ type: 'array', minItems: 1 }, [], '[] is too short'],
		[{ type: 'array' }, { a: [null] }, "{'a': [None]} is not of type 'array'"],
	])('%j with %j', (schema, value, words) => {
		expect(findProblem(value, schema as Parameters<typeof findProblem>[1])).toBe(words);
	});

	it('names the outermost problem first', () => {
		const inner = { type: 'object' as const, required: ['x'] };
		const schema = { type: 'object' as const, required: ['b'], properties: { a: inner } };

		expect(findProblem({ a: {} }, schema)).toBe("'b' is a required property");
		expect(findProblem({ a: { x: 1 }, b: 1 }, schema)).toBeUndefined();
	});
});
