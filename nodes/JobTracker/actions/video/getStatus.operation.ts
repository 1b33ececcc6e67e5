import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { unwrap } from '../../../shared/errors';
import { requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { getTracker } from '../../connection';
import { videoIdProperty } from '../common.descriptions';
import { toJson } from '../read';

const properties: INodeProperties[] = [videoIdProperty];

export const description = updateDisplayOptions(
	{ show: { resource: ['video'], operation: ['getStatus'] } },
	properties,
);

/** Where a video stands, with its jobs. */
export const execute: Operation = async function (itemIndex) {
	const videoId = requireString(this, 'videoId', 'Video ID', itemIndex);
	const tracker = await getTracker(this, itemIndex);
	return toJson(unwrap(this, await tracker.getStatus(videoId), itemIndex));
};
