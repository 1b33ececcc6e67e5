import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import type { Operation } from '../../../shared/router';
import { PATHS } from '../../constants';
import { requireJsonObject } from '../../parameters';
import { submitJob } from '../../submit';
import { submitProperties } from '../common.descriptions';

const properties: INodeProperties[] = [
	{
		displayName: 'Compose JSON',
		name: 'composeJson',
		type: 'json',
		typeOptions: { rows: 12 },
		default: '{\n  "inputs": [{ "file_url": "" }],\n  "outputs": [{ "options": [] }]\n}',
		required: true,
		description: 'Inputs, filters, outputs, global options and metadata as the toolkit takes them',
	},
	...submitProperties,
];

export const description = updateDisplayOptions({ show: { resource: ['video'], operation: ['compose'] } }, properties);

export const execute: Operation = async function (itemIndex) {
	return await submitJob(
		this,
		itemIndex,
		PATHS.compose,
		requireJsonObject(this, 'composeJson', 'Compose JSON', itemIndex),
	);
};
