import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { PATHS } from '../../constants';
import { readOptions, requireSpans } from '../../parameters';
import { submitJob } from '../../submit';
import { codecOptions, optionsProperty, spansProperty, submitProperties, urlProperty } from '../common.descriptions';

const properties: INodeProperties[] = [
	urlProperty('Video URL', 'videoUrl', 'The video to cut'),
	spansProperty('Cuts', 'cuts', 'The spans that are taken out'),
	optionsProperty(codecOptions),
	...submitProperties,
];

export const description = updateDisplayOptions({ show: { resource: ['video'], operation: ['cut'] } }, properties);

export const execute: Operation = async function (itemIndex) {
	return await submitJob(this, itemIndex, PATHS.cut, {
		video_url: requireString(this, 'videoUrl', 'Video URL', itemIndex),
		cuts: requireSpans(this, 'cuts', 'Cuts', itemIndex),
		...readOptions(this, itemIndex),
	});
};
