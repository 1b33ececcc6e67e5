import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { PATHS } from '../../constants';
import { readOptions } from '../../parameters';
import { submitJob } from '../../submit';
import { optionsProperty, submitProperties } from '../common.descriptions';

const properties: INodeProperties[] = [
	{
		displayName:
			'Whoever has the API key of the toolkit can run any code on it. Keep the toolkit off the internet, and never put untrusted text here.',
		name: 'codeNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Python Code',
		name: 'code',
		type: 'string',
		typeOptions: { rows: 8 },
		default: '',
		required: true,
		description: 'Runs as the body of a function: what it returns is the result',
	},
	optionsProperty([
		{
			displayName: 'Time Limit (Seconds)',
			name: 'timeout',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 300, numberPrecision: 0 },
			default: 30,
			description: 'The code is ended after this time',
		},
	]),
	...submitProperties,
];

export const description = updateDisplayOptions(
	{ show: { resource: ['code'], operation: ['executePython'] } },
	properties,
);

export const execute: Operation = async function (itemIndex) {
	return await submitJob(this, itemIndex, PATHS.executePython, {
		code: requireString(this, 'code', 'Python Code', itemIndex),
		...readOptions(this, itemIndex),
	});
};
