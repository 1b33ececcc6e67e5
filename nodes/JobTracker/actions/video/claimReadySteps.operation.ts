import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { unwrap } from '../../../shared/errors';
import { optionalNumber, requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { getTracker } from '../../connection';
import { startElsewhere } from '../../spread';
import { videoIdProperty } from '../common.descriptions';
import { toJson } from '../read';

const properties: INodeProperties[] = [
	videoIdProperty,
	{
		displayName: 'Most Steps',
		name: 'stepsMax',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 0 },
		default: 0,
		hint: '0 for every step that may start',
		description:
			'Max number of steps to claim. Where the lock is Redis and no limit is given, one step is claimed here, and the others are left to other processes.',
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['video'], operation: ['claimReadySteps'] } },
	properties,
);

/** One item per step that may start now, each claimed durably. */
export const execute: Operation = async function (itemIndex) {
	const videoId = requireString(this, 'videoId', 'Video ID', itemIndex);
	const limit = optionalNumber(this, 'stepsMax', itemIndex) ?? 0;
	const tracker = await getTracker(this, itemIndex);
	const isSpread = tracker.context.shared !== undefined && limit === 0;
	const first = isSpread ? 1 : limit || Infinity;
	const { steps, left } = unwrap(this, await tracker.claimSome(videoId, first), itemIndex);
	if (isSpread && left > 0 && !(await startElsewhere(this, itemIndex, videoId, left))) {
		// What was claimed is to be run, whatever becomes of the rest: the next look claims it.
		const rest = await tracker.claimSome(videoId, Infinity);
		if (rest.ok) steps.push(...rest.value.steps);
	}
	return steps.map(toJson);
};
