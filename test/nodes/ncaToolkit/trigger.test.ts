import { CALLBACK_TOKEN_LIFETIME_S } from '../../../engine/callback/constants';
import { signCallbackUrl, type CallbackTokenClaims } from '../../../engine/callback/token';
import { NcaToolkitTrigger } from '../../../nodes/NcaToolkit/NcaToolkitTrigger.node';
import { mockWebhookCtx, type MockWebhookOptions } from '../../support/mockWebhookCtx';
import { recorded, recordedWebhook } from './fakeToolkit';

const SECRET = 'the current secret';
const PREVIOUS = 'the previous secret';
const H = 'cd'.repeat(8);
const NOW_S = Math.floor(Date.now() / 1000);

function query(claims: Partial<CallbackTokenClaims> = {}, secret = SECRET): Record<string, string> {
	const exp = NOW_S + CALLBACK_TOKEN_LIFETIME_S;
	const url = signCallbackUrl(
		'http://n8n.test/',
		{ service: 'nca', job: 'vid_1.mix', attempt: 1, h: H, exp, ...claims },
		secret,
	);
	return Object.fromEntries(new URL(url).searchParams);
}

async function call(options: MockWebhookOptions, nca: Record<string, unknown> = {}) {
	const credentials = {
		ncaToolkitApi: { baseUrl: 'http://nca.test', apiKey: 'x', verifyWebhooks: true, allowedIps: '', ...nca } as never,
		videoEngineCallbackApi: { publicBaseUrl: 'http://n8n.test', currentSecret: SECRET, previousSecret: PREVIOUS },
	};
	const { ctx, response } = mockWebhookCtx(new NcaToolkitTrigger(), { credentials, query: query(), ...options });
	const result = await new NcaToolkitTrigger().webhook.call(ctx);
	return { result, response, event: result.workflowData?.[0][0]?.json };
}

const REAL_USE = [
	'compose_fast',
	'compose_id_null',
	'compose_list_response',
	'compose_queue_length_1',
	'compose_queue_time_1618s',
	'compose_queue_time_251s',
	'concatenate_string_response_id_null',
	'concatenate_string_response_id_null_2',
];

describe('NCA Toolkit Trigger', () => {
	test.each(REAL_USE)('takes %s of real use', async (name) => {
		const body = recordedWebhook(name) as { job_id: string; run_time: number; queue_time: number };

		const { event } = await call({ rawBody: JSON.stringify(body) });

		expect(event).toMatchObject({
			service: 'nca',
			jobKey: 'vid_1.mix',
			attempt: 1,
			h: H,
			externalId: body.job_id,
			outcome: 'completed',
			outputs: [{ url: expect.stringContaining(body.job_id) as string, kind: 'video' }],
			timings: { runS: body.run_time, queueS: body.queue_time },
		});
	});

	test('takes a failure with its reason', async () => {
		const [{ body }] = recorded('fail_async_bad_url_webhook').webhooks ?? [];

		const { event } = await call({ rawBody: JSON.stringify(body) });

		expect(event).toMatchObject({
			outcome: 'failed',
			outputs: [],
			error: { message: expect.stringContaining('404 Client Error') as string, began: 'yes' },
		});
	});

	test('does not believe a success that names no file', async () => {
		const body = { ...(recordedWebhook('compose_fast') as object), response: null };

		const { event } = await call({ rawBody: JSON.stringify(body) });

		expect(event).toMatchObject({ outcome: 'failed', error: { class: 'verification' } });
	});

	test('gives on what is no file, such as the silences of a sound', async () => {
		const body = recorded('ok_media_silence').response.body;

		const { event } = await call({ rawBody: JSON.stringify(body) });

		expect(event).toMatchObject({ outcome: 'completed', outputs: [], raw: expect.any(Array) as unknown[] });
	});

	test('takes a callback signed with the previous secret', async () => {
		const { event } = await call({
			rawBody: JSON.stringify(recordedWebhook('compose_fast')),
			query: query({}, PREVIOUS),
		});

		expect(event).toMatchObject({ outcome: 'completed' });
	});

	test.each<[string, Record<string, string>]>([
		['has no token', {}],
		['has a token of another secret', query({}, 'wrong')],
		['has a token of another service', { ...query({ service: 'goApi' }) }],
		['has a token that has expired', query({ exp: NOW_S - 60 })],
		['names another job than its token', { ...query(), job: 'vid_2.mix' }],
		['names another attempt than its token', { ...query(), attempt: '2' }],
		['names another hash than its token', { ...query(), h: 'ee'.repeat(8) }],
	])('refuses a callback that %s', async (_case, badQuery) => {
		const { response, event } = await call({
			rawBody: JSON.stringify(recordedWebhook('compose_fast')),
			query: badQuery,
		});

		expect(response).toMatchObject({ status: 401, ended: true });
		expect(event).toMatchObject({ verdict: 'rejected', count: 1 });
	});

	test.each([
		['no JSON', 'job done'],
		['no answer of a toolkit', '{"hello":"world"}'],
		['only the acknowledgement of a job', JSON.stringify(recorded('ok_compose_async_webhook').response.body)],
		['a list', '[]'],
		['nothing', 'null'],
	])('answers 400 to a body that is %s', async (_case, rawBody) => {
		expect((await call({ rawBody })).response.status).toBe(400);
	});

	test('takes calls of listed addresses only, when there is a list', async () => {
		const rawBody = JSON.stringify(recordedWebhook('compose_fast'));

		const inside = await call({ rawBody, ip: '10.0.0.5' }, { allowedIps: '10.0.0.0/24' });
		const outside = await call({ rawBody, ip: '10.0.1.5' }, { allowedIps: '10.0.0.0/24' });

		expect(inside.event).toMatchObject({ outcome: 'completed' });
		expect(outside.response.status).toBe(401);
	});
});
