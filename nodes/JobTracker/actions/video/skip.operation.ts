import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { unwrap } from '../../../shared/errors';
import type { Operation } from '../../../shared/router';
import { getTracker } from '../../connection';
import { targetProperties } from '../common.descriptions';
import { readTarget, toJson } from '../read';

const properties: INodeProperties[] = [...targetProperties];

export const description = updateDisplayOptions({ show: { resource: ['video'], operation: ['skip'] } }, properties);

/** A person's skip: the video goes on without a segment, or without its music. */
export const execute: Operation = async function (itemIndex) {
	const tracker = await getTracker(this, itemIndex);
	const target = await readTarget(this, tracker, itemIndex);
	const { changed } = unwrap(this, await tracker.skip(target), itemIndex);
	return toJson({ videoId: target.videoId, changed });
};
