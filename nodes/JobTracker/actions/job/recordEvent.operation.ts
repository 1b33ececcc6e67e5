import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { unwrap } from '../../../shared/errors';
import type { Operation } from '../../../shared/router';
import { getTracker } from '../../connection';
import { readEvent } from '../../news';
import { eventProperty } from '../common.descriptions';
import { requireObject } from '../read';

const properties: INodeProperties[] = [eventProperty];

export const description = updateDisplayOptions(
	{ show: { resource: ['job'], operation: ['recordEvent'] } },
	properties,
);

/** Records a callback, one row per distinct event, and hands it on. Counts of rejected calls end here. */
export const execute: Operation = async function (itemIndex) {
	const item = requireObject(this, 'event', 'Event', itemIndex);
	const tracker = await getTracker(this, itemIndex);
	if (item.verdict === 'rejected') {
		tracker.recordRejected(Number(item.count) || 1, JSON.stringify(item.reasons ?? {}));
		return [];
	}
	const event = unwrap(this, readEvent(item), itemIndex);
	tracker.recordEvent(event);
	return { ...item };
};
