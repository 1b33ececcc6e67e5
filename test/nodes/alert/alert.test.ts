import type { IDataObject } from 'n8n-workflow';

import { buildSlackMessage } from '../../../nodes/Alert/actions/slack/message';
import { Alert } from '../../../nodes/Alert/Alert.node';
import { postToSlack } from '../../../nodes/Alert/transport';
import { failureOf } from '../../../nodes/shared/errors';
import { mockExecuteCtx, runNode } from '../../support/mockExecuteCtx';
import { startSlackServer, type SlackServer } from './slackServer';
import { failureOfItem } from '../../support/errorItem';

const PARAMS = { resource: 'slack', operation: 'send', title: 'The video failed', severity: 'error' };

describe('Alert', () => {
	let slack: SlackServer;
	const credentials = (): Record<string, IDataObject> => ({ videoEngineAlertsApi: { slackWebhookUrl: slack.url } });

	beforeAll(async () => {
		slack = await startSlackServer();
	});
	beforeEach(() => {
		slack.messages.length = 0;
		slack.answers.length = 0;
	});
	afterAll(async () => await slack.close());

	test('posts one message for each item and pairs what it gives on', async () => {
		const params = (itemIndex: number) => ({
			...PARAMS,
			details: { job: `job_${itemIndex}`, video: 'vid_1', reason: 'no credit' },
		});

		const [output] = await runNode(new Alert(), {
			params,
			items: [{ json: {} }, { json: {} }],
			credentials: credentials(),
		});

		expect(slack.messages).toHaveLength(2);
		for (const words of ['job_1', 'vid_1', 'no credit']) expect(JSON.stringify(slack.messages[1])).toContain(words);
		expect(output.map(({ json, pairedItem }) => [json.sent, pairedItem])).toEqual([
			[true, { item: 0 }],
			[true, { item: 1 }],
		]);
	});

	test('asks for a title instead of posting an empty message', async () => {
		const run = runNode(new Alert(), { params: { ...PARAMS, title: ' ' }, credentials: credentials() });

		await expect(run).rejects.toThrow('Title is required');
		expect(slack.messages).toHaveLength(0);
	});

	test('sends an alert of an unknown severity as an error instead of losing it', async () => {
		await runNode(new Alert(), { params: { ...PARAMS, severity: '={{ wrong }}' }, credentials: credentials() });

		expect(slack.messages[0]).toMatchObject({ text: 'Error: The video failed' });
	});

	test('waits as long as Slack says, then posts again', async () => {
		slack.answers.push({ status: 429, body: 'rate_limited', headers: { 'retry-after': '7' } });
		const pauses: number[] = [];
		const timing = { random: () => 0, nowMs: () => 0, sleep: async (ms: number) => void pauses.push(ms) };
		const { ctx } = mockExecuteCtx(new Alert(), { credentials: credentials() });
		const message = buildSlackMessage({ title: 'x', message: '', severity: 'info', facts: [] });

		await postToSlack(ctx, slack.url, message, 0, timing);

		expect(pauses).toEqual([7000]);
		expect(slack.messages).toHaveLength(2);
	});

	test.each([
		[404, 'no_service', 'auth'],
		[403, 'invalid_token', 'auth'],
		[410, 'channel_is_archived', 'refused'],
		[400, 'invalid_blocks', 'invalid_input'],
		[500, 'rollup_error', 'unavailable'],
	])('says what a %i %s means', async (status, body, failureClass) => {
		slack.answers.push({ status, body });

		const error: unknown = await runNode(new Alert(), { params: PARAMS, credentials: credentials() }).catch((e) => e);

		expect(failureOf(error)).toMatchObject({ class: failureClass, httpStatus: status });
		expect((error as { description?: string }).description).toContain(body);
		expect(slack.messages).toHaveLength(1);
	});

	test.each([
		['an error page that repeats the address', () => ({ status: 502, body: `<html>no route to ${slack.url}</html>` })],
		['a page with status 200', () => ({ status: 200, body: `<html>${slack.url}</html>` })],
		['a redirect', () => ({ status: 302, body: slack.url, headers: { location: `${slack.url}2` } })],
	])('never shows the address of the webhook: %s', async (_case, answer) => {
		slack.answers.push(answer());

		const error: unknown = await runNode(new Alert(), { params: PARAMS, credentials: credentials() }).catch((e) => e);

		const { message, description, context } = error as { message: string; description?: string; context: object };
		expect(error).toBeInstanceOf(Error);
		expect([message, description, JSON.stringify(context), JSON.stringify(error)].join()).not.toContain(
			'verysecretpart',
		);
	});

	test('never shows the address of a webhook that nobody answers at', async () => {
		const slackWebhookUrl = 'http://127.0.0.1:1/services/T000/B000/verysecretpart';
		const refused = async () => {
			throw Object.assign(new Error(`connect ECONNREFUSED ${slackWebhookUrl}`), { code: 'ECONNRESET' });
		};

		const [output] = await runNode(new Alert(), {
			params: PARAMS,
			credentials: { videoEngineAlertsApi: { slackWebhookUrl } },
			continueOnFail: true,
			httpRequest: refused,
		});

		expect(failureOfItem(output[0])).toMatchObject({ class: 'unavailable', began: 'unknown' });
		expect(JSON.stringify(output)).not.toContain('verysecretpart');
	});

	test('passes Slack over with a note when it is not set up', async () => {
		const [[item]] = await runNode(new Alert(), { params: PARAMS, credentials: { videoEngineAlertsApi: {} } });

		expect(item.json).toMatchObject({ sent: false, service: 'slack', title: PARAMS.title });
		expect(item.json.note).toContain('Slack Incoming Webhook URL');
	});

	test.each(['hooks.slack.com/services', 'http://'])(
		'asks for a proper address when it is "%s"',
		async (slackWebhookUrl) => {
			const run = runNode(new Alert(), { params: PARAMS, credentials: { videoEngineAlertsApi: { slackWebhookUrl } } });

			await expect(run).rejects.toThrow('Slack Incoming Webhook URL');
		},
	);
});
