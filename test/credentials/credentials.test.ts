import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { ICredentialType } from 'n8n-workflow';

import { NcaToolkitApi } from '../../credentials/NcaToolkitApi.credentials';
import { VideoEngineAlertsApi } from '../../credentials/VideoEngineAlertsApi.credentials';
import { VideoEngineCallbackApi } from '../../credentials/VideoEngineCallbackApi.credentials';
import authenticated from '../fixtures/nca/ok_authenticate.json';
import wrongKey from '../fixtures/nca/fail_authenticate_wrong_key.json';
import { NOBODY_URL } from '../support/nobody';
import { testCredential } from './testCredential';

const API_KEY = 'the key of the toolkit';

interface Answer {
	status: number;
	body: object | string;
}

/** One server in the place of the toolkit, of n8n and of Slack. */
function answerTo(request: IncomingMessage): Answer {
	if (request.url === '/healthz') return { status: 200, body: { status: 'ok' } };
	if (request.url === '/v1/toolkit/authenticate') {
		const { response } = request.headers['x-api-key'] === API_KEY ? authenticated : wrongKey;
		return response;
	}
	// Slack refuses a message without text in a known channel, and knows no other.
	if (request.url === '/services/T0/B0/known') return { status: 400, body: 'no_text' };
	if (request.url === '/services/T0/B0/archived') return { status: 410, body: 'channel_is_archived' };
	return { status: 404, body: '<html><title>404 Not Found</title></html>' };
}

async function listen(server: Server): Promise<string> {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('credential tests', () => {
	let server: Server;
	let baseUrl: string;

	beforeAll(async () => {
		server = createServer((request, response) => {
			const { status, body } = answerTo(request);
			request.resume();
			response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
		});
		baseUrl = await listen(server);
	});
	afterAll(async () => {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	});

	test('NCA Toolkit: green with the key, slashes at the end of the base URL or not', async () => {
		for (const end of ['', '/', ' ']) {
			const verdict = await testCredential(new NcaToolkitApi(), { baseUrl: `${baseUrl}${end}`, apiKey: API_KEY });
			expect(verdict).toEqual({ status: 'OK', message: 'Connection successful!' });
		}
	});

	test('NCA Toolkit: red with a wrong key, and says which key it should be', async () => {
		const verdict = await testCredential(new NcaToolkitApi(), { baseUrl, apiKey: 'wrong' });

		expect(verdict.status).toBe('Error');
		expect(verdict.message).toContain('API_KEY');
	});

	test('NCA Toolkit: red where something else answers, or nobody', async () => {
		const elsewhere = await testCredential(new NcaToolkitApi(), { baseUrl: `${baseUrl}/other`, apiKey: API_KEY });
		const nobody = await testCredential(new NcaToolkitApi(), { baseUrl: NOBODY_URL, apiKey: API_KEY });

		expect(elsewhere).toEqual({ status: 'Error', message: expect.stringContaining('without a path') as string });
		expect(nobody.status).toBe('Error');
	});

	test('callbacks: green where n8n is healthy, red with another path', async () => {
		const green = await testCredential(new VideoEngineCallbackApi(), {
			publicBaseUrl: `${baseUrl}/`,
			currentSecret: 's',
		});
		const red = await testCredential(new VideoEngineCallbackApi(), {
			publicBaseUrl: `${baseUrl}/webhook`,
			currentSecret: 's',
		});

		expect(green.status).toBe('OK');
		expect(red).toEqual({ status: 'Error', message: expect.stringContaining('without /webhook') as string });
	});

	test.each([
		['known', 'OK'],
		['archived', 'Error'],
		['unknown', 'Error'],
	])('alerts: a webhook that is %s gives %s', async (name, status) => {
		const slackWebhookUrl = `${baseUrl}/services/T0/B0/${name}`;

		expect((await testCredential(new VideoEngineAlertsApi(), { slackWebhookUrl })).status).toBe(status);
	});

	test.each<[ICredentialType, string[]]>([
		[new NcaToolkitApi(), ['apiKey']],
		[new VideoEngineCallbackApi(), ['currentSecret', 'previousSecret']],
		[new VideoEngineAlertsApi(), ['slackWebhookUrl', 'sentryDsn']],
	])('secret fields are masked (%#)', (type, secrets) => {
		const masked = type.properties.filter(({ typeOptions }) => typeOptions?.password).map(({ name }) => name);

		expect(masked).toEqual(secrets);
	});
});
