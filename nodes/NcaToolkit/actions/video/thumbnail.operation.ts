import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { optionalNumber, requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { PATHS } from '../../constants';
import { submitJob } from '../../submit';
import { submitProperties, urlProperty } from '../common.descriptions';

const properties: INodeProperties[] = [
	urlProperty('Video URL', 'videoUrl', 'The video to take a picture from'),
	{
		displayName: 'Second',
		name: 'second',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 3 },
		default: 0,
		description: 'Where in the video the picture is taken',
	},
	...submitProperties,
];

export const description = updateDisplayOptions(
	{ show: { resource: ['video'], operation: ['thumbnail'] } },
	properties,
);

export const execute: Operation = async function (itemIndex) {
	return await submitJob(this, itemIndex, PATHS.thumbnail, {
		video_url: requireString(this, 'videoUrl', 'Video URL', itemIndex),
		second: optionalNumber(this, 'second', itemIndex) ?? 0,
	});
};
