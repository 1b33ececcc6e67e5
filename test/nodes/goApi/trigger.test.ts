/** @reads test/fixtures/goapi/ */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { signCallbackUrl, type CallbackTokenClaims } from '../../../engine/callback/token';
import { GoApiTrigger } from '../../../nodes/GoApi/GoApiTrigger.node';
import { mockWebhookCtx, type MockWebhookOptions } from '../../support/mockWebhookCtx';

const FIXTURES = join(__dirname, '../../fixtures/goapi');
const fixture = (name: string) => readFileSync(join(FIXTURES, name));
const KLING = fixture('kling_completed_10s.json');
const SECRET = 'webhook-secret';
const TOKEN_SECRET = 'token-secret';
const CLAIMS: CallbackTokenClaims = {
	service: 'goApi',
	job: 'v1.background.002',
	attempt: 2,
	h: '0123456789abcdef',
	exp: Math.floor(Date.now() / 1000) + 3600,
};

function queryOf(claims: Partial<CallbackTokenClaims> = {}, secret = TOKEN_SECRET): Record<string, string> {
	const url = signCallbackUrl('https://n8n.test/webhook/video-engine/goapi', { ...CLAIMS, ...claims }, secret);
	return Object.fromEntries(new URL(url).searchParams);
}

const GOAPI = { apiKey: 'k', webhookSecret: SECRET, previousWebhookSecret: '', verifyWebhooks: true, allowedIps: '' };
const CALLBACK = { publicBaseUrl: 'https://n8n.test', currentSecret: TOKEN_SECRET, previousSecret: '' };

async function receive(options: MockWebhookOptions & { goApi?: object; callback?: object } = {}) {
	const trigger = new GoApiTrigger();
	const { goApi, callback, ...rest } = options;
	const mock = mockWebhookCtx(trigger, {
		rawBody: KLING,
		headers: { 'x-webhook-secret': SECRET },
		query: queryOf(),
		credentials: { goApiApi: { ...GOAPI, ...goApi }, videoEngineCallbackApi: { ...CALLBACK, ...callback } },
		...rest,
	});
	const result = await trigger.webhook.call(mock.ctx);
	return { ...mock, result, items: result.workflowData?.[0] ?? [] };
}

describe('GoAPI Trigger', () => {
	it('gives one completed event for a recorded clip', async () => {
		const { items, response, steps } = await receive();

		expect(items).toHaveLength(1);
		expect(items[0].json).toMatchObject({
			service: 'goApi',
			jobKey: 'v1.background.002',
			attempt: 2,
			h: '0123456789abcdef',
			externalId: 'deb30f37-f510-4bc0-ac58-fccb2c4c23b3',
			outcome: 'completed',
			outputs: [{ url: 'https://storage.example.test/videos/281000873528774.mp4', kind: 'video', durationS: 10.433 }],
			usage: { amount: 5200000, unit: 'point' },
		});
		expect(response.status).toBeUndefined();
		expect(steps[0]).toBe('readRawBody');
	});

	it('gives the same event for a delivery that comes twice', async () => {
		const first = await receive({ rawBody: fixture('kling_duplicate_delivery_1.json') });
		const second = await receive({ rawBody: fixture('kling_duplicate_delivery_2.json') });

		const { receivedAt: _first, ...one } = first.items[0].json;
		const { receivedAt: _second, ...two } = second.items[0].json;
		expect(two).toEqual(one);
	});

	it('gives a progress event while the task goes on (shape from the documentation)', async () => {
		const rawBody = JSON.stringify({
			timestamp: 1,
			data: { task_id: 't', status: 'Processing', output: null, meta: {} },
		});

		const { items } = await receive({ rawBody });

		expect(items[0].json).toMatchObject({ outcome: 'progress', outputs: [] });
	});

	it('gives a failed event in the provider’s words (shape from the documentation)', async () => {
		const data = {
			task_id: 't',
			status: 'failed',
			output: null,
			error: { code: 10000, message: 'nsfw content', raw_message: '' },
		};

		const { items } = await receive({ rawBody: JSON.stringify({ timestamp: 1, data }) });

		expect(items[0].json).toMatchObject({
			outcome: 'failed',
			error: { class: 'provider_failed', message: 'nsfw content', began: 'yes' },
		});
	});

	it('keeps the echoed secret and the callback URL out of the event', async () => {
		const body = JSON.parse(KLING.toString()) as { data: { config: { webhook_config: { secret: string } } } };
		body.data.config.webhook_config.secret = SECRET;

		const { items } = await receive({ rawBody: JSON.stringify(body) });

		expect(JSON.stringify(items[0].json)).not.toMatch(/webhook-secret|webhooks\/goapi/);
	});

	it('takes the former secrets while both are set', async () => {
		const rotated = { webhookSecret: 'new', previousWebhookSecret: SECRET };

		const { items } = await receive({
			goApi: rotated,
			callback: { currentSecret: 'new', previousSecret: TOKEN_SECRET },
		});

		expect(items).toHaveLength(1);
	});

	const altered = { ...queryOf(), attempt: '3' };
	it.each<[string, Parameters<typeof receive>[0], number, string]>([
		['no secret header', { headers: {} }, 401, 'secret_missing'],
		['a forged secret', { headers: { 'x-webhook-secret': 'guess' } }, 401, 'secret_forged'],
		['a secret of the same length', { headers: { 'x-webhook-secret': 'webhook-secreT' } }, 401, 'secret_forged'],
		['no token', { query: {} }, 401, 'token_missing'],
		['a token of another key', { query: queryOf({}, 'other') }, 401, 'token_forged'],
		['a token of another attempt', { query: altered }, 401, 'token_forged'],
		['a token of another service', { query: queryOf({ service: 'nca' }) }, 401, 'token_forged'],
		['a token of another job', { query: { ...queryOf(), job: 'v1.background.003' } }, 401, 'token_forged'],
		['an expired token', { query: queryOf({ exp: 1 }) }, 401, 'token_expired'],
		['a doubled query', { query: { ...queryOf(), sig: ['a', 'b'] } }, 401, 'token_malformed'],
		['a body that is not JSON', { rawBody: 'hello' }, 400, 'body_not_json'],
		['a body that is no text', { rawBody: Buffer.from([0xff, 0xfe, 0x00]) }, 400, 'body_not_json'],
		['a body without a task', { rawBody: '{"data":{}}' }, 400, 'task_unreadable'],
		['a body that can’t be read', { rawBody: undefined }, 400, 'body_unreadable'],
		['a client that goes away', { readFails: true }, 400, 'body_unreadable'],
		['a huge body', { rawBody: Buffer.alloc(9 * 1024 * 1024, 0x20) }, 413, 'body_too_large'],
		[
			'an address that is not on the list',
			{ goApi: { allowedIps: '10.0.0.0/8' }, ip: '192.0.2.1' },
			401,
			'address_refused',
		],
	])('refuses %s', async (_, options, status, code) => {
		const { response, result, items } = await receive(options);

		expect(response).toMatchObject({ status, ended: true, body: { error: { code } } });
		expect(result.noWebhookResponse).toBe(true);
		expect(items.map((item) => item.json)).toEqual([
			{ verdict: 'rejected', service: 'goApi', count: 1, reasons: { [code]: 1 } },
		]);
	});

	it('refuses a declared length above the limit before reading', async () => {
		const { response, steps } = await receive({ headers: { 'content-length': String(9 * 1024 * 1024) } });

		expect(response.status).toBe(413);
		expect(steps).toEqual([]);
	});

	it.each<[string, Parameters<typeof receive>[0]]>([
		['the service’s secret', { goApi: { webhookSecret: '' } }],
		['the signing secret', { callback: { currentSecret: '' } }],
	])('fails closed and warns when %s is not set', async (_, options) => {
		const { response, lines } = await receive(options);

		expect(response.status).toBe(401);
		expect(lines.some((line) => line.level === 'warn')).toBe(true);
	});

	it('fails closed when a credential is missing', async () => {
		const { response } = await receive({ credentials: {} });

		expect(response.status).toBe(401);
	});

	it('takes unsigned calls once a person has switched the check off', async () => {
		const { sig: _sig, ...query } = queryOf();

		const { items } = await receive({ goApi: { verifyWebhooks: false }, headers: {}, query });

		expect(items[0].json).toMatchObject({ outcome: 'completed', jobKey: 'v1.background.002' });
	});

	it('starts one execution for many refused calls in a row', async () => {
		const results = [];
		for (let call = 0; call < 4; call++) results.push(await receive({ query: {}, workflowId: 'flood' }));

		expect(results.map((result) => result.response.status)).toEqual([401, 401, 401, 401]);
		expect(results.map((result) => result.items.length)).toEqual([1, 0, 0, 0]);
	});

	it('has nothing to register', async () => {
		const { default: lifecycle } = new GoApiTrigger().webhookMethods;
		const ctx = { logger: { debug: () => undefined } } as never;

		expect([
			await lifecycle.checkExists.call(ctx),
			await lifecycle.create.call(ctx),
			await lifecycle.delete.call(ctx),
		]).toEqual([true, true, true]);
	});
});
