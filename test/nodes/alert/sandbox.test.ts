import { VideoEngineAlertsApi } from '../../../credentials/VideoEngineAlertsApi.credentials';
import { Alert } from '../../../nodes/Alert/Alert.node';
import { testCredential } from '../../credentials/testCredential';
import { runNode } from '../../support/mockExecuteCtx';
import { withSandbox } from '../../support/sandbox';

describe('Alert, in the sandbox', () => {
	const sandbox = withSandbox(['slack']);
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
});
