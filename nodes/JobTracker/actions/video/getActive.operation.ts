import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { unwrap } from '../../../shared/errors';
import type { Operation } from '../../../shared/router';
import { getTracker } from '../../connection';
import { toJson } from '../read';

const properties: INodeProperties[] = [];

export const description = updateDisplayOptions(
	{ show: { resource: ['video'], operation: ['getActive'] } },
	properties,
);

/** Every video under way, from memory: costs no request. */
export const execute: Operation = async function (itemIndex) {
	const tracker = await getTracker(this, itemIndex);
	return unwrap(this, await tracker.listActive(), itemIndex).map(toJson);
};
