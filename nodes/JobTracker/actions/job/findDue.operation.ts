import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { unwrap } from '../../../shared/errors';
import { optionalString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { getTracker } from '../../connection';
import { toJson } from '../read';

const properties: INodeProperties[] = [
	{
		displayName: 'Video ID',
		name: 'videoId',
		type: 'string',
		default: '',
		hint: 'Empty for all videos: what the recovery flow asks every few seconds',
		description: 'Look at this video only, and at once',
	},
];

export const description = updateDisplayOptions({ show: { resource: ['job'], operation: ['findDue'] } }, properties);

/** One item per thing that wants a look; costs no request while nothing is due. */
export const execute: Operation = async function (itemIndex) {
	const videoId = optionalString(this, 'videoId', itemIndex);
	const tracker = await getTracker(this, itemIndex);
	return unwrap(this, await tracker.findDue(videoId), itemIndex).map(toJson);
};
