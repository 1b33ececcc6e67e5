import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { PATHS } from '../../constants';
import { readOptions } from '../../parameters';
import { submitJob } from '../../submit';
import { optionsProperty, submitProperties } from '../common.descriptions';

const properties: INodeProperties[] = [
	{
		displayName: 'Source',
		name: 'source',
		type: 'options',
		noDataExpression: true,
		default: 'url',
		options: [
			{ name: 'HTML', value: 'html' },
			{ name: 'URL', value: 'url' },
		],
		description: 'What is shown in the browser of the toolkit',
	},
	{
		displayName: 'Page URL',
		name: 'url',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. https://example.com',
		description: 'The page to take a picture of',
		displayOptions: { show: { source: ['url'] } },
	},
	{
		displayName: 'HTML',
		name: 'html',
		type: 'string',
		typeOptions: { rows: 6 },
		default: '',
		required: true,
		description: 'The page itself',
		displayOptions: { show: { source: ['html'] } },
	},
	optionsProperty([
		{
			displayName: 'Delay (Milliseconds)',
			name: 'delay',
			type: 'number',
			typeOptions: { minValue: 0, numberPrecision: 0 },
			default: 0,
			description: 'Pause before the picture is taken',
		},
		{
			displayName: 'Format',
			name: 'format',
			type: 'options',
			default: 'png',
			options: [
				{ name: 'JPEG', value: 'jpeg' },
				{ name: 'PNG', value: 'png' },
			],
			description: 'Format of the picture',
		},
		{
			displayName: 'Full Page',
			name: 'full_page',
			type: 'boolean',
			default: false,
			description: 'Whether to take the whole page, not only what is in view',
		},
		{
			displayName: 'More JSON',
			name: 'more',
			type: 'json',
			default: '{}',
			description: 'Further fields as the toolkit takes them, such as cookies, headers, clip, selector, js and css',
		},
		{
			displayName: 'Viewport Height',
			name: 'viewport_height',
			type: 'number',
			typeOptions: { minValue: 1, numberPrecision: 0 },
			default: 1080,
			description: 'In pixels',
		},
		{
			displayName: 'Viewport Width',
			name: 'viewport_width',
			type: 'number',
			typeOptions: { minValue: 1, numberPrecision: 0 },
			default: 1920,
			description: 'In pixels',
		},
		{
			displayName: 'Wait Until',
			name: 'wait_until',
			type: 'options',
			default: 'load',
			options: [
				{ name: 'DOM Content Loaded', value: 'domcontentloaded' },
				{ name: 'Load', value: 'load' },
				{ name: 'Network Idle', value: 'networkidle' },
			],
			description: 'When the page counts as shown',
		},
	]),
	...submitProperties,
];

export const description = updateDisplayOptions(
	{ show: { resource: ['image'], operation: ['screenshot'] } },
	properties,
);

export const execute: Operation = async function (itemIndex) {
	const isHtml = this.getNodeParameter('source', itemIndex, 'url') === 'html';
	const source = isHtml
		? { html: requireString(this, 'html', 'HTML', itemIndex) }
		: { url: requireString(this, 'url', 'Page URL', itemIndex) };
	const { more, ...options } = readOptions(this, itemIndex, ['more']);
	return await submitJob(this, itemIndex, PATHS.screenshot, { ...source, ...options, ...(more as IDataObject) });
};
