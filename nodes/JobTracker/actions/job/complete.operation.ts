import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { unwrap } from '../../../shared/errors';
import type { Operation } from '../../../shared/router';
import { getTracker } from '../../connection';
import { readEvent } from '../../news';
import { eventProperty } from '../common.descriptions';
import { requireObject, toJson } from '../read';

const properties: INodeProperties[] = [eventProperty];

export const description = updateDisplayOptions({ show: { resource: ['job'], operation: ['complete'] } }, properties);

/** Settles a job with a result that is stored in Spaces; the first valid one wins. */
export const execute: Operation = async function (itemIndex) {
	const event = unwrap(this, readEvent(requireObject(this, 'event', 'Event', itemIndex)), itemIndex);
	const tracker = await getTracker(this, itemIndex);
	return toJson(unwrap(this, await tracker.complete(event), itemIndex));
};
