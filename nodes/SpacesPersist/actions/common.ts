import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { completeSpacesCredentials, type SpacesCredentials } from '../../../engine/net/spaces';
import type { JobContext } from '../../shared/jobContext';
import { optionalString } from '../../shared/params';
import { SPACES_CREDENTIAL } from '../../shared/savedObject';
import { inspectMedia, type MediaFacts } from '../inspect';
import { openSpaces, type SpacesTransport, type StoredObject } from '../transport';

/** What a call of one item needs of the bucket. */
export interface OpenBucket {
	spaces: SpacesTransport;
	credentials: SpacesCredentials;
}

export const objectKeyProperty: INodeProperties = {
	displayName: 'Object Key',
	name: 'objectKey',
	type: 'string',
	default: '',
	placeholder: 'e.g. videos/rec123/music.mp3',
	description:
		'Where the object lies in the bucket, without a slash in front. Empty takes the key of the Video Engine Job.',
};

/** Opens the bucket of an item, and closes it when the work is done. */
export async function withBucket<T>(
	ctx: IExecuteFunctions,
	itemIndex: number,
	use: (bucket: OpenBucket) => Promise<T>,
): Promise<T> {
	const credentials = completeSpacesCredentials(await ctx.getCredentials(SPACES_CREDENTIAL, itemIndex));
	const bucket = optionalString(ctx, 'bucket', itemIndex);
	const spaces = await openSpaces(credentials, { bucket, signal: ctx.getExecutionCancelSignal() });
	try {
		return await use({ spaces, credentials });
	} finally {
		spaces.close();
	}
}

/**
 * The key to work on: the parameter, else the job's.
 *
 * @throws NodeOperationError when both are empty
 */
export function readObjectKey(ctx: IExecuteFunctions, job: JobContext | undefined, itemIndex: number): string {
	const key = optionalString(ctx, 'objectKey', itemIndex) ?? job?.objectKey;
	if (key !== undefined) return key;
	throw new NodeOperationError(ctx.getNode(), 'Object Key is required', { itemIndex });
}

/** What the object holds, for audio and video. */
export async function inspectStored(
	spaces: SpacesTransport,
	key: string,
	stored: Pick<StoredObject, 'bytes' | 'contentType'>,
): Promise<MediaFacts | undefined> {
	if (!/^(audio|video)\//.test(stored.contentType)) return undefined;
	const read = async (from: number, to: number) => await spaces.read(key, from, to);
	return await inspectMedia({ bytes: stored.bytes, read });
}
