import type { Icon, ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

/** A secret, although it is a URL: hence masked. */
const slackWebhookUrl: INodeProperties = {
	displayName: 'Slack Incoming Webhook URL',
	name: 'slackWebhookUrl',
	type: 'string',
	typeOptions: { password: true },
	default: '',
	required: true,
	placeholder: 'e.g. https://hooks.slack.com/services/…',
	description: 'From your Slack app: Incoming Webhooks. Whoever has this URL can post to the channel.',
};

/** Where alerts go. An incoming webhook's URL is all that is needed to post, so it is kept as a secret. */
export class VideoEngineAlertsApi implements ICredentialType {
	name = 'videoEngineAlertsApi';

	displayName = 'Video Engine Alerts API';

	icon: Icon = { light: 'file:../icons/alert.svg', dark: 'file:../icons/alert.dark.svg' };

	documentationUrl = 'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/';

	properties: INodeProperties[] = [slackWebhookUrl];

	/**
	 * A message without text: Slack refuses it with 400 when the webhook exists, so nothing is posted,
	 * and with 403, 404 or 410 when it doesn't.
	 */
	test: ICredentialTestRequest = {
		request: {
			method: 'POST',
			url: '={{$credentials.slackWebhookUrl}}',
			body: { text: '' },
			timeout: 15_000,
			ignoreHttpStatusErrors: { ignore: true, except: [401, 403, 404, 405, 410, 429, 500, 502, 503, 504] },
		},
		rules: [
			{ type: 'responseCode', properties: { value: 403, message: 'Slack does not allow this webhook to post.' } },
			{ type: 'responseCode', properties: { value: 404, message: 'Slack does not know this webhook.' } },
			{ type: 'responseCode', properties: { value: 410, message: 'The channel of this webhook was archived.' } },
		],
	};
}
