import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { PATHS } from '../../constants';
import { readOptions } from '../../parameters';
import { submitJob } from '../../submit';
import { optionsProperty, submitProperties, urlProperty } from '../common.descriptions';

const properties: INodeProperties[] = [
	urlProperty('Media URL', 'mediaUrl', 'The file to convert'),
	optionsProperty([
		{ displayName: 'Bitrate', name: 'bitrate', type: 'string', default: '128k', description: 'Such as 128k' },
		{
			displayName: 'Sample Rate',
			name: 'sample_rate',
			type: 'number',
			typeOptions: { minValue: 8000 },
			default: 44100,
			description: 'In Hz',
		},
	]),
	...submitProperties,
];

export const description = updateDisplayOptions(
	{ show: { resource: ['media'], operation: ['convertToMp3'] } },
	properties,
);

export const execute: Operation = async function (itemIndex) {
	return await submitJob(this, itemIndex, PATHS.convertToMp3, {
		media_url: requireString(this, 'mediaUrl', 'Media URL', itemIndex),
		...readOptions(this, itemIndex),
	});
};
