import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import type { Operation } from '../../../shared/router';
import { PATHS } from '../../constants';
import { requireUrlList } from '../../parameters';
import { submitJob } from '../../submit';
import { submitProperties, urlListProperty } from '../common.descriptions';

const properties: INodeProperties[] = [
	urlListProperty(
		'Audio URLs',
		'audioUrls',
		'The audio files in their order, all of one format. One URL per line; an expression may give a list.',
	),
	...submitProperties,
];

export const description = updateDisplayOptions(
	{ show: { resource: ['audio'], operation: ['concatenate'] } },
	properties,
);

export const execute: Operation = async function (itemIndex) {
	const urls = requireUrlList(this, 'audioUrls', 'Audio URLs', itemIndex);
	return await submitJob(this, itemIndex, PATHS.audioConcatenate, {
		audio_urls: urls.map((audio_url) => ({ audio_url })),
	});
};
