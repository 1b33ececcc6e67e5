import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { PATHS } from '../../constants';
import { readOptions } from '../../parameters';
import { submitJob } from '../../submit';
import { optionsProperty, submitProperties, urlProperty } from '../common.descriptions';

const properties: INodeProperties[] = [
	urlProperty('Media URL', 'mediaUrl', 'The page or file to download, of any site that yt-dlp knows'),
	optionsProperty([
		{
			displayName: 'Audio JSON',
			name: 'audio',
			type: 'json',
			default: '{}',
			description: 'Extract, format and quality',
		},
		{
			displayName: 'Cloud Upload',
			name: 'cloud_upload',
			type: 'boolean',
			default: true,
			description: 'Whether to put the file into the storage of the toolkit',
		},
		{
			displayName: 'Download JSON',
			name: 'download',
			type: 'json',
			default: '{}',
			description: 'Size limit, rate limit and retries',
		},
		{
			displayName: 'Format JSON',
			name: 'format',
			type: 'json',
			default: '{}',
			description: 'Quality, format ID, resolution and codecs',
		},
		{
			displayName: 'Subtitles JSON',
			name: 'subtitles',
			type: 'json',
			default: '{}',
			description: 'Download, languages, format and cloud upload',
		},
		{
			displayName: 'Thumbnails JSON',
			name: 'thumbnails',
			type: 'json',
			default: '{}',
			description: 'Download, formats, conversion and embedding',
		},
	]),
	...submitProperties,
];

export const description = updateDisplayOptions({ show: { resource: ['media'], operation: ['download'] } }, properties);

export const execute: Operation = async function (itemIndex) {
	return await submitJob(this, itemIndex, PATHS.download, {
		media_url: requireString(this, 'mediaUrl', 'Media URL', itemIndex),
		...readOptions(this, itemIndex, ['audio', 'download', 'format', 'subtitles', 'thumbnails']),
	});
};
