import type { ICredentialDataDecryptedObject, IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { Failure } from '../../engine/events';
import { ServiceError } from '../shared/errors';
import { request, type HttpAnswer, type HttpTiming } from '../shared/http';
import type { SlackMessage } from './actions/slack/message';
import type { Alert } from './alert';
import { SEND_TIMEOUT_MS } from './constants';

interface AlertCredentials {
	/** Empty where Slack is not used. */
	slackWebhookUrl: string;
	/** Empty where Sentry is not used. */
	sentryDsn: string;
	sentryEnvironment: string;
}

/** The credential "Video Engine Alerts API", its texts trimmed. */
export async function alertsCredential(ctx: IExecuteFunctions, itemIndex: number): Promise<AlertCredentials> {
	const data = await ctx.getCredentials<ICredentialDataDecryptedObject>('videoEngineAlertsApi', itemIndex);
	const text = (name: string) => String(data[name] ?? '').trim();
	return {
		slackWebhookUrl: text('slackWebhookUrl'),
		sentryDsn: text('sentryDsn'),
		sentryEnvironment: text('sentryEnvironment') || 'production',
	};
}

/** What an operation gives where its channel is not set up: the others tell, so that is no failure. */
export function passedOver(service: string, field: string, alert: Alert): IDataObject {
	const note = `Passed over: the Video Engine Alerts credential has no ${field}.`;
	return { sent: false, service, note, severity: alert.severity, title: alert.title };
}

/** Slack answers in one plain word (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, "errors"). */
const WORDS: Record<string, Partial<Failure>> = {
	action_prohibited: { class: 'auth', message: 'An administrator forbids this webhook to post.' },
	channel_is_archived: { class: 'refused', message: 'The channel of this webhook was archived.' },
	channel_not_found: { class: 'auth', message: 'The channel of this webhook does not exist any more.' },
	invalid_token: { class: 'auth', message: 'Slack does not accept this webhook URL.' },
	no_service: { class: 'auth', message: 'Slack does not know this webhook URL; it may have been removed.' },
	no_team: { class: 'auth', message: 'Slack does not know the workspace of this webhook URL.' },
};

function wordOf(answer: HttpAnswer): string {
	return typeof answer.body === 'string' ? answer.body.trim() : '';
}

function explain(answer: HttpAnswer, url: string): Partial<Failure> | undefined {
	const word = wordOf(answer);
	const known = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
	if (known) return { ...known, message: `${known.message} (${word})` };
	// The whole URL is the secret, so it must not come back through a proxy's error page.
	const text = word.replaceAll(url, '[webhook]');
	return /^[a-z_]{1,60}$/.test(text) ? { message: text } : { message: `Slack answered HTTP ${answer.status}.` };
}

/**
 * Posts one message to Slack's incoming webhook of the credential "Video Engine Alerts API".
 * It repeats only what Slack refused to take (429 with Retry-After, connection refused).
 *
 * @throws NodeOperationError when the credential's text is no URL; ServiceError otherwise, never with the URL in it
 */
export async function postToSlack(
	ctx: IExecuteFunctions,
	url: string,
	message: SlackMessage,
	itemIndex: number,
	timing?: HttpTiming,
): Promise<void> {
	if (!/^https?:\/\/\S+$/i.test(url) || !URL.canParse(url)) {
		const problem = 'Slack Incoming Webhook URL in the Video Engine Alerts credential is not a URL';
		throw new NodeOperationError(ctx.getNode(), problem, { itemIndex });
	}
	const answer = await request(ctx, {
		service: 'Slack',
		method: 'POST',
		url,
		body: { ...message },
		timeoutMs: SEND_TIMEOUT_MS,
		signal: ctx.getExecutionCancelSignal(),
		explain: (refused) => explain(refused, url),
		timing,
	});
	if (/^\s*</.test(wordOf(answer))) {
		const failure: Failure = {
			class: 'refused',
			message: 'A web page answered instead of Slack.',
			began: 'no',
			retryable: false,
		};
		throw new ServiceError({ ...failure, httpStatus: answer.status }, 'Slack');
	}
}
