import type { Operation } from '../../../shared/router';
import { alertsCredential, passedOver, postToSlack } from '../../transport';
import { alertFields, readAlert } from '../fields';
import { buildSlackMessage } from './message';

export const description = alertFields('slack', 'send');

export const execute: Operation = async function (itemIndex) {
	const { alert } = readAlert(this, itemIndex);
	const { slackWebhookUrl } = await alertsCredential(this, itemIndex);
	if (slackWebhookUrl === '') return passedOver('slack', 'Slack Incoming Webhook URL', alert);
	await postToSlack(this, slackWebhookUrl, buildSlackMessage(alert), itemIndex);
	return { sent: true, service: 'slack', severity: alert.severity, title: alert.title };
};
