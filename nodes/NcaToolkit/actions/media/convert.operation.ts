import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { PATHS } from '../../constants';
import { readOptions } from '../../parameters';
import { submitJob } from '../../submit';
import { codecOptions, optionsProperty, submitProperties, urlProperty } from '../common.descriptions';

const properties: INodeProperties[] = [
	urlProperty('Media URL', 'mediaUrl', 'The file to convert'),
	{
		displayName: 'Format',
		name: 'format',
		type: 'string',
		default: 'mp4',
		required: true,
		description: 'Extension of the new file, such as mp4 or mov',
	},
	optionsProperty(codecOptions),
	...submitProperties,
];

export const description = updateDisplayOptions({ show: { resource: ['media'], operation: ['convert'] } }, properties);

export const execute: Operation = async function (itemIndex) {
	return await submitJob(this, itemIndex, PATHS.convert, {
		media_url: requireString(this, 'mediaUrl', 'Media URL', itemIndex),
		format: requireString(this, 'format', 'Format', itemIndex),
		...readOptions(this, itemIndex),
	});
};
