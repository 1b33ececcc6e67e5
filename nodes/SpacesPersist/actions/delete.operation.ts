import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';
import { objectKeyProperty, readObjectKey, withBucket } from './common';

const properties: INodeProperties[] = [objectKeyProperty];

export const description = updateDisplayOptions({ show: { operation: ['delete'] } }, properties);

/** Removes an object; one that is not there counts as removed. */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const key = readObjectKey(this, undefined, itemIndex);
	return await withBucket(this, itemIndex, async ({ spaces }) => {
		await spaces.delete(key);
		return { deleted: true, key };
	});
}
