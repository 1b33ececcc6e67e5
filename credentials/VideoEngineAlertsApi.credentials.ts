import type { Icon, ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

/** A secret, although it is a URL: hence masked. */
const slackWebhookUrl: INodeProperties = {
	displayName: 'Slack Incoming Webhook URL',
	name: 'slackWebhookUrl',
	type: 'string',
	typeOptions: { password: true },
	default: '',
	placeholder: 'e.g. https://hooks.slack.com/services/…',
	description:
		'From your Slack app: Incoming Webhooks. Whoever has this URL can post to the channel. Empty where Slack is not used.',
};

const sentryDsn: INodeProperties = {
	displayName: 'Sentry DSN',
	name: 'sentryDsn',
	type: 'string',
	typeOptions: { password: true },
	default: '',
	placeholder: 'e.g. https://KEY@o1.ingest.sentry.io/2',
	description: 'From the project’s settings: Client Keys (DSN). Empty where Sentry is not used.',
};

const sentryEnvironment: INodeProperties = {
	displayName: 'Sentry Environment',
	name: 'sentryEnvironment',
	type: 'string',
	default: 'production',
	description: 'By which Sentry tells installations apart',
};

/** Where Sentry takes envelopes, from the DSN; `?sentry_key` in place of the header of the real requests. */
const SENTRY_ENVELOPES = String.raw`$credentials.sentryDsn.trim().replace(/^(https?:\/\/)([^:@\/]+)(?::[^@\/]*)?@([^\/]+)((?:\/[^\/]+)*)\/(\d+)\/?$/, "$1$3$4/api/$5/envelope/?sentry_version=7&sentry_key=$2")`;

/** Where alerts go. An incoming webhook's URL or a DSN is all that is needed to post, so they are kept as secrets. */
export class VideoEngineAlertsApi implements ICredentialType {
	name = 'videoEngineAlertsApi';

	displayName = 'Video Engine Alerts API';

	icon: Icon = { light: 'file:../icons/alert.svg', dark: 'file:../icons/alert.dark.svg' };

	documentationUrl = 'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/';

	properties: INodeProperties[] = [slackWebhookUrl, sentryDsn, sentryEnvironment];

	/**
	 * Slack where it is set, Sentry otherwise. A message without text: Slack refuses it with 400 when the webhook exists, so nothing is posted,
	 * and with 403, 404 or 410 when it doesn't. For Sentry
	 * it is an envelope without items, which makes no event.
	 */
	test: ICredentialTestRequest = {
		request: {
			method: 'POST',
			url: `={{$credentials.slackWebhookUrl || ${SENTRY_ENVELOPES}}}`,
			body: { text: '' },
			timeout: 15_000,
			ignoreHttpStatusErrors: { ignore: true, except: [401, 403, 404, 405, 410, 429, 500, 502, 503, 504] },
		},
		rules: [
			{
				type: 'responseCode',
				properties: { value: 403, message: 'Slack or Sentry does not allow this webhook or DSN to post.' },
			},
			{
				type: 'responseCode',
				properties: { value: 404, message: 'Slack or Sentry does not know this webhook or DSN.' },
			},
			{ type: 'responseCode', properties: { value: 410, message: 'The channel of this webhook was archived.' } },
		],
	};
}
