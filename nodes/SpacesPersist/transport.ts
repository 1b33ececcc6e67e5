import type { S3Client } from '@aws-sdk/client-s3';
import { sleep } from 'n8n-workflow';
import { SPACES_SIGNING_REGION } from '../../engine/net/constants';
import { checkObjectKey, encodeObjectKey } from '../../engine/net/objectKey';
import { presignUrl } from '../../engine/net/sigV4';
import {
	completeSpacesCredentials,
	locateSpaces,
	objectRequestUrl,
	publicObjectUrl,
	type ObjectAddress,
	type SpacesCredentials,
	type SpacesLocation,
} from '../../engine/net/spaces';
import type { Failure } from '../../engine/events';
import type { Result } from '../../engine/result';
import { ServiceError } from '../shared/errors';
import {
	CONNECT_TIMEOUT_MS,
	IDLE_TIMEOUT_MS,
	REQUEST_TIMEOUT_MS,
	RETRY_BASE_MS,
	RETRY_CAP_MS,
	S3_ATTEMPTS,
	SLOW_DOWN_BASE_MS,
} from './constants';
import { s3Failure } from './s3Failure';

/** What is written beside the bytes of an object. */
export interface ObjectAbout {
	contentType: string;
	/** SHA-256 of everything that shaped the result, 64 hex characters. */
	inputHash?: string;
	/** SHA-256 of the bytes, 64 hex characters. */
	sha256?: string;
	/** Whether people and services may read it by its URL. Default true. */
	isPublic?: boolean;
}

/** What a HEAD tells about an object. */
export interface StoredObject {
	bytes: number;
	contentType: string;
	etag?: string;
	inputHash?: string;
	sha256?: string;
	metadata: Record<string, string>;
}

export interface UploadedPart {
	PartNumber: number;
	ETag: string;
}

/** The S3 calls of one bucket. All can be repeated safely, are retried, and throw {@link ServiceError}. */
export interface SpacesTransport {
	location: SpacesLocation;
	/** The permanent URL of a key. */
	publicUrl(key: string): string;
	/** Undefined when there is no such object. */
	head(key: string, bucket?: string): Promise<StoredObject | undefined>;
	put(key: string, bytes: Uint8Array, about: ObjectAbout): Promise<void>;
	/** Bytes `from` to `to`, both included. */
	read(key: string, from: number, to: number): Promise<Uint8Array>;
	/** Copies at the store and replaces what is written beside the bytes. */
	copy(source: ObjectAddress, key: string, about: ObjectAbout): Promise<void>;
	delete(key: string): Promise<void>;
	startMultipart(key: string, about: ObjectAbout): Promise<string>;
	uploadPart(key: string, uploadId: string, partNumber: number, bytes: Uint8Array): Promise<UploadedPart>;
	completeMultipart(key: string, uploadId: string, parts: UploadedPart[], bytes: number): Promise<void>;
	/** Never throws: the store drops what is left over by itself after some days. */
	abortMultipart(key: string, uploadId: string): Promise<void>;
	listBuckets(): Promise<string[]>;
	presign(method: 'GET' | 'PUT', key: string, expiresInS: number, contentType?: string): Promise<string>;
	close(): void;
}

export interface SpacesOptions {
	/** Another bucket than the credential's. */
	bucket?: string;
	signal?: AbortSignal;
	/** Number in [0, 1) that spreads the retries. */
	random?: () => number;
	/** Milliseconds to wait, abortable; replaced in tests. */
	wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
	now?: () => Date;
}

/** The value of a result, or its refusal as an error about the input. */
export function valueOrServiceError<T>(result: Result<T>): T {
	if (result.ok) return result.value;
	throw new ServiceError({ class: 'invalid_input', message: result.message, began: 'no', retryable: false }, 'Spaces');
}

/**
 * Opens a bucket. The SDK is loaded on first use, because it is large and most nodes never need it.
 * `close` it when done: it holds connections.
 *
 * @throws ServiceError (`invalid_input`) when the credential is not complete
 */
export async function openSpaces(stored: SpacesCredentials, options: SpacesOptions = {}): Promise<SpacesTransport> {
	const credentials = completeSpacesCredentials(stored);
	const location = valueOrServiceError(locateSpaces(credentials, options.bucket || undefined));
	const sdk = await import('@aws-sdk/client-s3');
	const client = createClient(sdk, location, credentials);
	const { signal } = options;
	const call = <T>(request: () => Promise<T>) => callWithRetry(request, options);
	const target = (key: string) => ({ Bucket: location.bucket, Key: valueOrServiceError(checkObjectKey(key)) });
	const send = { abortSignal: signal };

	const head = async (key: string, bucket?: string): Promise<StoredObject | undefined> => {
		const input = { ...target(key), ...(bucket === undefined ? {} : { Bucket: bucket }) };
		const found = await call(() => orMissing(client.send(new sdk.HeadObjectCommand(input), send)));
		if (found === undefined) return undefined;
		const metadata = found.Metadata ?? {};
		return {
			bytes: found.ContentLength ?? 0,
			contentType: found.ContentType ?? 'application/octet-stream',
			etag: found.ETag,
			inputHash: metadata['input-hash'],
			sha256: metadata.sha256,
			metadata,
		};
	};

	return {
		location,
		head,
		publicUrl: (key) => publicObjectUrl(location, key),
		put: async (key, bytes, about) => {
			const input = { ...target(key), ...attributes(about), Body: bytes, ContentLength: bytes.byteLength };
			await call(() => client.send(new sdk.PutObjectCommand(input), send));
		},
		read: async (key, from, to) => {
			const input = { ...target(key), Range: `bytes=${from}-${to}` };
			const bytes = await call(async () => {
				const { Body } = await client.send(new sdk.GetObjectCommand(input), send);
				return Body?.transformToByteArray();
			});
			return bytes ?? new Uint8Array();
		},
		copy: async (source, key, about) => {
			const CopySource = `${source.bucket}/${encodeObjectKey(valueOrServiceError(checkObjectKey(source.key)))}`;
			const input = { ...target(key), ...attributes(about), CopySource, MetadataDirective: 'REPLACE' as const };
			await call(() => client.send(new sdk.CopyObjectCommand(input), send));
		},
		delete: async (key) => {
			await call(() => client.send(new sdk.DeleteObjectCommand(target(key)), send));
		},
		startMultipart: async (key, about) => {
			const input = { ...target(key), ...attributes(about) };
			const { UploadId } = await call(() => client.send(new sdk.CreateMultipartUploadCommand(input), send));
			return UploadId ?? '';
		},
		uploadPart: async (key, UploadId, PartNumber, bytes) => {
			const input = { ...target(key), UploadId, PartNumber, Body: bytes, ContentLength: bytes.byteLength };
			const { ETag } = await call(() => client.send(new sdk.UploadPartCommand(input), send));
			return { PartNumber, ETag: ETag ?? '' };
		},
		completeMultipart: async (key, UploadId, Parts, bytes) => {
			const input = { ...target(key), UploadId, MultipartUpload: { Parts } };
			const done = await call(() => orMissing(client.send(new sdk.CompleteMultipartUploadCommand(input), send)));
			// "No such upload" after a lost answer means that the first try went through.
			if (done !== undefined || (await head(key))?.bytes === bytes) return;
			throw new ServiceError({ ...LOST_UPLOAD }, 'Spaces');
		},
		abortMultipart: async (key, UploadId) => {
			// Cleans up after a cancelled execution too, hence without its signal.
			const input = { ...target(key), UploadId };
			await settle(() => client.send(new sdk.AbortMultipartUploadCommand(input)));
		},
		listBuckets: async () => {
			const { Buckets } = await call(() => client.send(new sdk.ListBucketsCommand({}), send));
			return (Buckets ?? []).flatMap(({ Name }) => (Name === undefined ? [] : [Name]));
		},
		presign: async (method, key, expiresInS, contentType) => {
			const url = objectRequestUrl(location, target(key).Key);
			const headers = contentType === undefined ? undefined : { 'content-type': contentType };
			const date = options.now?.() ?? new Date();
			return await presignUrl({ method, url, headers }, credentials, { date, expiresInS });
		},
		close: () => client.destroy(),
	};
}

const LOST_UPLOAD: Failure = {
	class: 'unavailable',
	message: 'Spaces no longer knows the upload and holds no object of its length',
	began: 'no',
	retryable: true,
};

function createClient(
	sdk: typeof import('@aws-sdk/client-s3'),
	location: SpacesLocation,
	credentials: SpacesCredentials,
): S3Client {
	return new sdk.S3Client({
		region: SPACES_SIGNING_REGION,
		endpoint: location.endpoint,
		forcePathStyle: location.pathStyle,
		credentials: { accessKeyId: credentials.accessKey, secretAccessKey: credentials.secretKey },
		// Newer SDKs add CRC headers by default, which S3-compatible stores refuse or store into the object.
		requestChecksumCalculation: 'WHEN_REQUIRED',
		responseChecksumValidation: 'WHEN_REQUIRED',
		// Retries are ours: the SDK's pauses can't be cancelled.
		maxAttempts: 1,
		requestHandler: {
			connectionTimeout: CONNECT_TIMEOUT_MS,
			socketTimeout: IDLE_TIMEOUT_MS,
			requestTimeout: REQUEST_TIMEOUT_MS,
			throwOnRequestTimeout: true,
		},
	});
}

function attributes(about: ObjectAbout) {
	return {
		ContentType: about.contentType,
		ACL: about.isPublic === false ? ('private' as const) : ('public-read' as const),
		Metadata: {
			...(about.inputHash === undefined ? {} : { 'input-hash': about.inputHash }),
			...(about.sha256 === undefined ? {} : { sha256: about.sha256 }),
		},
	};
}

type Settled<T> = { ok: true; value: T } | { ok: false; error: unknown };

async function settle<T>(request: () => Promise<T>): Promise<Settled<T>> {
	try {
		return { ok: true, value: await request() };
	} catch (error) {
		return { ok: false, error };
	}
}

/** Turns "there is none" into undefined; any other error goes on. */
async function orMissing<T>(request: Promise<T>): Promise<T | undefined> {
	return await request.catch(async (error: unknown) => {
		const { httpStatus, message } = s3Failure(error, false);
		const isMissing = httpStatus === 404 && !message.includes('NoSuchBucket');
		return isMissing ? undefined : await Promise.reject(error);
	});
}

async function callWithRetry<T>(request: () => Promise<T>, options: SpacesOptions): Promise<T> {
	const { signal, random = Math.random, wait = sleep } = options;
	for (let attempt = 1; ; attempt++) {
		const outcome = await settle(request);
		if (outcome.ok) return outcome.value;
		const failure = s3Failure(outcome.error, signal?.aborted === true);
		if (!failure.retryable || attempt >= S3_ATTEMPTS) throw new ServiceError(failure, 'Spaces');
		await wait(pauseMs(failure, attempt, random()), signal);
	}
}

function pauseMs(failure: Failure, attempt: number, random: number): number {
	const base = failure.class === 'rate_limited' || failure.httpStatus === 503 ? SLOW_DOWN_BASE_MS : RETRY_BASE_MS;
	const backoff = Math.min(RETRY_CAP_MS, base * 2 ** (attempt - 1)) * (0.5 + random / 2);
	const asked = Math.min(RETRY_CAP_MS, (failure.retryAfterS ?? 0) * 1000);
	return Math.max(backoff, asked);
}
