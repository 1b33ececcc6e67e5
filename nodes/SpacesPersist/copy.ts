import type { ObjectAddress } from '../../engine/net/spaces';
import { ServiceError } from '../shared/errors';
import { foreignFailure, foreignFetch } from '../shared/foreignFetch';
import { COPY_MAX_BYTES } from './constants';
import { SNIFF_BYTES } from './contentType';
import { failureOfStatus } from './download';
import type { PersistOutcome, PersistRequest } from './persist';
import type { SpacesTransport, StoredObject } from './transport';
import { verificationError } from './upload';
import { acceptType, verifyOrThrow, verifyStored } from './verify';

/** An object that stays as it is. */
export function asKept(found: StoredObject): PersistOutcome {
	const { bytes, sha256, contentType } = found;
	return { how: 'kept', bytes, sha256, contentType, isStamped: sha256 !== undefined };
}

/** The URL names the target itself: there is nothing to move, at most something to write beside it. */
export async function adopt(
	spaces: SpacesTransport,
	request: PersistRequest,
	existing: StoredObject | undefined,
): Promise<PersistOutcome> {
	if (existing === undefined) throw new ServiceError(failureOfStatus(404, undefined), 'Spaces');
	if (request.inputHash === undefined) return asKept(existing);
	if (existing.inputHash !== undefined && existing.inputHash !== request.inputHash) {
		throw verificationError('The object at this key is the result of another input.', false);
	}
	verifyOrThrow(request, existing);
	const head = await spaces.read(request.objectKey, 0, Math.min(existing.bytes, SNIFF_BYTES) - 1);
	const source = { bucket: spaces.location.bucket, key: request.objectKey };
	return await copyChecked(spaces, request, { source, head, stored: existing });
}

/**
 * Copies at the store. Our key could read objects that the one who named the URL may not see, so the URL itself has
 * to be readable first; the same request brings the bytes by which the type is recognised.
 *
 * @returns undefined when the file has to be fetched like any other
 */
export async function copyOwnObject(
	spaces: SpacesTransport,
	request: PersistRequest,
	own: { url: string; address: ObjectAddress },
): Promise<PersistOutcome | undefined> {
	const { head, etag } = await readBeginning(own.url, request);
	const stored = await headOrUndefined(spaces, own.address);
	if (stored === undefined || stored.bytes > COPY_MAX_BYTES) return undefined;
	// A redirect or a stale cache may have given another file than the object of that name: then the file counts.
	if (etag !== undefined && stored.etag !== undefined && etag !== stored.etag) return undefined;
	verifyOrThrow(request, stored);
	return await copyChecked(spaces, request, { source: own.address, head, stored });
}

async function copyChecked(
	spaces: SpacesTransport,
	request: PersistRequest,
	{ source, head, stored }: { source: ObjectAddress; head: Uint8Array; stored: StoredObject },
): Promise<PersistOutcome> {
	const { objectKey, inputHash, isPublic } = request;
	const contentType = acceptType(request, head, stored.contentType);
	const { bytes, sha256 } = stored;
	await spaces.copy(source, objectKey, { contentType, inputHash, sha256, isPublic });
	await verifyStored(spaces, objectKey, bytes);
	return { how: 'copied', bytes, sha256, contentType, isStamped: sha256 !== undefined };
}

/** Another bucket may be closed to our key; then its object is fetched like any other URL. */
async function headOrUndefined(
	spaces: SpacesTransport,
	{ bucket, key }: ObjectAddress,
): Promise<StoredObject | undefined> {
	if (bucket === spaces.location.bucket) return await spaces.head(key);
	return await spaces.head(key, bucket).catch(() => undefined);
}

async function readBeginning(
	url: string,
	request: PersistRequest,
): Promise<{ head: Uint8Array; etag: string | undefined }> {
	const answer = await foreignFetch(url, { ...request.download.fetch, range: { from: 0, to: SNIFF_BYTES - 1 } });
	if (!answer.ok) throw new ServiceError(foreignFailure(answer), 'Download');
	const { status, headers, body, discard } = answer.value;
	if (status !== 200 && status !== 206) {
		await discard();
		throw new ServiceError(failureOfStatus(status, headers['retry-after']), 'Download');
	}
	const chunks: Uint8Array[] = [];
	let bytes = 0;
	for await (const chunk of body) {
		chunks.push(chunk);
		bytes += chunk.byteLength;
		if (bytes >= SNIFF_BYTES) break;
	}
	return { head: Buffer.concat(chunks).subarray(0, SNIFF_BYTES), etag: headers.etag };
}
