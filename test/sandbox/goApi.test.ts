/** @reads test/fixtures/goapi/ */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Sandbox, VirtualClock, startSandbox } from '../../sandbox';
import { findMediaBinaries } from '../../sandbox/media/binaries';
import { probeMedia } from '../../sandbox/media/probe';
import { withSandbox } from '../support/sandbox';
import { shapeOf } from './shape';
import { WebhookReceiver } from './webhookReceiver';

interface Task {
	task_id: string;
	status: string;
	output: Record<string, unknown> | null;
	error: { code: number; message: string };
	meta: Record<string, unknown>;
}
interface Envelope {
	code: number;
	data: Task;
	message: string;
}

const FIXTURES = join(__dirname, '..', 'fixtures', 'goapi');
const QUICK = { goApi: { pendingMs: 20, processingMs: 20 } };
const MUSIC = { model: 'Qubico/diffrhythm', task_type: 'txt2audio-base', input: { style_prompt: 'calm piano' } };
const CLIP = { model: 'kling', task_type: 'video_generation', input: { prompt: 'a quiet harbour', duration: 5 } };

function fixture(name: string): { timestamp: number; data: Record<string, unknown> } {
	return JSON.parse(readFileSync(join(FIXTURES, name), 'utf8')) as { timestamp: number; data: Record<string, unknown> };
}

async function call(sandbox: Sandbox, method: string, path: string, body?: unknown, key?: string) {
	const { baseUrl, apiKey } = sandbox.credentials('goApi');
	const response = await fetch(`${baseUrl}${path}`, {
		method,
		headers: { 'x-api-key': key ?? apiKey, 'content-type': 'application/json' },
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	});
	return { status: response.status, body: (await response.json()) as Envelope };
}

async function create(sandbox: Sandbox, task: object, webhook?: { endpoint: string; secret?: string }) {
	const config = webhook ? { config: { webhook_config: webhook } } : {};
	return await call(sandbox, 'POST', '/api/v1/task', { ...task, ...config });
}

let receiver: WebhookReceiver;
let endpoint: string;
let dir: string;

beforeAll(async () => {
	dir = await mkdtemp(join(tmpdir(), 'goapi-test-'));
});
afterAll(async () => await rm(dir, { recursive: true, force: true }));
beforeEach(async () => {
	receiver = new WebhookReceiver();
	endpoint = await receiver.open();
});
afterEach(async () => await receiver.close());

describe('GoAPI stand-in', () => {
	const sandboxOf = withSandbox(['goApi'], { settings: QUICK });

	it.each([
		['kling_completed_10s.json', 'video', 10.433],
		['diffrhythm_completed.json', 'audio', 80],
	])(
		'sends webhooks in the recorded shape of %s, with real %s behind the URL',
		async (name, kind, durationS) => {
			const recorded = fixture(name);
			const { model, task_type, input } = recorded.data;

			await create(
				sandboxOf(),
				{ model, task_type, input, config: { service_mode: 'public' } },
				{ endpoint, secret: '' },
			);
			const [webhook] = await receiver.wait(1);

			const body = JSON.parse(webhook.body) as { timestamp: number; data: Task };
			expect(shapeOf(body)).toEqual(shapeOf(recorded));
			expect(body.data).toMatchObject({ status: 'completed', input, error: { code: 0 } });
			expect(webhook.headers['x-webhook-secret']).toBeUndefined();
			const output = body.data.output as { audio_url?: string; video_url?: string };
			const response = await fetch(output.audio_url ?? (output.video_url as string));
			const file = join(dir, kind);
			await writeFile(file, Buffer.from(await response.arrayBuffer()));
			const probe = await probeMedia(findMediaBinaries().ffprobePath, file);
			expect(probe.durationS).toBeCloseTo(durationS, 1);
			expect(probe[kind as 'audio' | 'video']).toBeDefined();
			expect(probe.streams).toHaveLength(1);
			if (kind === 'video')
				expect(probe.video).toMatchObject({ width: 1280, height: 720, codec_name: 'h264', pix_fmt: 'yuv420p' });
			else expect(probe.audio).toMatchObject({ codec_name: 'flac' });
		},
		120_000,
	);

	it('takes a task through its states and charges it at the end', async () => {
		const created = await create(sandboxOf(), CLIP, { endpoint, secret: 's3cret' });
		const [webhook] = await receiver.wait(1);
		const got = await call(sandboxOf(), 'GET', `/api/v1/task/${created.body.data.task_id}`);

		expect(created).toMatchObject({ status: 200, body: { code: 200, message: 'success' } });
		expect(created.body.data).toMatchObject({
			status: 'pending',
			output: null,
			error: { code: 0, message: '' },
			meta: {
				started_at: '0001-01-01T00:00:00Z',
				ended_at: '0001-01-01T00:00:00Z',
				usage: { type: 'point', frozen: 2_600_000, consume: 0 },
			},
		});
		expect(got.body.data).toMatchObject({ status: 'completed', meta: { usage: { consume: 2_600_000 } } });
		expect(webhook.headers['x-webhook-secret']).toBe('s3cret');
		expect(JSON.parse(webhook.body)).toMatchObject({
			data: { config: { webhook_config: { endpoint, secret: 's3cret' } } },
		});
		expect(sandboxOf().report().paidCalls).toHaveLength(1);
		expect(sandboxOf().report().submits).toHaveLength(1);
	}, 30_000);

	it('gives an equal clip for an equal prompt at once, under a URL of its own', async () => {
		await create(sandboxOf(), CLIP, { endpoint });
		await receiver.wait(1);
		await create(sandboxOf(), CLIP, { endpoint });
		const all = await receiver.wait(2);

		const urls = all.map(({ body }) => (JSON.parse(body) as { data: Task }).data.output?.video_url as string);
		expect(urls[0]).not.toBe(urls[1]);
		const [first, second] = await Promise.all(urls.map(async (url) => await (await fetch(url)).arrayBuffer()));
		expect(Buffer.from(first).equals(Buffer.from(second))).toBe(true);
	}, 30_000);

	it.each([
		[
			'Qubico/ace-step',
			'txt2audio',
			{ style_prompt: 'x', duration: 5 },
			(o: never) => (o as { audio_url: string }).audio_url,
		],
		[
			'music-u',
			'generate_music',
			{ gpt_description_prompt: 'x', lyrics_type: 'instrumental' },
			(o: never) => (o as { songs: Array<{ song_path: string }> }).songs[0].song_path,
		],
		[
			'music-s',
			'generate_music',
			{ prompt: 'x' },
			(o: never) => Object.values((o as { clips: Record<string, { audio_url: string }> }).clips)[0].audio_url,
		],
	])(
		'gives the output of %s in its documented shape',
		async (model, task_type, input, urlOf) => {
			await create(sandboxOf(), { model, task_type, input }, { endpoint });
			const [webhook] = await receiver.wait(1);

			const { output } = (JSON.parse(webhook.body) as { data: Task }).data;
			const response = await fetch(urlOf(output as never), { headers: { range: 'bytes=0-9' } });
			expect(response.status).toBe(206);
			expect(response.headers.get('content-type')).toBe('audio/mpeg');
			expect((await response.arrayBuffer()).byteLength).toBe(10);
		},
		120_000,
	);

	it.each([
		['an unknown model', { ...MUSIC, model: 'nobody/nothing' }, 'invalid request: invalid model'],
		['an unknown task type', { ...MUSIC, task_type: 'txt2opera' }, 'invalid request: invalid task_type'],
		['missing input', { ...MUSIC, input: {} }, 'required'],
		['an impossible duration', { ...CLIP, input: { prompt: 'x', duration: 7 } }, 'duration'],
		['a prompt that is missing', { ...CLIP, input: {} }, 'required'],
		['a body that is no object', [1], 'body'],
	])('refuses %s with 400, unpaid', async (_name, task, message) => {
		const answer = await call(sandboxOf(), 'POST', '/api/v1/task', task);

		expect(answer).toMatchObject({ status: 400, body: { code: 400, data: null } });
		expect(answer.body.message).toContain(message);
		expect(sandboxOf().report().paidCalls).toEqual([]);
	});

	it('knows nobody without the key, and no other tasks', async () => {
		const zeros = '/api/v1/task/00000000-0000-0000-0000-000000000000';

		expect(await call(sandboxOf(), 'GET', zeros, undefined, 'wrong')).toMatchObject({
			status: 401,
			body: { code: 401 },
		});
		expect(await call(sandboxOf(), 'GET', zeros)).toMatchObject({ status: 404, body: { code: 404 } });
		expect(await call(sandboxOf(), 'PUT', '/api/v2')).toMatchObject({ status: 404 });
	});

	it.each([
		['by a fault', MUSIC, { services: { goApi: { failTask: 1 } } }],
		['by its prompt', { ...MUSIC, input: { style_prompt: 'noise [[fail]]' } }, {}],
	])('lets a task fail %s, in words, without a charge', async (_name, task, faults) => {
		sandboxOf().setFaults(faults);

		await create(sandboxOf(), task, { endpoint });
		const [webhook] = await receiver.wait(1);

		const { data } = JSON.parse(webhook.body) as { data: Task };
		expect(data).toMatchObject({ status: 'failed', output: null, error: { code: 10000 } });
		expect(data.error.message).toContain('generation service');
		expect(sandboxOf().report().paidCalls).toEqual([]);
	});

	it('says 200 and means 500, or 500 with a failed task, when a fault asks for it', async () => {
		sandboxOf().setFaults({ services: { goApi: { script: ['codeNot200', 'failedCreate'] } } });

		const first = await create(sandboxOf(), MUSIC);
		const second = await create(sandboxOf(), MUSIC);

		expect(first).toMatchObject({ status: 200, body: { code: 500, data: null } });
		expect(second).toMatchObject({
			status: 500,
			body: { code: 500, data: { status: 'failed', error: { code: 10000 } } },
		});
		expect(sandboxOf().report().paidCalls).toEqual([]);
	});

	it('forgets a task that was paid for', async () => {
		sandboxOf().setFaults({ services: { goApi: { script: ['forgetTask'] } } });

		const { body } = await create(sandboxOf(), MUSIC, { endpoint });
		const got = await call(sandboxOf(), 'GET', `/api/v1/task/${body.data.task_id}`);

		expect(got.status).toBe(404);
		expect(sandboxOf().report().paidCalls).toHaveLength(1);
	});
});

describe('GoAPI stand-in over time', () => {
	let clock: VirtualClock;
	let sandbox: Sandbox;

	async function start(goApi: Record<string, unknown> = {}): Promise<void> {
		clock = new VirtualClock();
		sandbox = await startSandbox({ services: ['goApi'], clock, settings: { goApi } });
	}
	afterEach(async () => await sandbox.stop());

	/** Lets virtual time pass, step by step, until the webhooks are there: rendering takes real time. */
	async function pass(ms: number, count: number): Promise<void> {
		await clock.advance(ms);
		await receiver.wait(count);
	}
	const failing = { ...MUSIC, input: { style_prompt: '[[fail]]' } };

	it('delivers the same bytes up to three times, 5 s apart, until a 2xx', async () => {
		await start({ pendingMs: 1_000, processingMs: 1_000 });
		receiver.statuses = [500, 503, 500, 500];

		await create(sandbox, failing, { endpoint });
		await pass(2_000, 1);
		for (const count of [2, 3]) {
			while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
			await clock.advance(4_999);
			expect(receiver.received).toHaveLength(count - 1);
			await pass(1, count);
		}
		await clock.advance(60_000);

		const bodies = receiver.received.map(({ body }) => body);
		expect(bodies).toHaveLength(3);
		expect(new Set(bodies).size).toBe(1);
	});

	it('tells that a task works when it is set to, with capital letters when set so', async () => {
		await start({ pendingMs: 1_000, processingMs: 1_000, nonTerminalWebhooks: true, statusCase: 'capitalised' });

		await create(sandbox, failing, { endpoint });
		await pass(1_000, 1);
		while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
		await pass(1_000, 2);

		const statuses = receiver.received.map(({ body }) => (JSON.parse(body) as { data: Task }).data.status);
		expect(statuses).toEqual(['Processing', 'Failed']);
	});

	it('cancels a task only while it is pending', async () => {
		await start({ pendingMs: 1_000, processingMs: 1_000 });
		const first = (await create(sandbox, MUSIC)).body.data.task_id;
		const second = (await create(sandbox, failing)).body.data.task_id;

		const cancelled = await call(sandbox, 'DELETE', `/api/v1/task/${first}`);
		await clock.advance(1_500);
		const tooLate = await call(sandbox, 'DELETE', `/api/v1/task/${second}`);

		expect(cancelled.body).toMatchObject({ code: 200, data: { status: 'cancelled' } });
		expect(tooLate).toMatchObject({ status: 400, body: { code: 400 } });
		expect((await call(sandbox, 'DELETE', '/api/v1/task/none')).status).toBe(404);
		expect(sandbox.report().paidCalls).toHaveLength(1);
	});

	it('lets outputs end after their time', async () => {
		await start({ pendingMs: 0, processingMs: 0, outputTtlMs: 60_000 });
		await create(
			sandbox,
			{ model: 'Qubico/ace-step', task_type: 'txt2audio', input: { style_prompt: 'x', duration: 5 } },
			{ endpoint },
		);
		await clock.advance(10);
		const [webhook] = await receiver.wait(1);
		const url = (JSON.parse(webhook.body) as { data: Task }).data.output?.audio_url as string;

		const before = await fetch(url, { method: 'HEAD' });
		const beyond = await fetch(url, { headers: { range: 'bytes=99999999-' } });
		await clock.advance(60_000);
		const after = await fetch(url);

		expect(before.status).toBe(200);
		expect(beyond.status).toBe(416);
		expect(after.status).toBe(404);
	}, 20_000);

	it('refuses a setting that it does not know', async () => {
		await start();
		await expect(startSandbox({ services: ['goApi'], settings: { goApi: { pendngMs: 1 } } })).rejects.toThrow(
			'pendngMs',
		);
	});
});
