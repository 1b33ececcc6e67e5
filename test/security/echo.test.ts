import type { IDataObject, INodeType } from 'n8n-workflow';
import { Alert } from '../../nodes/Alert/Alert.node';
import { ElevenLabs } from '../../nodes/ElevenLabs/ElevenLabs.node';
import { GoApi } from '../../nodes/GoApi/GoApi.node';
import { JobTracker } from '../../nodes/JobTracker/JobTracker.node';
import { NcaToolkit } from '../../nodes/NcaToolkit/NcaToolkit.node';
import { SpacesPersist } from '../../nodes/SpacesPersist/SpacesPersist.node';
import { startServer, type TestServer } from '../nodes/foreignFetch/servers';
import { mockExecuteCtx } from '../support/mockExecuteCtx';
import { leaksIn } from './support/leaks';

/** In no form that a pattern could know. */
const CANARY = {
	key: 'quiet%harbour/two+gulls=at dawn',
	webhook: 'nine*lanterns~over,the:weir',
	token: 'pale\\copper"kettle',
	signing: 'moss & granite at the ford',
};

let server: TestServer;
let status = 400;
let shape: (words: string) => string = (words) => words;

/** Answers every call with all that it was told: the worst that a service or a proxy before it can do. */
beforeAll(async () => {
	server = await startServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const { authorization = '', ...headers } = request.headers;
			const told = [request.url, authorization, ...Object.values(headers), Buffer.concat(chunks).toString()];
			const words = `Incorrect key: ${Object.values(CANARY).join(' or ')}. You sent ${told.join(' ')}`;
			response.writeHead(status, { 'content-type': 'application/json' }).end(shape(words));
		});
	});
});
afterAll(async () => {
	await server.close();
});

const SHAPES: Record<string, (words: string) => string> = {
	'a message': (message) => JSON.stringify({ message }),
	'a detail': (message) => JSON.stringify({ detail: { status: 'invalid_api_key', message } }),
	'an envelope': (message) => JSON.stringify({ code: 400, message, data: null, error: { message } }),
	'an error of Airtable': (message) => JSON.stringify({ error: { type: 'INVALID_REQUEST_UNKNOWN', message } }),
	'a web page': (message) => `<html><title>${message}</title><body>${message}</body></html>`,
	'plain text': (message) => message,
};

let bases = 0;
/** One of its own for each call: the limit of five requests a second holds per base. */
const freshBase = () => `appEcho${++bases}`;

interface Case {
	node: () => INodeType;
	params: IDataObject;
	/** Secrets that this node is told, as the service would repeat them. */
	secrets: string[];
	credentials: (url: string) => Record<string, IDataObject>;
}

const JOB = { jobKey: 'v1.music', attempt: 1, inputHash: 'ab'.repeat(32) };
const callback = (url: string): IDataObject => ({
	publicBaseUrl: url,
	currentSecret: CANARY.signing,
	previousSecret: '',
});

const CASES: Record<string, Case> = {
	'ElevenLabs speech': {
		node: () => new ElevenLabs(),
		params: { resource: 'speech', operation: 'create', text: 'Hello', voiceId: 'abc' },
		secrets: [CANARY.key],
		credentials: (baseUrl) => ({ elevenLabsApi: { apiKey: CANARY.key, baseUrl, maxConcurrent: 2 } }),
	},
	'ElevenLabs voices': {
		node: () => new ElevenLabs(),
		params: { resource: 'voice', operation: 'getAll' },
		secrets: [CANARY.key],
		credentials: (baseUrl) => ({ elevenLabsApi: { apiKey: CANARY.key, baseUrl, maxConcurrent: 2 } }),
	},
	'GoAPI music': {
		node: () => new GoApi(),
		params: { resource: 'music', operation: 'create', prompt: 'calm', job: JOB },
		secrets: [CANARY.key, CANARY.webhook],
		credentials: (baseUrl) => ({
			goApiApi: { apiKey: CANARY.key, baseUrl, webhookSecret: CANARY.webhook, verifyWebhooks: true },
			videoEngineCallbackApi: callback(baseUrl),
		}),
	},
	'NCA compose': {
		node: () => new NcaToolkit(),
		params: { resource: 'raw', operation: 'request', path: '/v1/media/metadata', bodyJson: '{"a":1}' },
		secrets: [CANARY.key],
		credentials: (baseUrl) => ({
			ncaToolkitApi: { apiKey: CANARY.key, baseUrl },
			videoEngineCallbackApi: callback(baseUrl),
		}),
	},
	'Airtable tracker': {
		node: () => new JobTracker(),
		params: { resource: 'schema', operation: 'setUp' },
		secrets: [CANARY.token],
		credentials: (endpointUrl) => ({
			airtableTrackerApi: { accessToken: CANARY.token, baseId: freshBase(), endpointUrl },
		}),
	},
	'Airtable records': {
		node: () => new JobTracker(),
		params: { resource: 'video', operation: 'getStatus', videoId: 'v1' },
		secrets: [CANARY.token],
		credentials: (endpointUrl) => ({
			airtableTrackerApi: { accessToken: CANARY.token, baseId: freshBase(), endpointUrl },
		}),
	},
	Spaces: {
		node: () => new SpacesPersist(),
		params: { operation: 'persist', source: 'url', url: 'http://10.0.0.1/x.mp4', objectKey: 'a.mp4' },
		secrets: [CANARY.key],
		credentials: (endpoint) => ({
			digitalOceanSpacesApi: {
				endpoint,
				bucket: 'bucket',
				accessKey: 'AKIDEXAMPLE',
				secretKey: CANARY.key,
				forcePathStyle: true,
			},
		}),
	},
	Sentry: {
		node: () => new Alert(),
		params: { resource: 'sentry', operation: 'sendEvent', title: 'A title' },
		secrets: ['c0ffee00c0ffee00c0ffee00c0ffee00'],
		credentials: (url) => ({
			videoEngineAlertsApi: { sentryDsn: `${url.replace('://', '://c0ffee00c0ffee00c0ffee00c0ffee00@')}/42` },
		}),
	},
	Slack: {
		node: () => new Alert(),
		params: { resource: 'slack', operation: 'send', title: 'A title' },
		secrets: ['/hook0canary0path'],
		credentials: (url) => ({ videoEngineAlertsApi: { slackWebhookUrl: `${url}/services/T0/B0/hook0canary0path` } }),
	},
};

/** All that anybody can see of a failed node: the error in all its parts, the error item, and the log. */
async function seen({ node, params, credentials }: Case): Promise<string> {
	const type = node();
	const given = { params, credentials: credentials(server.url) };
	const thrown = mockExecuteCtx(type, given);
	const error: unknown = await type.execute?.call(thrown.ctx).catch((caught: unknown) => caught);
	const kept = mockExecuteCtx(type, { ...given, continueOnFail: true });
	const items = await type.execute?.call(kept.ctx);
	const { name, message, description, context, cause, stack, messages } = error as Record<string, unknown>;
	expect(error).toBeInstanceOf(Error);
	return JSON.stringify([
		{ name, message, description, context, cause, stack, messages },
		error,
		items,
		thrown.lines,
		kept.lines,
	]);
}

describe.each(Object.keys(CASES))('what people see of a failed call of %s', (name) => {
	it.each([400, 401, 403, 404, 422])('holds no secret that the service repeats with HTTP %i', async (answer) => {
		status = answer;
		for (const [form, make] of Object.entries(SHAPES)) {
			shape = make;
			const told = { name: `${name} ${form}`, text: await seen(CASES[name]) };
			expect(leaksIn([told], CASES[name].secrets)).toEqual([]);
		}
	});
});
