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
	{ show: { resource: ['video'], operation: ['claimReadySteps'] } },
	properties,
);

/** One item per step that may start now, each claimed durably. */
export const execute: Operation = async function (itemIndex) {
	const videoId = requireString(this, 'videoId', 'Video ID', itemIndex);
	const tracker = await getTracker(this, itemIndex);
	const steps = unwrap(this, await tracker.claimReadySteps(videoId), itemIndex);
	return steps.map(toJson);
};
