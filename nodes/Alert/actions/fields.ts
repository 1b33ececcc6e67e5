import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { optionalString, readCollection, requireString } from '../../shared/params';
import { SEVERITIES, type Alert } from '../alert';

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
		description: 'What it means. Plain text.',
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
				displayName: 'Kind',
				name: 'kind',
				type: 'string',
				default: '',
				description: 'What sort of alert it is, such as circuit_open. Sentry groups by it.',
			},
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
			{
				displayName: 'Service',
				name: 'service',
				type: 'string',
				default: '',
				description: 'Which outside service it concerns',
			},
			{ displayName: 'Step', name: 'step', type: 'string', default: '', description: 'Which step of the video it was' },
			{ displayName: 'Video ID', name: 'video', type: 'string', default: '', description: 'Which video it concerns' },
			{
				displayName: 'What to Do',
				name: 'advice',
				type: 'string',
				default: '',
				description: 'What a person can do about it',
			},
		],
	},
];

/** The form of an alert, for one operation of a resource. */
export function alertFields(resource: string, operation: string): INodeProperties[] {
	return updateDisplayOptions({ show: { resource: [resource], operation: [operation] } }, properties);
}

const FACTS = { service: 'Service', video: 'Video', step: 'Step', job: 'Job', attempt: 'Attempt' } as const;

/** Short facts by name, as text; what is not set is empty. */
export type Details = (name: string) => string;

function detailsOf(collection: IDataObject): Details {
	return (name) => String(collection[name] ?? '').trim();
}

/** The alert that the form of an item holds, and its details by name. */
export function readAlert(ctx: IExecuteFunctions, itemIndex: number): { alert: Alert; details: Details } {
	const details = detailsOf(readCollection(ctx, 'details', itemIndex));
	const severity = optionalString(ctx, 'severity', itemIndex);
	const url = details('link');
	const alert: Alert = {
		title: requireString(ctx, 'title', 'Title', itemIndex),
		message: optionalString(ctx, 'message', itemIndex) ?? '',
		// An unknown word of an expression must not lose the alert.
		severity: SEVERITIES.find((known) => known === severity) ?? 'error',
		facts: Object.entries(FACTS).map(([name, label]) => ({ label, value: details(name) })),
		advice: details('advice') || undefined,
		reason: details('reason') || undefined,
		link: url === '' ? undefined : { url, text: details('linkText') || 'Open' },
	};
	return { alert, details };
}
