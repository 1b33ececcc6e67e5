import { name, version } from '../../../package.json';
import { VideoEngineAlertsApi } from '../../../credentials/VideoEngineAlertsApi.credentials';
import { Alert } from '../../../nodes/Alert/Alert.node';
import { testCredential } from '../../credentials/testCredential';
import { runNode } from '../../support/mockExecuteCtx';
import { withSandbox } from '../../support/sandbox';

describe('Alert, in the sandbox', () => {
	const sandbox = withSandbox(['slack', 'sentry']);
	const messagesOf = async () => {
		const answer = await fetch(`${sandbox().baseUrl('slack')}/_messages`);
		return ((await answer.json()) as { messages: Array<{ payload: { text: string } }> }).messages;
	};

	test('a full alert is a message that Slack takes', async () => {
		const params = {
			resource: 'slack',
			operation: 'send',
			title: 'A video <failed> & stopped '.repeat(20),
			message: 'x'.repeat(5000),
			severity: 'critical',
			details: {
				video: 'vid_1',
				step: 'music',
				job: 'vid_1.music',
				attempt: '3',
				reason: '&'.repeat(4000),
				link: 'https://n8n.test',
			},
		};

		await runNode(new Alert(), { params, credentials: { videoEngineAlertsApi: sandbox().credentials('slack') } });

		expect(await messagesOf()).toHaveLength(1);
	});

	test('the credential is green without posting anything, and red with another address', async () => {
		const { slackWebhookUrl } = sandbox().credentials('slack');

		const green = await testCredential(new VideoEngineAlertsApi(), { slackWebhookUrl });
		const red = await testCredential(new VideoEngineAlertsApi(), { slackWebhookUrl: `${slackWebhookUrl}x` });

		expect([green.status, red.status]).toEqual(['OK', 'Error']);
		expect(await messagesOf()).toHaveLength(0);
	});

	describe('and Sentry', () => {
		const params = {
			resource: 'sentry',
			operation: 'sendEvent',
			title: 'A video could not be finished',
			message: 'The step music failed\nfor good.',
			severity: 'error',
			details: {
				video: 'vid_1',
				step: 'music',
				job: 'vid_1.music',
				attempt: '3',
				kind: 'job_failed',
				service: 'goApi',
			},
		};
		const send = async (changes: object = {}) =>
			await runNode(new Alert(), {
				params: { ...params, ...changes },
				credentials: { videoEngineAlertsApi: { ...sandbox().credentials('sentry'), sentryEnvironment: 'test' } },
			});
		const eventsOf = async () => {
			const answer = await fetch(`${sandbox().baseUrl('sentry')}/_events`);
			return ((await answer.json()) as { events: Array<{ event: Record<string, unknown> }> }).events.map(
				({ event }) => event,
			);
		};

		test('take an event with release, tags and the provider’s words, and group by cause', async () => {
			const [[item]] = await send({ details: { ...params.details, reason: 'Insufficient credits' } });
			await send({ details: { ...params.details, video: 'vid_2', job: 'vid_2.music' } });
			await send({ severity: 'recovered' });
			await send({ details: { kind: 'cost' }, severity: 'critical', title: 'x'.repeat(20_000) });

			expect(item.json).toMatchObject({ sent: true, service: 'sentry' });
			const events = await eventsOf();
			expect(events[0]).toMatchObject({
				event_id: item.json.eventId,
				level: 'error',
				environment: 'test',
				release: `${name}@${version}`,
				message: { formatted: 'A video could not be finished\nThe step music failed\nfor good.' },
				tags: { kind: 'job_failed', service: 'goApi', step: 'music', video: 'vid_1', attempt: '3', state: 'open' },
				extra: { reason: 'Insufficient credits' },
			});
			expect(events.map(({ level }) => level)).toEqual(['error', 'error', 'info', 'fatal']);
			expect(events[2].tags).toMatchObject({ state: 'recovered' });
			expect(sandbox().report().services.sentry?.own).toMatchObject({ issues: 2 });
		});

		test('make the credential green without an event, and red with another key', async () => {
			const { sentryDsn } = sandbox().credentials('sentry');
			const before = (await eventsOf()).length;

			const green = await testCredential(new VideoEngineAlertsApi(), { slackWebhookUrl: '', sentryDsn });
			const wrong = sentryDsn.replace('://c', '://d');
			const red = await testCredential(new VideoEngineAlertsApi(), { slackWebhookUrl: '', sentryDsn: wrong });

			expect([green.status, red.status]).toEqual(['OK', 'Error']);
			expect(await eventsOf()).toHaveLength(before);
		});
	});
});
