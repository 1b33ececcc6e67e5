import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { unwrap } from '../../../shared/errors';
import { optionalString, requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { getTracker } from '../../connection';

const properties: INodeProperties[] = [
	{
		displayName: 'Cause',
		name: 'cause',
		type: 'string',
		default: '={{ $json.cause }}',
		required: true,
		description: 'What happened, in words that stay the same when it happens again',
	},
	{
		displayName: 'Video ID',
		name: 'videoId',
		type: 'string',
		default: '={{ $json.videoId }}',
		description: 'The video that failed. Empty for errors that belong to none.',
	},
];

export const description = updateDisplayOptions({ show: { resource: ['alert'], operation: ['claim'] } }, properties);

/** Hands an alert on once per cause and video; a repeated one ends here. */
export const execute: Operation = async function (itemIndex) {
	const cause = requireString(this, 'cause', 'Cause', itemIndex);
	const videoId = optionalString(this, 'videoId', itemIndex);
	const tracker = await getTracker(this, itemIndex);
	const { tell } = unwrap(this, await tracker.claimAlert({ cause, videoId }), itemIndex);
	return tell ? [{ ...this.getInputData()[itemIndex].json }] : [];
};
