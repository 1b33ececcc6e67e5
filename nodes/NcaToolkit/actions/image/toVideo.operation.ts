import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { PATHS } from '../../constants';
import { readOptions } from '../../parameters';
import { submitJob } from '../../submit';
import { optionsProperty, submitProperties, urlProperty } from '../common.descriptions';

const properties: INodeProperties[] = [
	urlProperty(
		'Image URL',
		'imageUrl',
		'The picture to move over. The toolkit makes 1920x1080, or 1080x1920 of a tall or square one.',
	),
	optionsProperty([
		{
			displayName: 'Frame Rate',
			name: 'frame_rate',
			type: 'number',
			typeOptions: { minValue: 15, maxValue: 60, numberPrecision: 0 },
			default: 30,
			description: 'Frames per second',
		},
		{
			displayName: 'Length (Seconds)',
			name: 'length',
			type: 'number',
			typeOptions: { minValue: 0.1, maxValue: 400, numberPrecision: 3 },
			default: 5,
			description: 'Length of the video',
		},
		{
			displayName: 'Zoom Speed',
			name: 'zoom_speed',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 100 },
			default: 3,
			description: 'How fast the picture grows, in percent per second',
		},
	]),
	...submitProperties,
];

export const description = updateDisplayOptions({ show: { resource: ['image'], operation: ['toVideo'] } }, properties);

export const execute: Operation = async function (itemIndex) {
	return await submitJob(this, itemIndex, PATHS.imageToVideo, {
		image_url: requireString(this, 'imageUrl', 'Image URL', itemIndex),
		...readOptions(this, itemIndex),
	});
};
