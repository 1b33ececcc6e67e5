import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { sha256Hex } from '../../engine/hash';
import type { SpacesCredentials } from '../../engine/net/spaces';
import { PAID_PUT_ATTEMPTS } from '../SpacesPersist/constants';
import { openSpaces, type SpacesTransport, type StoredObject } from '../SpacesPersist/transport';
import type { JobContext } from './jobContext';

export type { SpacesCredentials } from '../../engine/net/spaces';

export const SPACES_CREDENTIAL = 'digitalOceanSpacesApi';

/** The part of an execution that {@link findExistingResult} needs. */
export interface SavedObjectContext {
	getCredentials<T extends object = ICredentialDataDecryptedObject>(type: string, itemIndex?: number): Promise<T>;
	getExecutionCancelSignal?(): AbortSignal | undefined;
}

export interface ObjectHead {
	exists: boolean;
	inputHash?: string;
	sha256?: string;
	bytes?: number;
	contentType?: string;
	/** The permanent URL, whether there is an object or not. */
	url: string;
}

export interface PutBytesInput {
	key: string;
	bytes: Uint8Array;
	contentType: string;
	inputHash: string;
	/** SHA-256 of the bytes; worked out when absent. */
	sha256?: string;
}

/** A result that an earlier attempt has left in Spaces. */
export interface ExistingResult {
	url: string;
	bytes: number;
	contentType: string;
	/** What is written beside the bytes, `input-hash` and `sha256` included. */
	metadata: Record<string, string>;
	/** Whether it is the job's own object, or that of another video. */
	foundIn: 'spaces' | 'other_video';
}

/**
 * Asks Spaces about an object.
 *
 * @throws ServiceError when Spaces can't be asked; a missing object is no error
 */
export async function headObject(
	credentials: SpacesCredentials,
	key: string,
	signal?: AbortSignal,
): Promise<ObjectHead> {
	return await withSpaces(credentials, signal, async (spaces) => {
		const found = await spaces.head(key);
		const url = spaces.publicUrl(key);
		if (found === undefined) return { exists: false, url };
		const { inputHash, sha256, bytes, contentType } = found;
		return { exists: true, inputHash, sha256, bytes, contentType, url };
	});
}

/**
 * Writes bytes that are already in memory (speech, transcripts) as a public object. They were paid for, so trouble of
 * Spaces is borne for minutes.
 * Doing it twice changes nothing: the same key and hash hold the same bytes.
 *
 * @throws ServiceError
 */
export async function putBytes(
	credentials: SpacesCredentials,
	input: PutBytesInput,
	signal?: AbortSignal,
): Promise<{ url: string; bytes: number; sha256: string }> {
	const sha256 = input.sha256 ?? sha256Hex(input.bytes);
	return await withSpaces(credentials, signal, async (spaces) => {
		const { contentType, inputHash } = input;
		await spaces.put(input.key, input.bytes, { contentType, inputHash, sha256 }, PAID_PUT_ATTEMPTS);
		return { url: spaces.publicUrl(input.key), bytes: input.bytes.byteLength, sha256 };
	});
}

/**
 * Looks whether the result that a paid call would bring lies in Spaces already: an object at the job's key, or at one
 * of another video that the tracker named, with the job's input hash. Asked before every paid call, so that n8n's own
 * retry finds the result instead of paying again.
 *
 * @returns undefined when there is none, or when the job names no object key
 * @throws ServiceError when Spaces can't be asked: then nothing may be paid for
 */
export async function findExistingResult(
	ctx: SavedObjectContext,
	job: JobContext,
): Promise<ExistingResult | undefined> {
	const { objectKey, otherObjectKeys = [], inputHash } = job;
	if (objectKey === undefined) return undefined;
	const credentials = await ctx.getCredentials<SpacesCredentials>(SPACES_CREDENTIAL);
	return await withSpaces(credentials, ctx.getExecutionCancelSignal?.(), async (spaces) => {
		for (const key of [objectKey, ...otherObjectKeys]) {
			const found = await spaces.head(key);
			if (!isResultOf(found, inputHash)) continue;
			const { bytes, contentType, metadata } = found;
			const foundIn = key === objectKey ? 'spaces' : 'other_video';
			return { url: spaces.publicUrl(key), bytes, contentType, metadata, foundIn };
		}
		return undefined;
	});
}

/** Whether an object is the result of exactly this input; an object of another hash is another result. */
export function isResultOf(found: StoredObject | undefined, inputHash: string): found is StoredObject {
	return found !== undefined && found.inputHash === inputHash && found.bytes > 0;
}

async function withSpaces<T>(
	credentials: SpacesCredentials,
	signal: AbortSignal | undefined,
	use: (spaces: SpacesTransport) => Promise<T>,
): Promise<T> {
	const spaces = await openSpaces(credentials, { signal });
	try {
		return await use(spaces);
	} finally {
		spaces.close();
	}
}
