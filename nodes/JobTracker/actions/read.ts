import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { targetOf, type Target } from '../../../tracker/people';
import { optionalNumber, parseJsonParameter, requireString } from '../../shared/params';

/** A JSON parameter that must be an object. */
export function requireObject(ctx: IExecuteFunctions, name: string, label: string, itemIndex: number): IDataObject {
	const value = parseJsonParameter(ctx, name, label, itemIndex);
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as IDataObject;
	throw new NodeOperationError(ctx.getNode(), `${label} must be a JSON object`, { itemIndex });
}

/** The video, segment or job that a person's act applies to. */
export function readTarget(ctx: IExecuteFunctions, itemIndex: number): Target {
	const segment = optionalNumber(ctx, 'segment', itemIndex);
	return targetOf(requireString(ctx, 'target', 'Video ID or Job Key', itemIndex), segment ? segment : undefined);
}

/** Plain data as the JSON of an item. */
export function toJson(value: object): IDataObject {
	return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as IDataObject;
}
