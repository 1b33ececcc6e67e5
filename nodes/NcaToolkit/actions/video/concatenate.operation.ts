import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { buildConcatenatePayload } from '../../../../engine/nca/concatenate';
import { unwrap } from '../../../shared/errors';
import type { Operation } from '../../../shared/router';
import { requireUrlList } from '../../parameters';
import { submitPayload } from '../../submit';
import { submitProperties, urlListProperty } from '../common.descriptions';

const properties: INodeProperties[] = [
	urlListProperty(
		'Video URLs',
		'videoUrls',
		'The videos in their order. They are joined without encoding, so all need the same size, codec and frame rate, as Combine Voice and Clip makes them. One URL per line; an expression may give a list.',
	),
	...submitProperties,
];

export const description = updateDisplayOptions(
	{ show: { resource: ['video'], operation: ['concatenate'] } },
	properties,
);

export const execute: Operation = async function (itemIndex) {
	const videoUrls = requireUrlList(this, 'videoUrls', 'Video URLs', itemIndex);
	return await submitPayload(this, itemIndex, unwrap(this, buildConcatenatePayload({ videoUrls }), itemIndex));
};
