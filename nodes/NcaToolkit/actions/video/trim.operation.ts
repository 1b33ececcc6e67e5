import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { optionalString, requireString, withoutEmpty } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { PATHS } from '../../constants';
import { readOptions } from '../../parameters';
import { submitJob } from '../../submit';
import { codecOptions, optionsProperty, submitProperties, urlProperty } from '../common.descriptions';

const properties: INodeProperties[] = [
	urlProperty('Video URL', 'videoUrl', 'The video to trim'),
	{
		displayName: 'Start',
		name: 'start',
		type: 'string',
		default: '',
		placeholder: 'e.g. 00:00:01.000',
		description: 'What is kept begins here, as HH:MM:SS.mmm. Empty for the beginning.',
	},
	{
		displayName: 'End',
		name: 'end',
		type: 'string',
		default: '',
		placeholder: 'e.g. 00:00:05.000',
		description: 'What is kept ends here, as HH:MM:SS.mmm. Empty for the end.',
	},
	optionsProperty(codecOptions),
	...submitProperties,
];

export const description = updateDisplayOptions({ show: { resource: ['video'], operation: ['trim'] } }, properties);

export const execute: Operation = async function (itemIndex) {
	return await submitJob(this, itemIndex, PATHS.trim, {
		video_url: requireString(this, 'videoUrl', 'Video URL', itemIndex),
		...withoutEmpty({ start: optionalString(this, 'start', itemIndex), end: optionalString(this, 'end', itemIndex) }),
		...readOptions(this, itemIndex),
	});
};
