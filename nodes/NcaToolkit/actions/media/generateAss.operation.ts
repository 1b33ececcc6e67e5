import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { PATHS } from '../../constants';
import { readOptions } from '../../parameters';
import { submitJob } from '../../submit';
import { captionTextOptions, optionsProperty, submitProperties, urlProperty } from '../common.descriptions';

const properties: INodeProperties[] = [
	urlProperty('Media URL', 'mediaUrl', 'The file whose speech becomes subtitles'),
	optionsProperty([
		{
			displayName: 'Canvas Height',
			name: 'canvas_height',
			type: 'number',
			typeOptions: { minValue: 1, numberPrecision: 0 },
			default: 1080,
			description: 'Height of the picture in pixels; set the width too',
		},
		{
			displayName: 'Canvas Width',
			name: 'canvas_width',
			type: 'number',
			typeOptions: { minValue: 1, numberPrecision: 0 },
			default: 1920,
			description: 'Width of the picture in pixels; set the height too',
		},
		...captionTextOptions,
	]),
	...submitProperties,
];

export const description = updateDisplayOptions(
	{ show: { resource: ['media'], operation: ['generateAss'] } },
	properties,
);

export const execute: Operation = async function (itemIndex) {
	return await submitJob(this, itemIndex, PATHS.generateAss, {
		media_url: requireString(this, 'mediaUrl', 'Media URL', itemIndex),
		...readOptions(this, itemIndex, ['settings', 'replace', 'exclude_time_ranges']),
	});
};
