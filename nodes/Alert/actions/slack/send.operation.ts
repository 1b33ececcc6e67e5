import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { optionalString, readCollection, requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { postToSlack } from '../../transport';
import { buildSlackMessage, type Alert, type Severity } from './message';

const SEVERITIES: Severity[] = ['critical', 'error', 'info', 'recovered', 'warning'];

const properties: INodeProperties[] = [
	{
		displayName: 'Title',
		name: 'title',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. The video could not be finished',
		description: 'What happened, in one line',
	},
	{
		displayName: 'Message',
		name: 'message',
		type: 'string',
		typeOptions: { rows: 3 },
		default: '',
		description: 'What it means and what a person can do. Plain text.',
	},
	{
		displayName: 'Severity',
		name: 'severity',
		type: 'options',
		default: 'error',
		options: [
			{ name: 'Critical', value: 'critical', description: 'The service is down' },
			{ name: 'Error', value: 'error', description: 'A video failed for good' },
			{ name: 'Info', value: 'info', description: 'Worth knowing' },
			{ name: 'Recovered', value: 'recovered', description: 'What an earlier alert told of is over' },
			{ name: 'Warning', value: 'warning', description: 'Needs a look, nothing is lost yet' },
		],
		description: 'How bad it is',
	},
	{
		displayName: 'Details',
		name: 'details',
		type: 'collection',
		placeholder: 'Add Detail',
		default: {},
		options: [
			{
				displayName: 'Attempt',
				name: 'attempt',
				type: 'string',
				default: '',
				description: 'Which attempt of the job it was',
			},
			{ displayName: 'Job', name: 'job', type: 'string', default: '', description: 'Key of the job' },
			{
				displayName: 'Link',
				name: 'link',
				type: 'string',
				default: '',
				placeholder: 'e.g. https://n8n.example.com/workflow/1/executions/2',
				description: 'Where to look further',
			},
			{
				displayName: 'Link Text',
				name: 'linkText',
				type: 'string',
				default: 'Open',
				description: 'What the link is called',
			},
			{
				displayName: 'Reason',
				name: 'reason',
				type: 'string',
				typeOptions: { rows: 3 },
				default: '',
				description: "Why it happened, in the provider's words",
			},
			{ displayName: 'Step', name: 'step', type: 'string', default: '', description: 'Which step of the video it was' },
			{ displayName: 'Video ID', name: 'video', type: 'string', default: '', description: 'Which video it concerns' },
		],
	},
];

export const description = updateDisplayOptions({ show: { resource: ['slack'], operation: ['send'] } }, properties);

const FACTS = { video: 'Video', step: 'Step', job: 'Job', attempt: 'Attempt' } as const;

function readAlert(ctx: IExecuteFunctions, itemIndex: number): Alert {
	const details = readCollection(ctx, 'details', itemIndex);
	const text = (name: string) => String(details[name] ?? '').trim();
	const severity = optionalString(ctx, 'severity', itemIndex);
	const url = text('link');
	return {
		title: requireString(ctx, 'title', 'Title', itemIndex),
		message: optionalString(ctx, 'message', itemIndex) ?? '',
		// An unknown word of an expression must not lose the alert.
		severity: SEVERITIES.find((known) => known === severity) ?? 'error',
		facts: Object.entries(FACTS).map(([name, label]) => ({ label, value: text(name) })),
		reason: text('reason') || undefined,
		link: url === '' ? undefined : { url, text: text('linkText') || 'Open' },
	};
}

export const execute: Operation = async function (itemIndex) {
	const alert = readAlert(this, itemIndex);
	await postToSlack(this, buildSlackMessage(alert), itemIndex);
	return { sent: true, service: 'slack', severity: alert.severity, title: alert.title };
};
