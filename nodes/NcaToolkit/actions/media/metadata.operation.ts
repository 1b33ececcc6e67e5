import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { PATHS } from '../../constants';
import { askToolkit } from '../../ask';
import { urlProperty } from '../common.descriptions';

const properties: INodeProperties[] = [
	urlProperty('Media URL', 'mediaUrl', 'The file to look at. The toolkit answers at once and never calls back.'),
];

export const description = updateDisplayOptions({ show: { resource: ['media'], operation: ['metadata'] } }, properties);

export const execute: Operation = async function (itemIndex) {
	const body = { media_url: requireString(this, 'mediaUrl', 'Media URL', itemIndex) };
	return await askToolkit(this, itemIndex, { path: PATHS.metadata, body });
};
