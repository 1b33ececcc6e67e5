import type { IDataObject } from 'n8n-workflow';

import { verifyCallbackQuery } from '../../../engine/callback/token';
import { GoApi } from '../../../nodes/GoApi/GoApi.node';
import * as savedObject from '../../../nodes/shared/savedObject';
import { runNode, type MockExecuteOptions } from '../../support/mockExecuteCtx';
import { startFakeServer, type FakeReply, type FakeServer } from '../shared/fakeServer';
import { failureOfItem } from '../../support/errorItem';

jest.mock('../../../nodes/shared/savedObject', () => ({ findExistingResult: jest.fn() }));

const findExistingResult = jest.mocked(savedObject.findExistingResult);
const HASH = 'd'.repeat(64);
const JOB = { jobKey: 'v1.music', attempt: 2, inputHash: HASH, objectKey: 'videos/v1/d/v1_music.flac' };
const SECRET = 'webhook-secret';

let server: FakeServer;

const task = (more: IDataObject = {}): IDataObject => ({
	task_id: 'task-1',
	model: 'Qubico/diffrhythm',
	task_type: 'txt2audio-full',
	status: 'pending',
	config: { webhook_config: { endpoint: 'https://n8n.test/webhook/x?sig=1', secret: SECRET } },
	output: null,
	meta: {},
	error: { code: 0, message: '' },
	...more,
});
const taken = (more: IDataObject = {}): FakeReply => ({ body: { code: 200, data: task(more), message: 'success' } });

async function serve(...replies: FakeReply[]): Promise<void> {
	server = await startFakeServer((_, index) => replies[Math.min(index, replies.length - 1)]);
}

async function run(params: IDataObject, more: MockExecuteOptions & { goApi?: IDataObject } = {}) {
	const credentials = {
		goApiApi: { apiKey: 'key-1', baseUrl: server.baseUrl, webhookSecret: SECRET, ...more.goApi },
		videoEngineCallbackApi: { publicBaseUrl: 'https://n8n.test', currentSecret: 'signing' },
		digitalOceanSpacesApi: {},
	};
	const [output] = await runNode(new GoApi(), { credentials, params, ...more });
	return output;
}

const failureOf = async (params: IDataObject, more: Parameters<typeof run>[1] = {}) =>
	failureOfItem((await run(params, { continueOnFail: true, ...more }))[0]);
const sentBody = (index = 0) => JSON.parse(server.requests[index].body.toString()) as IDataObject;

const MUSIC = { resource: 'music', operation: 'create', prompt: 'calm piano', job: JOB };

beforeEach(() => findExistingResult.mockReset().mockResolvedValue(undefined));
afterEach(async () => await server?.close());

describe('GoAPI: create', () => {
	it('submits music with a signed callback URL and the secret, and shows neither', async () => {
		await serve(taken());

		const [item] = await run(MUSIC);

		const { model, task_type: taskType, input, config } = sentBody();
		expect({ model, taskType, input }).toEqual({
			model: 'Qubico/diffrhythm',
			taskType: 'txt2audio-full',
			input: { style_prompt: 'calm piano', lyrics: 'NoLyrics' },
		});
		const { endpoint, secret } = (config as { webhook_config: { endpoint: string; secret: string } }).webhook_config;
		const query = Object.fromEntries(new URL(endpoint).searchParams);
		expect(secret).toBe(SECRET);
		expect(verifyCallbackQuery('goApi', query, ['signing'], Date.now() / 1000)).toMatchObject({
			ok: true,
			value: { job: 'v1.music', attempt: 2, h: 'd'.repeat(16) },
		});
		expect(server.requests[0].headers['x-api-key']).toBe('key-1');
		expect(item.json).toEqual({
			jobKey: 'v1.music',
			attempt: 2,
			h: 'd'.repeat(16),
			inputHash: HASH,
			videoId: 'v1',
			externalId: 'task-1',
			model: 'Qubico/diffrhythm',
			taskType: 'txt2audio-full',
			taskStatus: 'pending',
			status: 'submitted',
		});
	});

	it('takes what lies in Spaces instead of paying again', async () => {
		await serve(taken());
		findExistingResult.mockResolvedValue({
			url: 'https://cdn.test/m.flac',
			bytes: 9,
			contentType: 'audio/flac',
			metadata: {},
			foundIn: 'spaces',
		});

		const [item] = await run(MUSIC);

		expect(server.requests).toHaveLength(0);
		expect(item.json).toMatchObject({
			service: 'goApi',
			outcome: 'completed',
			outputs: [{ url: 'https://cdn.test/m.flac', kind: 'audio', bytes: 9, persisted: true }],
		});
	});

	it('makes clips, with further members of the input on top', async () => {
		await serve(taken());
		const params = { resource: 'video', operation: 'create', prompt: 'a fox', imageUrl: 'https://x.test/i.jpg' };

		await run({ ...params, additionalInput: '{"mode":"pro","duration":10}' });

		expect(sentBody()).toMatchObject({
			model: 'kling',
			task_type: 'video_generation',
			input: { prompt: 'a fox', aspect_ratio: '16:9', duration: 10, image_url: 'https://x.test/i.jpg', mode: 'pro' },
			config: {},
		});
	});

	it('lets the prompt come in the additional input', async () => {
		await serve(taken());

		await run({ ...MUSIC, prompt: '', additionalInput: { style_prompt: 'loud' } });

		expect(sentBody().input).toEqual({ style_prompt: 'loud', lyrics: 'NoLyrics' });
		await expect(run({ ...MUSIC, prompt: '' })).rejects.toThrow('Prompt is required');
	});

	it.each<[string, IDataObject, IDataObject]>([
		['music-u', {}, { gpt_description_prompt: 'calm piano', lyrics_type: 'instrumental' }],
		[
			'music-u',
			{ instrumental: false, lyrics: 'la' },
			{ gpt_description_prompt: 'calm piano', lyrics_type: 'user', lyrics: 'la' },
		],
		['music-s', {}, { gpt_description_prompt: 'calm piano', make_instrumental: true }],
		['Qubico/ace-step', {}, { style_prompt: 'calm piano', lyrics: '[inst]' }],
		['some/new-model', { instrumental: false, lyrics: 'la' }, { style_prompt: 'calm piano', lyrics: 'la' }],
	])('speaks the words of %s', async (model, params, input) => {
		await serve(taken());

		await run({ ...MUSIC, model, ...params });

		expect(sentBody().input).toEqual(input);
	});

	it('creates a task of any model, with a callback of one’s own', async () => {
		await serve(taken());
		const options = { webhookUrl: 'https://me.test/hook', serviceMode: 'private' };

		await run({
			resource: 'task',
			operation: 'create',
			model: 'new/model',
			taskType: 'x',
			input: '{"a":[1]}',
			options,
		});

		expect(sentBody()).toEqual({
			model: 'new/model',
			task_type: 'x',
			input: { a: [1] },
			config: { service_mode: 'private', webhook_config: { endpoint: 'https://me.test/hook', secret: SECRET } },
		});
	});

	it.each([
		[{ input: '[1]' }, 'Input must be a JSON object'],
		[{ input: '{' }, 'Input is not valid JSON'],
		[{ model: '' }, 'Model is required'],
	])('refuses %j before paying', async (params, message) => {
		await serve(taken());

		await expect(run({ resource: 'task', operation: 'create', model: 'm', taskType: 't', ...params })).rejects.toThrow(
			message,
		);
		expect(server.requests).toHaveLength(0);
	});

	it('refuses to pay for a task whose callback our trigger would refuse', async () => {
		await serve(taken());

		await expect(run(MUSIC, { goApi: { webhookSecret: '' } })).rejects.toThrow('Webhook Secret is required');
		await run({ ...MUSIC, options: { pollOnly: true } }, { goApi: { webhookSecret: '' } });

		expect(sentBody().config).toEqual({});
	});

	it.each<[string, FakeReply, object]>([
		['a lost answer', { hangUp: true }, { class: 'unavailable', began: 'unknown', retryable: true, retryAfterS: 180 }],
		[
			'a 502',
			{ status: 502, body: '<html>' },
			{ class: 'unavailable', began: 'unknown', retryable: true, retryAfterS: 180 },
		],
		[
			'a failed task inside of a 500',
			{
				status: 500,
				body: { code: 500, data: task({ status: 'failed', error: { message: 'no gpu' } }), message: 'failed' },
			},
			{ class: 'provider_failed', message: 'no gpu', began: 'yes', retryable: true },
		],
		[
			'a failed task inside of a 200',
			taken({ status: 'failed', error: { message: 'bad lyrics' } }),
			{ message: 'bad lyrics', began: 'yes' },
		],
		[
			'a refused key inside of a 200',
			{ body: { code: 401, data: null, message: 'invalid api key' } },
			{ class: 'auth', began: 'no', retryable: false },
		],
		[
			'a refused input',
			{ status: 400, body: { code: 400, data: null, message: 'invalid model' } },
			{ class: 'invalid_input', message: 'invalid model', began: 'no' },
		],
		[
			'used up credit',
			{ status: 403, body: { code: 403, data: null, message: 'insufficient credits' } },
			{ class: 'quota', began: 'no', retryable: false },
		],
		[
			'an answer without a task',
			{ body: { code: 200, data: {}, message: 'success' } },
			{ class: 'unknown', began: 'unknown' },
		],
	])('asks only once after %s', async (_, reply, expected) => {
		await serve(reply);

		expect(await failureOf(MUSIC)).toMatchObject(expected);
		expect(server.requests).toHaveLength(1);
	});

	it('waits longer for the callback of a clip than for that of music', async () => {
		await serve({ hangUp: true });

		expect(await failureOf({ resource: 'video', operation: 'create', prompt: 'x' })).toMatchObject({
			retryAfterS: 600,
		});
	});

	it('tries again where nothing began', async () => {
		await serve({ status: 429, headers: { 'retry-after': '0' }, body: { code: 429, message: 'slow down' } }, taken());

		const [item] = await run(MUSIC);

		expect(item.json.externalId).toBe('task-1');
		expect(server.requests).toHaveLength(2);
	});
});

describe('GoAPI: task', () => {
	const GET = { resource: 'task', operation: 'get', taskId: 'task-1' };
	const done = { status: 'completed', output: { audio_url: 'https://x.test/a.flac' } };

	it('shows a task without the echoed secret', async () => {
		await serve(taken(done));

		const [item] = await run(GET);

		expect(server.requests[0]).toMatchObject({ method: 'GET', path: '/api/v1/task/task-1' });
		expect(item.json).toMatchObject({
			outcome: 'completed',
			outputs: [{ url: 'https://x.test/a.flac', kind: 'audio' }],
		});
		expect(JSON.stringify(item.json)).not.toContain(SECRET);
	});

	it('gives the news of a callback when it is asked for a job', async () => {
		await serve(taken(done));

		const [item] = await run({ ...GET, job: JOB });

		expect(item.json).toMatchObject({
			service: 'goApi',
			jobKey: 'v1.music',
			attempt: 2,
			h: 'd'.repeat(16),
			externalId: 'task-1',
			outcome: 'completed',
		});
	});

	it('tells a job that its task is lost', async () => {
		await serve({ status: 404, body: { code: 404, data: null, message: 'task not found' } });

		const [item] = await run({ ...GET, job: JOB });

		expect(item.json).toMatchObject({
			outcome: 'failed',
			error: { class: 'lost', message: 'task not found', began: 'unknown', retryable: true },
		});
		expect(await failureOf(GET)).toMatchObject({ class: 'lost' });
	});

	it('does not take a service that is down for a lost task', async () => {
		await serve({ body: { code: 500, data: null, message: 'try later' } });

		expect(await failureOf({ ...GET, job: JOB })).toMatchObject({ class: 'unavailable', retryable: true });
	});

	it('cancels a task', async () => {
		await serve(taken({ status: 'cancelled' }));

		const [item] = await run({ resource: 'task', operation: 'cancel', taskId: 'task-1' });

		expect(server.requests[0].method).toBe('DELETE');
		expect(item.json).toMatchObject({ task_id: 'task-1', outcome: 'failed' });
	});

	it.each([0, 1, 3])('works for %i items', async (count) => {
		await serve(taken(done));
		const items = Array.from({ length: count }, () => ({ json: {} }));

		const output = await run(GET, { items });

		expect(output.map((item) => item.pairedItem)).toEqual(items.map((_, item) => ({ item })));
	});
});
