import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { PATHS } from '../../constants';
import { readOptions, requireSpans } from '../../parameters';
import { submitJob } from '../../submit';
import { codecOptions, optionsProperty, spansProperty, submitProperties, urlProperty } from '../common.descriptions';

const properties: INodeProperties[] = [
	urlProperty('Video URL', 'videoUrl', 'The video to split'),
	spansProperty('Parts', 'splits', 'The spans that become files of their own'),
	optionsProperty(codecOptions),
	...submitProperties,
];

export const description = updateDisplayOptions({ show: { resource: ['video'], operation: ['split'] } }, properties);

export const execute: Operation = async function (itemIndex) {
	return await submitJob(this, itemIndex, PATHS.split, {
		video_url: requireString(this, 'videoUrl', 'Video URL', itemIndex),
		splits: requireSpans(this, 'splits', 'Parts', itemIndex),
		...readOptions(this, itemIndex),
	});
};
