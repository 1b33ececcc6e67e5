import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { unwrap } from '../../../shared/errors';
import type { Operation } from '../../../shared/router';
import { getTracker } from '../../connection';
import { readNews } from '../../news';
import { eventProperty } from '../common.descriptions';
import { requireObject, toJson } from '../read';

const properties: INodeProperties[] = [eventProperty];

export const description = updateDisplayOptions(
	{ show: { resource: ['job'], operation: ['matchResult'] } },
	properties,
);

/** Decides on news of a job; `verdict` is `take`, `failed` or `ignore`. */
export const execute: Operation = async function (itemIndex) {
	const news = unwrap(this, readNews(requireObject(this, 'event', 'Event', itemIndex)), itemIndex);
	const tracker = await getTracker(this, itemIndex);
	const { event, ...matched } = unwrap(this, await tracker.matchNews(news), itemIndex);
	// The event goes on as it came, with what was decided beside it; `error` would make n8n take it for a failed item.
	const rest = Object.fromEntries(Object.entries(event ?? {}).filter(([name]) => name !== 'error'));
	return toJson({ ...rest, ...matched });
};
