import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { NodeOperationError, updateDisplayOptions } from 'n8n-workflow';
import { PRESIGN_MAX_S } from '../../../engine/net/constants';
import { optionalString, requirePositiveInteger, requireString } from '../../shared/params';
import { PRESIGN_DEFAULT_S } from '../constants';
import { objectKeyProperty, readObjectKey, withBucket } from './common';

const MILLISECONDS = 1000;

const properties: INodeProperties[] = [
	objectKeyProperty,
	{
		displayName: 'Method',
		name: 'method',
		type: 'options',
		default: 'GET',
		description: 'What the URL allows',
		options: [
			{ name: 'GET', value: 'GET', description: 'Read the object' },
			{ name: 'PUT', value: 'PUT', description: 'Write the object' },
		],
	},
	{
		displayName: 'Expires In (Seconds)',
		name: 'expiresInS',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: PRESIGN_MAX_S, numberPrecision: 0 },
		default: PRESIGN_DEFAULT_S,
		description: 'How long the URL works, a week (604800) at most',
	},
	{
		displayName: 'Content Type',
		name: 'presignContentType',
		type: 'string',
		default: '',
		placeholder: 'e.g. video/mp4',
		description: 'Type that the upload has to state. Empty allows any.',
		displayOptions: { show: { method: ['PUT'] } },
	},
];

export const description = updateDisplayOptions({ show: { operation: ['presign'] } }, properties);

/** A URL that works without keys for a while. Whoever has it can use it, so keep it out of logs and records. */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const key = readObjectKey(this, undefined, itemIndex);
	const method = requireString(this, 'method', 'Method', itemIndex) === 'PUT' ? 'PUT' : 'GET';
	const expiresInS = requirePositiveInteger(this, 'expiresInS', 'Expires In', itemIndex);
	if (expiresInS > PRESIGN_MAX_S) {
		throw new NodeOperationError(
			this.getNode(),
			`Expires In must be at most ${PRESIGN_MAX_S} seconds, which is a week`,
			{
				itemIndex,
			},
		);
	}
	const contentType = method === 'PUT' ? optionalString(this, 'presignContentType', itemIndex) : undefined;
	return await withBucket(this, itemIndex, async ({ spaces }) => ({
		url: await spaces.presign(method, key, expiresInS, contentType),
		method,
		key,
		expiresAt: new Date(Date.now() + expiresInS * MILLISECONDS).toISOString(),
		...(contentType === undefined ? {} : { headers: { 'Content-Type': contentType } }),
	}));
}
