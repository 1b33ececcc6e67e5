import { parseAllowedInternalHosts } from '../../engine/net/foreignUrl';
import { checkObjectKey } from '../../engine/net/objectKey';
import { ownObjectAddress, type ObjectAddress, type SpacesCredentials } from '../../engine/net/spaces';
import { ok, refuse, type Result } from '../../engine/result';
import { ServiceError } from '../shared/errors';
import { foreignFailure, foreignFetch } from '../shared/foreignFetch';
import { COPY_MAX_BYTES, DOWNLOAD_RESTARTS } from './constants';
import { decideContentType, SNIFF_BYTES } from './contentType';
import { Download, failureOfStatus, RestartDownloadError, type DownloadOptions } from './download';
import { valueOrServiceError, type SpacesTransport, type StoredObject } from './transport';
import { uploadStream, verificationError, type StoredBytes, type UploadOptions } from './upload';

/** A file that n8n holds. `open` can be called once. */
export interface BinarySource {
	open: () => Promise<AsyncIterable<Uint8Array>>;
	bytes?: number;
	contentType?: string;
}

export interface PersistRequest {
	objectKey: string;
	source: { url: string } | { binary: BinarySource };
	/** Identity of the result; with it a second run finds the first one's object. */
	inputHash?: string;
	contentType?: string;
	expectedBytes?: number;
	expectedSha256?: string;
	isPublic: boolean;
	download: DownloadOptions;
}

export interface PersistOutcome {
	/** `kept`: it was there already; `copied`: at the store, without passing through here. */
	how: 'kept' | 'copied' | 'uploaded';
	bytes: number;
	/** Unknown for copies of objects that others wrote. */
	sha256?: string;
	contentType: string;
	isStamped: boolean;
}

/**
 * Makes a file a permanent object: kept when it is there already, copied at the store when it lies on the same
 * endpoint, else streamed. Doing it again changes nothing.
 *
 * @throws ServiceError
 */
export async function persist(
	spaces: SpacesTransport,
	credentials: SpacesCredentials,
	request: PersistRequest,
): Promise<PersistOutcome> {
	const { source, objectKey } = request;
	const existing = await spaces.head(objectKey);
	if (existing !== undefined && isSameResult(existing, request)) return asKept(existing);
	if ('binary' in source) return await upload(spaces, request, await source.binary.open(), source.binary.contentType);

	const own = ownObject(spaces, source.url);
	const fetch = {
		...request.download.fetch,
		allowedInternalHosts: fetchableHosts(spaces, credentials, source.url, own),
	};
	const guarded = { ...request, download: { ...request.download, fetch } };
	if (own !== undefined) {
		const isTarget = own.key === objectKey && own.bucket === spaces.location.bucket;
		const outcome = isTarget
			? await adopt(spaces, guarded, existing)
			: await copyOwnObject(spaces, guarded, { url: source.url, address: own });
		if (outcome !== undefined) return outcome;
	}
	return await streamUrl(spaces, guarded, source.url);
}

/** Equal hash and length: only then is what lies there the result that is asked for. */
function isSameResult(found: StoredObject, { inputHash, expectedBytes, expectedSha256 }: PersistRequest): boolean {
	if (inputHash === undefined || found.inputHash !== inputHash || found.bytes === 0) return false;
	if (expectedBytes !== undefined && found.bytes !== expectedBytes) return false;
	return expectedSha256 === undefined || found.sha256 === undefined || found.sha256 === expectedSha256;
}

function asKept(found: StoredObject): PersistOutcome {
	const { bytes, sha256, contentType } = found;
	return { how: 'kept', bytes, sha256, contentType, isStamped: sha256 !== undefined };
}

/** The URL names the target itself: there is nothing to move, at most something to write beside it. */
async function adopt(
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
 */
async function copyOwnObject(
	spaces: SpacesTransport,
	request: PersistRequest,
	own: { url: string; address: ObjectAddress },
): Promise<PersistOutcome | undefined> {
	const head = await readBeginning(own.url, request);
	const stored = await headOrUndefined(spaces, own.address);
	if (stored === undefined || stored.bytes > COPY_MAX_BYTES) return undefined;
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

async function readBeginning(url: string, request: PersistRequest): Promise<Uint8Array> {
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
	return Buffer.concat(chunks).subarray(0, SNIFF_BYTES);
}

async function streamUrl(spaces: SpacesTransport, request: PersistRequest, url: string): Promise<PersistOutcome> {
	for (let restarts = 0; ; restarts++) {
		const outcome = await uploadOrRestart(spaces, request, new Download(url, request.download));
		if ('how' in outcome) return outcome;
		if (restarts >= DOWNLOAD_RESTARTS) throw new ServiceError(outcome.failure, 'Download');
	}
}

async function uploadOrRestart(
	spaces: SpacesTransport,
	request: PersistRequest,
	download: Download,
): Promise<PersistOutcome | RestartDownloadError> {
	return await upload(spaces, request, download, () => download.contentType).catch(async (error: unknown) =>
		error instanceof RestartDownloadError ? error : await Promise.reject(error),
	);
}

async function upload(
	spaces: SpacesTransport,
	request: PersistRequest,
	source: AsyncIterable<Uint8Array>,
	declared: string | undefined | (() => string | undefined),
): Promise<PersistOutcome> {
	const { objectKey, inputHash, isPublic } = request;
	const options: UploadOptions = {
		inputHash,
		isPublic,
		decideType: (head) => typeOf(request, head, typeof declared === 'function' ? declared() : declared),
		verify: (whole) => verify(request, whole),
	};
	const stored: StoredBytes = await uploadStream(spaces, objectKey, source, options);
	await verifyStored(spaces, objectKey, stored.bytes);
	return { how: 'uploaded', ...stored };
}

async function verifyStored(spaces: SpacesTransport, key: string, bytes: number): Promise<void> {
	const found = await spaces.head(key);
	if (found?.bytes === bytes) return;
	throw verificationError(`Spaces holds ${found?.bytes ?? 'no'} bytes instead of ${bytes}.`, true);
}

function verify(request: PersistRequest, whole: { bytes: number; sha256?: string }): Result<void> {
	const { source } = request;
	const expectedBytes = request.expectedBytes ?? ('binary' in source ? source.binary.bytes : undefined);
	if (expectedBytes !== undefined && whole.bytes !== expectedBytes) {
		return refuse('length_differs', `The file has ${whole.bytes} bytes instead of ${expectedBytes}.`);
	}
	const { expectedSha256 } = request;
	if (expectedSha256 !== undefined && whole.sha256 !== undefined && whole.sha256 !== expectedSha256) {
		return refuse('checksum_differs', 'The SHA-256 of the file is not the expected one.');
	}
	return ok(undefined);
}

function verifyOrThrow(request: PersistRequest, whole: { bytes: number; sha256?: string }): void {
	const verified = verify(request, whole);
	if (!verified.ok) throw verificationError(verified.message, true);
	if (whole.bytes === 0) throw verificationError('The source is an empty file.', true);
}

function typeOf(request: PersistRequest, head: Uint8Array, declared: string | undefined): Result<string> {
	return decideContentType(head, { wanted: request.contentType, objectKey: request.objectKey, declared });
}

function acceptType(request: PersistRequest, head: Uint8Array, declared: string): string {
	const decided = typeOf(request, head, declared);
	if (!decided.ok) throw verificationError(decided.message, false);
	return decided.value;
}

function ownObject(spaces: SpacesTransport, url: string): ObjectAddress | undefined {
	const own = ownObjectAddress(spaces.location, url);
	return own !== undefined && checkObjectKey(own.key).ok ? own : undefined;
}

/**
 * The credential's list, and for an object of our own bucket the host of our store: it may lie in our own network
 * (MinIO), but nothing else there is opened by that.
 */
function fetchableHosts(
	spaces: SpacesTransport,
	credentials: SpacesCredentials,
	url: string,
	own: ObjectAddress | undefined,
): string[] {
	const allowed = valueOrServiceError(parseAllowedInternalHosts(credentials.allowedInternalHosts));
	if (own === undefined || own.bucket !== spaces.location.bucket) return allowed;
	const { hostname, port, protocol } = new URL(url);
	return [...allowed, `${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`];
}
