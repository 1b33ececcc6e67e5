import type { S3Client } from '@aws-sdk/client-s3';
import { SPACES_SIGNING_REGION } from '../../engine/net/constants';
import { checkObjectKey, encodeObjectKey } from '../../engine/net/objectKey';
import { presignUrl, type SigningKeys } from '../../engine/net/sigV4';
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
import { CONNECT_TIMEOUT_MS, IDLE_TIMEOUT_MS, REQUEST_TIMEOUT_MS } from './constants';
import { callWithRetry, settle, type RetryOptions } from './retry';
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

type Sdk = typeof import('@aws-sdk/client-s3');

export interface SpacesOptions extends RetryOptions {
	/** Another bucket than the credential's. */
	bucket?: string;
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
	return new SpacesTransport(await import('@aws-sdk/client-s3'), location, credentials, options);
}

/** The S3 calls of one bucket. All can be repeated safely, are retried, and throw {@link ServiceError}. */
export class SpacesTransport {
	private readonly client: S3Client;

	private readonly sending: { abortSignal?: AbortSignal };

	constructor(
		private readonly sdk: Sdk,
		readonly location: SpacesLocation,
		private readonly keys: SigningKeys,
		private readonly options: RetryOptions,
	) {
		this.client = createClient(sdk, location, keys);
		this.sending = { abortSignal: options.signal };
	}

	/** The permanent URL of a key. */
	publicUrl(key: string): string {
		return publicObjectUrl(this.location, key);
	}

	/** Undefined when there is no such object. */
	async head(key: string, bucket = this.location.bucket): Promise<StoredObject | undefined> {
		const command = new this.sdk.HeadObjectCommand({ ...this.target(key), Bucket: bucket });
		const found = await this.call(async () => await orMissing(this.client.send(command, this.sending)));
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
	}

	/** @param attempts tries altogether, where other than usual */
	async put(key: string, bytes: Uint8Array, about: ObjectAbout, attempts?: number): Promise<void> {
		const input = { ...this.target(key), ...attributes(about), Body: bytes, ContentLength: bytes.byteLength };
		const request = async () => await this.client.send(new this.sdk.PutObjectCommand(input), this.sending);
		await this.call(request, attempts);
	}

	/** Bytes `from` to `to`, both included; both must lie within the object. An answer of fewer bytes is asked for again. */
	async read(key: string, from: number, to: number): Promise<Uint8Array> {
		const input = { ...this.target(key), Range: `bytes=${from}-${to}` };
		return await this.call(async () => {
			const { Body } = await this.client.send(new this.sdk.GetObjectCommand(input), this.sending);
			const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
			const missing = to - from + 1 - bytes.byteLength;
			// A proxy may cut an answer and call it whole; a voice measured by that would be cut for good.
			if (missing > 0) throw new Error(`The answer lacks ${missing} bytes of the object`);
			return bytes;
		});
	}

	/** Copies at the store and replaces what is written beside the bytes. */
	async copy(source: ObjectAddress, key: string, about: ObjectAbout): Promise<void> {
		const CopySource = `${source.bucket}/${encodeObjectKey(valueOrServiceError(checkObjectKey(source.key)))}`;
		const input = { ...this.target(key), ...attributes(about), CopySource, MetadataDirective: 'REPLACE' as const };
		await this.call(async () => await this.client.send(new this.sdk.CopyObjectCommand(input), this.sending));
	}

	/** An object that is not there counts as deleted. */
	async delete(key: string): Promise<void> {
		const command = new this.sdk.DeleteObjectCommand(this.target(key));
		await this.call(async () => await this.client.send(command, this.sending));
	}

	/** Begins an upload in parts; gives its id. */
	async startMultipart(key: string, about: ObjectAbout): Promise<string> {
		const command = new this.sdk.CreateMultipartUploadCommand({ ...this.target(key), ...attributes(about) });
		const { UploadId } = await this.call(async () => await this.client.send(command, this.sending));
		return UploadId ?? '';
	}

	async uploadPart(key: string, UploadId: string, PartNumber: number, bytes: Uint8Array): Promise<UploadedPart> {
		const input = { ...this.target(key), UploadId, PartNumber, Body: bytes, ContentLength: bytes.byteLength };
		const send = async () => await this.client.send(new this.sdk.UploadPartCommand(input), this.sending);
		const { ETag } = await this.call(send);
		return { PartNumber, ETag: ETag ?? '' };
	}

	/** `bytes` is the length of the whole. */
	async completeMultipart(key: string, UploadId: string, Parts: UploadedPart[], bytes: number): Promise<void> {
		const input = { ...this.target(key), UploadId, MultipartUpload: { Parts } };
		const command = new this.sdk.CompleteMultipartUploadCommand(input);
		const done = await this.call(async () => await orMissing(this.client.send(command, this.sending)));
		// "No such upload" after a lost answer means that the first try went through.
		if (done !== undefined || (await this.head(key))?.bytes === bytes) return;
		throw new ServiceError({ ...LOST_UPLOAD }, 'Spaces');
	}

	/** Never throws: the store drops what is left over by itself after some days. */
	async abortMultipart(key: string, UploadId: string): Promise<void> {
		// Cleans up after a cancelled execution too, hence without its signal.
		const command = new this.sdk.AbortMultipartUploadCommand({ ...this.target(key), UploadId });
		await settle(async () => await this.client.send(command));
	}

	async listBuckets(): Promise<string[]> {
		const command = new this.sdk.ListBucketsCommand({});
		const { Buckets } = await this.call(async () => await this.client.send(command, this.sending));
		return (Buckets ?? []).flatMap(({ Name }) => (Name === undefined ? [] : [Name]));
	}

	/** A URL that allows one kind of request for a while; an upload has to state the given content type. */
	async presign(method: 'GET' | 'PUT', key: string, expiresInS: number, contentType?: string): Promise<string> {
		const url = objectRequestUrl(this.location, this.target(key).Key);
		const headers = contentType === undefined ? undefined : { 'content-type': contentType };
		return await presignUrl({ method, url, headers }, this.keys, { date: new Date(), expiresInS });
	}

	close(): void {
		this.client.destroy();
	}

	private async call<T>(request: () => Promise<T>, attempts = this.options.attempts): Promise<T> {
		return await callWithRetry(request, { ...this.options, attempts });
	}

	private target(key: string): { Bucket: string; Key: string } {
		return { Bucket: this.location.bucket, Key: valueOrServiceError(checkObjectKey(key)) };
	}
}

const LOST_UPLOAD: Failure = {
	class: 'unavailable',
	message: 'Spaces no longer knows the upload and holds no object of its length',
	began: 'no',
	retryable: true,
};

function createClient(sdk: Sdk, location: SpacesLocation, keys: SigningKeys): S3Client {
	return new sdk.S3Client({
		region: SPACES_SIGNING_REGION,
		endpoint: location.endpoint,
		forcePathStyle: location.pathStyle,
		credentials: { accessKeyId: keys.accessKey, secretAccessKey: keys.secretKey },
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

const CONTENT_TYPE = /^[\w.+-]+\/[\w.+-]+(?:;[ -~]*)?$/;

function attributes(about: ObjectAbout) {
	// Asked here because the SDK, when a header can't be sent, leaves its timers running.
	if (!CONTENT_TYPE.test(about.contentType)) {
		const message = 'The content type must look like video/mp4.';
		throw new ServiceError({ class: 'invalid_input', message, began: 'no', retryable: false }, 'Spaces');
	}
	return {
		ContentType: about.contentType,
		ACL: about.isPublic === false ? ('private' as const) : ('public-read' as const),
		Metadata: {
			...(about.inputHash === undefined ? {} : { 'input-hash': about.inputHash }),
			...(about.sha256 === undefined ? {} : { sha256: about.sha256 }),
		},
	};
}

/** Turns "there is none" into undefined; any other error goes on. */
async function orMissing<T>(request: Promise<T>): Promise<T | undefined> {
	return await request.catch(async (error: unknown) => {
		const { httpStatus, message } = s3Failure(error, false);
		const isMissing = httpStatus === 404 && !message.includes('NoSuchBucket');
		return isMissing ? undefined : await Promise.reject(error);
	});
}
