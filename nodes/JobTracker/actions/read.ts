import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { Target } from '../../../tracker/people';
import type { Tracker } from '../../../tracker/tracker';
import { unwrap } from '../../shared/errors';
import { parseJsonParameter, requireString } from '../../shared/params';

/** A JSON parameter that must be an object. */
export function requireObject(ctx: IExecuteFunctions, name: string, label: string, itemIndex: number): IDataObject {
	const value = parseJsonParameter(ctx, name, label, itemIndex);
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as IDataObject;
	throw new NodeOperationError(ctx.getNode(), `${label} must be a JSON object`, { itemIndex });
}

/** The segment that a parameter names; undefined for all. What can be none is NaN, and never "all". */
function readSegment(ctx: IExecuteFunctions, itemIndex: number): number | undefined {
	const value: unknown = ctx.getNodeParameter('segment', itemIndex, 0);
	return value === undefined || value === '' || value === 0 ? undefined : Number(value);
}

/** The video, segment or job that a person's act applies to. */
export async function readTarget(ctx: IExecuteFunctions, tracker: Tracker, itemIndex: number): Promise<Target> {
	const id = requireString(ctx, 'target', 'Video ID or Job', itemIndex);
	return unwrap(ctx, await tracker.findTarget(id, readSegment(ctx, itemIndex)), itemIndex);
}

/** Plain data as the JSON of an item. */
export function toJson(value: object): IDataObject {
	return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as IDataObject;
}
