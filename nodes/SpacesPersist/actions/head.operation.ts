import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';
import { jobContextProperties, readJobContext, type JobContext } from '../../shared/jobContext';
import { readCollection } from '../../shared/params';
import { isResultOf } from '../../shared/savedObject';
import { completedEvent } from '../event';
import type { SpacesTransport, StoredObject } from '../transport';
import { inspectStored, objectKeyProperty, readObjectKey, withBucket } from './common';

const properties: INodeProperties[] = [
	objectKeyProperty,
	...jobContextProperties,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Inspect Media',
				name: 'inspectMedia',
				type: 'boolean',
				default: true,
				description:
					'Whether to read length, codecs and size from the stored file. Without this option it is done for a Video Engine Job only.',
			},
		],
	},
];

export const description = updateDisplayOptions({ show: { operation: ['head'] } }, properties);

/**
 * Asks about an object. With a job the answer is evidence: its completed event when an object with exactly its input
 * hash is there, else `{ evidence: 'absent' }` with the job's identity.
 */
export async function execute(this: IExecuteFunctions, itemIndex: number): Promise<IDataObject> {
	const job = readJobContext(this, itemIndex);
	const key = readObjectKey(this, job, itemIndex);
	const { inspectMedia } = readCollection(this, 'options', itemIndex);
	return await withBucket(this, itemIndex, async ({ spaces }) => {
		const found = await spaces.head(key);
		if (job === undefined) return await describe(spaces, key, found, inspectMedia === true);
		if (!isResultOf(found, job.inputHash)) return absent(job, found);
		const media = inspectMedia === false ? undefined : await inspectStored(spaces, key, found);
		return completedEvent(this.getInputData()[itemIndex].json, job, { ...found, url: spaces.publicUrl(key), media });
	});
}

function absent({ jobKey, attempt, h }: JobContext, found: StoredObject | undefined): IDataObject {
	return { evidence: 'absent', reason: found === undefined ? 'none' : 'other_input', jobKey, attempt, h };
}

async function describe(
	spaces: SpacesTransport,
	key: string,
	found: StoredObject | undefined,
	shouldInspect: boolean,
): Promise<IDataObject> {
	const url = spaces.publicUrl(key);
	if (found === undefined) return { exists: false, key, url };
	const { bytes, contentType, inputHash, sha256, metadata } = found;
	const media = shouldInspect ? await inspectStored(spaces, key, found) : undefined;
	const optional = { inputHash, sha256, media: media === undefined ? undefined : { ...media } };
	const set = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
	return { exists: true, key, url, bytes, contentType, ...set, metadata };
}
