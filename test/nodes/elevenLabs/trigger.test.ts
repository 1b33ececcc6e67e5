import { signCallbackUrl } from '../../../engine/callback/token';
import { hmacSha256Hex } from '../../../engine/signature/hmac';
import { ElevenLabsTrigger } from '../../../nodes/ElevenLabs/ElevenLabsTrigger.node';
import { mockWebhookCtx, type MockWebhookOptions } from '../../support/mockWebhookCtx';

const SECRET = 'wsec_current';
const NOW_S = Math.floor(Date.now() / 1000);
const H = '0123456789abcdef';

/** In the shape that several public receivers agree on; no body was ever recorded by us. */
const BODY = JSON.stringify({
	type: 'speech_to_text_transcription',
	event_timestamp: NOW_S,
	data: {
		request_id: 'req-1',
		webhook_metadata: { job: 'v1.captions', attempt: 1, h: H },
		transcription: { language_code: 'en', text: 'Hello', words: [{ text: 'Hello', start: 0, end: 0.4, type: 'word' }] },
	},
});

const signed = (body: string, secret = SECRET, atS = NOW_S) => ({
	'ElevenLabs-Signature': `t=${atS},v0=${hmacSha256Hex(secret, `${atS}.${body}`)}`,
});

function tokenQuery(secret = 'signing', service: 'elevenLabs' | 'nca' = 'elevenLabs') {
	const claims = { service, job: 'v1.other', attempt: 4, h: H, exp: NOW_S + 60 };
	return Object.fromEntries(new URL(signCallbackUrl('https://n8n.test/', claims, secret)).searchParams);
}

async function receive(options: MockWebhookOptions & { elevenLabs?: object } = {}) {
	const trigger = new ElevenLabsTrigger();
	const { elevenLabs, ...rest } = options;
	const mock = mockWebhookCtx(trigger, {
		rawBody: BODY,
		headers: signed(BODY),
		credentials: {
			elevenLabsApi: { webhookSecret: SECRET, previousWebhookSecret: '', verifyWebhooks: true, ...elevenLabs },
			videoEngineCallbackApi: { currentSecret: 'signing', previousSecret: '' },
		},
		...rest,
	});
	const result = await trigger.webhook.call(mock.ctx);
	return { ...mock, result, items: result.workflowData?.[0] ?? [] };
}

describe('ElevenLabs Trigger', () => {
	it('gives the transcript to the job that asked for it', async () => {
		const { items } = await receive();

		expect(items.map((item) => item.json)).toEqual([
			expect.objectContaining({
				service: 'elevenLabs',
				jobKey: 'v1.captions',
				attempt: 1,
				h: H,
				externalId: 'req-1',
				outcome: 'completed',
				raw: expect.objectContaining({ transcription: expect.objectContaining({ text: 'Hello' }) }),
			}),
		]);
	});

	it('prefers our own token when the URL carries one', async () => {
		const { items } = await receive({ query: tokenQuery() });

		expect(items[0].json).toMatchObject({ jobKey: 'v1.other', attempt: 4 });
	});

	it('takes a transcription that nobody’s job asked for', async () => {
		const body = BODY.replace(/"webhook_metadata":\{[^}]*\}/, '"webhook_metadata":null');

		const { items } = await receive({ rawBody: body, headers: signed(body) });

		expect(items[0].json).toMatchObject({ jobKey: '', outcome: 'completed' });
	});

	it('takes the former secret while both are set', async () => {
		const { items } = await receive({ elevenLabs: { webhookSecret: 'new', previousWebhookSecret: SECRET } });

		expect(items).toHaveLength(1);
	});

	it('counts a webhook without a transcription as a failure', async () => {
		const body = '{"type":"speech_to_text_transcription","data":{"request_id":"r"}}';

		const { items } = await receive({ rawBody: body, headers: signed(body) });

		expect(items[0].json).toMatchObject({ outcome: 'failed', error: { class: 'provider_failed' } });
	});

	it('answers other kinds of webhooks with 200 and starts nothing', async () => {
		const body = '{"type":"voice_removed","event_timestamp":1,"data":{}}';

		const { result, response } = await receive({ rawBody: body, headers: signed(body) });

		expect(result.workflowData).toBeUndefined();
		expect(result.noWebhookResponse).toBeUndefined();
		expect(response.status).toBeUndefined();
	});

	const altered = BODY.replace('Hello', 'Hallo');
	it.each<[string, Parameters<typeof receive>[0], number, string]>([
		['one altered byte', { rawBody: altered, headers: signed(BODY) }, 401, 'signature_forged'],
		['another secret', { headers: signed(BODY, 'guess') }, 401, 'signature_forged'],
		['a stale signature', { headers: signed(BODY, SECRET, NOW_S - 1900) }, 401, 'signature_stale'],
		['a signature from the future', { headers: signed(BODY, SECRET, NOW_S + 400) }, 401, 'signature_future'],
		['no signature', { headers: {} }, 401, 'signature_missing'],
		['a malformed signature', { headers: { 'ElevenLabs-Signature': 'v0=abc' } }, 401, 'signature_malformed'],
		['a token of another key, although signed', { query: tokenQuery('other') }, 401, 'token_forged'],
		['a token of another service, although signed', { query: tokenQuery('signing', 'nca') }, 401, 'token_forged'],
		['no secret set', { elevenLabs: { webhookSecret: '' } }, 401, 'no_secret'],
		['signed text that is not JSON', { rawBody: 'hi', headers: signed('hi') }, 400, 'body_not_json'],
		['signed JSON that is no webhook', { rawBody: '[]', headers: signed('[]') }, 400, 'body_unexpected'],
		['a huge body', { rawBody: 'x'.repeat(9 * 1024 * 1024) }, 413, 'body_too_large'],
	])('refuses %s', async (_, options, status, code) => {
		const { response, items } = await receive(options);

		expect(response).toMatchObject({ status, body: { error: { code } } });
		expect(items.map((item) => item.json)).toEqual([
			expect.objectContaining({ verdict: 'rejected', reasons: { [code]: 1 } }),
		]);
	});

	it('takes bodies as large as the person allows', async () => {
		const { response } = await receive({
			params: { options: { maxBodyMib: 1 } },
			rawBody: 'x'.repeat(1024 * 1024 + 1),
		});

		expect(response.status).toBe(413);
	});
});
