import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { PATHS } from '../../constants';
import { readOptions } from '../../parameters';
import { submitJob } from '../../submit';
import { optionsProperty, submitProperties, urlProperty } from '../common.descriptions';

const properties: INodeProperties[] = [
	urlProperty('File URL', 'fileUrl', 'The file to copy into the storage of the toolkit'),
	optionsProperty([
		{
			displayName: 'Download Headers JSON',
			name: 'download_headers',
			type: 'json',
			default: '{}',
			description: 'Headers that the toolkit sends when it fetches the file',
		},
		{ displayName: 'File Name', name: 'filename', type: 'string', default: '', description: 'Name in the storage' },
		{
			displayName: 'Public',
			name: 'public',
			type: 'boolean',
			default: false,
			description: 'Whether anybody may read it. If not, the result is a signed URL that is good for one hour.',
		},
	]),
	...submitProperties,
];

export const description = updateDisplayOptions({ show: { resource: ['storage'], operation: ['upload'] } }, properties);

export const execute: Operation = async function (itemIndex) {
	return await submitJob(this, itemIndex, PATHS.upload, {
		file_url: requireString(this, 'fileUrl', 'File URL', itemIndex),
		...readOptions(this, itemIndex, ['download_headers']),
	});
};
