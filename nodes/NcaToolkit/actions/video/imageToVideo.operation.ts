import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { buildImageToVideoPayload } from '../../../../engine/nca/imageToVideo';
import { unwrap } from '../../../shared/errors';
import { requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { readOptions } from '../../parameters';
import { submitPayload } from '../../submit';
import { optionsProperty, submitProperties, urlProperty } from '../common.descriptions';

const properties: INodeProperties[] = [
	urlProperty(
		'Image URL',
		'imageUrl',
		'The picture to grow into. The toolkit makes 1920x1080, or 1080x1920 of a tall or square one.',
	),
	optionsProperty([
		{
			displayName: 'Frame Rate',
			name: 'frameRate',
			type: 'number',
			typeOptions: { minValue: 15, maxValue: 60, numberPrecision: 0 },
			default: 30,
			description: 'Frames per second',
		},
		{
			displayName: 'Length (Seconds)',
			name: 'lengthS',
			type: 'number',
			typeOptions: { minValue: 0.1, maxValue: 400, numberPrecision: 3 },
			default: 5,
			description: 'Length of the video',
		},
		{
			displayName: 'Zoom Speed',
			name: 'zoomSpeed',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 100 },
			default: 3,
			description: 'Percent by which the picture grows over the whole length',
		},
	]),
	...submitProperties,
];

export const description = updateDisplayOptions(
	{ show: { resource: ['video'], operation: ['imageToVideo'] } },
	properties,
);

export const execute: Operation = async function (itemIndex) {
	const { lengthS, frameRate, zoomSpeed } = readOptions(this, itemIndex);
	const number = (value: unknown) => (value === undefined ? undefined : Number(value));
	const payload = buildImageToVideoPayload({
		imageUrl: requireString(this, 'imageUrl', 'Image URL', itemIndex),
		lengthS: number(lengthS),
		frameRate: number(frameRate),
		zoomSpeed: number(zoomSpeed),
	});
	return await submitPayload(this, itemIndex, unwrap(this, payload, itemIndex));
};
