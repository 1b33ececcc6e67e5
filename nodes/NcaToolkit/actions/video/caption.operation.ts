import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { optionalString, requireString, withoutEmpty } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { PATHS } from '../../constants';
import { readOptions } from '../../parameters';
import { submitJob } from '../../submit';
import { captionTextOptions, optionsProperty, submitProperties, urlProperty } from '../common.descriptions';

const properties: INodeProperties[] = [
	urlProperty('Video URL', 'videoUrl', 'The video to write the captions into'),
	{
		displayName: 'Captions',
		name: 'captions',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		description: 'The words, SRT or ASS text, or the URL of a subtitle file. Empty to transcribe the speech.',
	},
	optionsProperty(captionTextOptions),
	...submitProperties,
];

export const description = updateDisplayOptions({ show: { resource: ['video'], operation: ['caption'] } }, properties);

export const execute: Operation = async function (itemIndex) {
	return await submitJob(this, itemIndex, PATHS.caption, {
		video_url: requireString(this, 'videoUrl', 'Video URL', itemIndex),
		...withoutEmpty({ captions: optionalString(this, 'captions', itemIndex) }),
		...readOptions(this, itemIndex, ['settings', 'replace', 'exclude_time_ranges']),
	});
};
