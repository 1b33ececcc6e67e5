import { parseAllowedInternalHosts } from '../../engine/net/foreignUrl';
import { checkObjectKey } from '../../engine/net/objectKey';
import { ownObjectAddress, type ObjectAddress, type SpacesCredentials } from '../../engine/net/spaces';
import { ServiceError } from '../shared/errors';
import { DOWNLOAD_RESTARTS } from './constants';
import { adopt, asKept, copyOwnObject } from './copy';
import { Download, RestartDownloadError, type DownloadOptions } from './download';
import { valueOrServiceError, type SpacesTransport, type StoredObject } from './transport';
import { uploadStream, type StoredBytes, type UploadOptions } from './upload';
import { typeOf, verify, verifyStored } from './verify';

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
