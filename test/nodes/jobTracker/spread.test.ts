import type { IHttpRequestOptions } from 'n8n-workflow';

import { signAdvance } from '../../../engine/callback/advance';
import { CLOCK } from '../../../nodes/JobTracker/connection';
import { JobTrackerTrigger } from '../../../nodes/JobTracker/JobTrackerTrigger.node';
import { readRedisSettings } from '../../../tracker/redis/settings';
import { redisOf } from '../../../tracker/tracker';
import { mockWebhookCtx } from '../../support/mockWebhookCtx';
import { describeWith, RedisServer } from '../../support/redisServer';
import { type NodeBench, openNodeBench } from './support';

const SECRET = 'a-secret-of-thirty-two-characters';
const CALLBACK = { publicBaseUrl: 'https://n8n.example.com/', currentSecret: SECRET };
const TEXTS = ['One.', 'Two.', 'Three.'];

describeWith('redis-server')('steps of a video in queue mode', () => {
	let server: RedisServer;
	let bench: NodeBench;

	beforeAll(async () => {
		server = await RedisServer.start();
		bench = await openNodeBench();
		await bench.run('schema.setUp');
	});

	afterAll(async () => {
		const settings = readRedisSettings({ url: server.url });
		const endpointUrl = String(bench.credential.endpointUrl).replace(/\/+$/, '');
		const connection = { baseId: String(bench.credential.baseId), endpointUrl };
		if (settings.ok) await redisOf(connection, settings.value, CLOCK).close();
		await bench.close();
		await server.stop();
	});

	function credentials(redis: Record<string, string> = {}) {
		return {
			airtableTrackerApi: { ...bench.credential, lock: 'redis' },
			videoEngineRedisApi: { url: server.url, ...redis },
			videoEngineCallbackApi: CALLBACK,
		};
	}

	async function createVideo(): Promise<string> {
		const segments = TEXTS.map((text, index) => ({ text, startS: index * 10, endS: index * 10 + 10 }));
		const params = { script: TEXTS.join(' '), title: 'A title', segments, settings: { background: 'generated' } };
		const [created] = await bench.run('video.create', params, { credentials: credentials() });
		return String(created.json.video_id);
	}

	/** Claims, and gives the addresses that were called for the rest. */
	async function claim(videoId: string, answer: () => Promise<unknown> = async () => ({}), redis = {}) {
		const called: string[] = [];
		const httpRequest = async (options: IHttpRequestOptions) => {
			called.push(options.url);
			await answer();
			return { statusCode: 200, headers: {}, body: {} };
		};
		const items = await bench.run(
			'video.claimReadySteps',
			{ videoId },
			{ credentials: credentials(redis), httpRequest },
		);
		return { steps: items.map(({ json }) => String(json.jobKey)), called };
	}

	it('are claimed one here, and the others left to whoever has room', async () => {
		const videoId = await createVideo();
		const { steps, called } = await claim(videoId);
		expect(steps).toEqual([`${videoId}.music`]);
		expect(called).toHaveLength(6);
		expect(called[0]).toMatch(/^https:\/\/n8n\.example\.com\/webhook\/video-engine\/internal\/advance\?video=vid_/);
		const again = await bench.run('video.claimReadySteps', { videoId, stepsMax: 2 }, { credentials: credentials() });
		expect(again).toHaveLength(2);
	});

	it('go to the internal address where there is one', async () => {
		const { called } = await claim(await createVideo(), undefined, { internalBaseUrl: 'http://webhook:5678' });
		expect(new URL(called[0]).host).toBe('webhook:5678');
	});

	it('are all claimed here when nobody else can be asked', async () => {
		const videoId = await createVideo();
		const { steps } = await claim(videoId, async () => await Promise.reject(new Error('connect ECONNREFUSED')));
		expect(steps).toHaveLength(7);
	});

	it('are all claimed here where the node does not know how to ask', async () => {
		const videoId = await createVideo();
		const { videoEngineCallbackApi: _without, ...two } = credentials();
		expect(await bench.run('video.claimReadySteps', { videoId }, { credentials: two })).toHaveLength(7);
		const other = await createVideo();
		const empty = { ...two, videoEngineCallbackApi: { publicBaseUrl: '', currentSecret: '' } };
		expect(await bench.run('video.claimReadySteps', { videoId: other }, { credentials: empty })).toHaveLength(7);
	});
});

describe('the Job Tracker Trigger', () => {
	const nowS = () => Math.floor(Date.now() / 1000);
	const queryOf = (secret: string) =>
		Object.fromEntries(new URLSearchParams(signAdvance({ videoId: 'vid_1', limit: 2 }, secret, nowS())));

	async function call(query: Record<string, string>, callback?: Record<string, string>) {
		const credentials: Record<string, Record<string, string>> = callback === undefined
			? {}
			: { videoEngineCallbackApi: callback };
		const trigger = new JobTrackerTrigger();
		const mock = mockWebhookCtx(trigger, { query, credentials });
		return { result: await trigger.webhook.call(mock.ctx), mock };
	}

	it('starts with the video and how much of it to take', async () => {
		const { result } = await call(queryOf(SECRET), CALLBACK);
		expect(result.workflowData).toEqual([[{ json: { videoId: 'vid_1', limit: 2 } }]]);
	});

	it.each([
		['of another installation', queryOf('another'), CALLBACK],
		['without a token', {}, CALLBACK],
		['where no secret is known', queryOf(SECRET), undefined],
	])('starts nothing for a call %s', async (_name, query, callback) => {
		const { result, mock } = await call(query, callback);
		expect(result).toEqual({ noWebhookResponse: true });
		expect(mock.response.status).toBe(401);
	});

	it('registers nothing with anybody', async () => {
		const trigger = new JobTrackerTrigger();
		const hooks = trigger.webhookMethods.default;
		const context = { logger: { debug: () => undefined } };
		for (const hook of [hooks.checkExists, hooks.create, hooks.delete]) {
			expect(await hook.call(context as never)).toBe(true);
		}
	});
});
