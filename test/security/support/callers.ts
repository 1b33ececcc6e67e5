/** @reads test/fixtures/goapi/ */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject, INodeType, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { CALLBACK_PATHS } from '../../../engine/callback/constants';
import { signCallbackUrl, type CallbackService, type CallbackTokenClaims } from '../../../engine/callback/token';
import { hmacSha256Hex } from '../../../engine/signature/hmac';
import { ElevenLabsTrigger } from '../../../nodes/ElevenLabs/ElevenLabsTrigger.node';
import { GoApiTrigger } from '../../../nodes/GoApi/GoApiTrigger.node';
import { NcaToolkitTrigger } from '../../../nodes/NcaToolkit/NcaToolkitTrigger.node';
import { mockWebhookCtx, type MockWebhookOptions } from '../../support/mockWebhookCtx';

const FIXTURES = join(__dirname, '../../fixtures');

export const SERVICES = ['elevenLabs', 'goApi', 'nca'] as const satisfies CallbackService[];
/** None of these four may open a door that another one guards. */
export const TOKEN_SECRET = 'token secret of this installation';
export const OLD_TOKEN_SECRET = 'token secret of last month';
export const SERVICE_SECRET = 'wsec_secret between us and the service';
export const OLD_SERVICE_SECRET = 'wsec_secret of last month';
export const NOW_S = Math.floor(Date.now() / 1000);
export const HOUR_S = 3600;
export const CLAIMS = { job: 'vid1.mix', attempt: 1, h: '0123456789abcdef', exp: NOW_S + HOUR_S };

type TriggerNode = INodeType & { webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> };

interface ServiceFacts {
	trigger: () => TriggerNode;
	credential: string;
	body: string;
}

const FACTS: Record<CallbackService, ServiceFacts> = {
	elevenLabs: {
		trigger: () => new ElevenLabsTrigger(),
		credential: 'elevenLabsApi',
		body: JSON.stringify({
			type: 'speech_to_text_transcription',
			event_timestamp: NOW_S,
			data: { request_id: 'req-1', transcription: { language_code: 'en', text: 'Hello', words: [] } },
		}),
	},
	goApi: {
		trigger: () => new GoApiTrigger(),
		credential: 'goApiApi',
		body: readFileSync(join(FIXTURES, 'goapi/kling_completed_10s.json'), 'utf8'),
	},
	nca: {
		trigger: () => new NcaToolkitTrigger(),
		credential: 'ncaToolkitApi',
		body: JSON.stringify({
			endpoint: '/v1/ffmpeg/compose',
			code: 200,
			id: 'vid1.mix',
			job_id: 'c0ffee00-0000-4000-8000-000000000000',
			response: [{ file_url: 'https://media.example.com/out.mp4' }],
			message: 'success',
			run_time: 1.5,
			queue_time: 0,
			total_time: 1.5,
		}),
	},
};

/** What may be changed in an otherwise valid call. */
export interface CallChanges {
	body?: Buffer | string;
	/** Body that the signature is made of, where it differs from what is sent. */
	signedBody?: Buffer | string;
	/** Key that the caller signs or presents. */
	serviceSecret?: string;
	signedAtS?: number;
	claims?: Partial<CallbackTokenClaims>;
	tokenSecret?: string;
	query?: Record<string, unknown>;
	/** Laid over the headers; undefined takes one away. */
	headers?: Record<string, string | undefined>;
	credential?: IDataObject;
	callback?: IDataObject;
	webhook?: MockWebhookOptions;
}

export function queryOf(service: CallbackService, claims: Partial<CallbackTokenClaims> = {}, secret = TOKEN_SECRET) {
	const url = signCallbackUrl(
		`https://n8n.test/webhook/${CALLBACK_PATHS[service]}`,
		{ service, ...CLAIMS, ...claims },
		secret,
	);
	return Object.fromEntries(new URL(url).searchParams);
}

function proofHeaders(service: CallbackService, changes: CallChanges, body: Buffer): Record<string, string> {
	const secret = changes.serviceSecret ?? SERVICE_SECRET;
	if (service === 'goApi') return { 'x-webhook-secret': secret };
	if (service === 'nca') return {};
	const atS = changes.signedAtS ?? NOW_S;
	return {
		'elevenlabs-signature': `t=${atS},v0=${hmacSha256Hex(secret, Buffer.concat([Buffer.from(`${atS}.`), body]))}`,
	};
}

/** Calls a service's trigger as the service would, but for the changes. */
export async function call(service: CallbackService, changes: CallChanges = {}) {
	const { trigger, credential, body } = FACTS[service];
	const sent = changes.body ?? body;
	const headers = {
		'content-type': 'application/json',
		...proofHeaders(service, changes, Buffer.from(changes.signedBody ?? sent)),
		...changes.headers,
	};
	const known = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
	const node = trigger();
	const mock = mockWebhookCtx(node, {
		rawBody: sent,
		headers: Object.fromEntries(known),
		query: changes.query ?? queryOf(service, changes.claims, changes.tokenSecret),
		credentials: {
			[credential]: {
				webhookSecret: SERVICE_SECRET,
				previousWebhookSecret: '',
				verifyWebhooks: true,
				allowedIps: '',
				...changes.credential,
			},
			videoEngineCallbackApi: {
				publicBaseUrl: 'https://n8n.test',
				currentSecret: TOKEN_SECRET,
				previousSecret: '',
				trustedProxies: '',
				...changes.callback,
			},
		},
		...changes.webhook,
	});
	const result = await node.webhook.call(mock.ctx);
	const items = (result.workflowData?.[0] ?? []).map(({ json }) => json);
	const { status = 200, body: answer } = mock.response;
	const code = (answer as { error?: { code: string } } | undefined)?.error?.code ?? 'accepted';
	return { answer: `${status} ${code}`, items, response: mock.response, lines: mock.lines, event: items[0] };
}

export function validBody(service: CallbackService): string {
	return FACTS[service].body;
}
