import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { healthAnswer } from '../../../../tracker/answers';
import type { Operation } from '../../../shared/router';
import { getTracker } from '../../connection';
import { toJson } from '../read';

const properties: INodeProperties[] = [];

export const description = updateDisplayOptions({ show: { resource: ['health'], operation: ['get'] } }, properties);

/** How the engine does, from what it knows: asks no service, holds no secret and nothing of any video. */
export const execute: Operation = async function (itemIndex) {
	const tracker = await getTracker(this, itemIndex);
	return toJson(healthAnswer(await tracker.health()));
};
