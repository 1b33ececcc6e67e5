import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { randomText } from '../core/random';
import type { SandboxContext, SandboxReply, SandboxRequest, StandIn, StandInFactory } from '../core/types';
import { addressOf, type Address } from './address';
import { identify } from './auth';
import { DEFAULT_BUCKET, DEFAULT_REGION } from './constants';
import { ObjectStore } from './objectStore';
import { anonymousOperation, bucketless, operationNameOf, operations } from './operations';
import { requireSigned, type S3Call } from './s3Call';
import { S3Error, errorReply, notImplemented } from './s3Error';
import type { KeyPair } from './sigV4';
import { UploadStore } from './uploadStore';

/** Settings of this stand-in; what is absent is made up. */
interface SpacesSettings {
	accessKey?: string;
	secretKey?: string;
	bucket?: string;
	region?: string;
}

/**
 * Stands in for DigitalOcean Spaces: an S3 server with real signatures, on disk, that streams.
 * Settings: `accessKey`, `secretKey`, `bucket` (made at start), `region`.
 */
export const createSpacesStandIn: StandInFactory = async (context) => new SpacesStandIn(context);

class SpacesStandIn implements StandIn {
	readonly service = 'spaces';

	readonly credentials: Record<string, string>;

	readonly faults = ['errorInside200', 'expireUrl'];

	private readonly keys: KeyPair;

	private readonly bucket: string;

	private store: ObjectStore;

	private uploads: UploadStore;

	constructor(private readonly context: SandboxContext) {
		const settings = context.settings as SpacesSettings;
		const { random } = context;
		this.keys = {
			accessKey: settings.accessKey ?? `SANDBOX${randomText(random, 13).toUpperCase()}`,
			secretKey: settings.secretKey ?? randomText(random, 40),
		};
		this.bucket = settings.bucket ?? DEFAULT_BUCKET;
		const endpoint = context.baseUrl('spaces');
		const publicBaseUrl = `${endpoint}/${this.bucket}`;
		const region = settings.region ?? DEFAULT_REGION;
		this.credentials = { ...this.keys, bucket: this.bucket, region, endpoint, publicBaseUrl };
		this.store = new ObjectStore(join(context.dir, 'store'));
		this.uploads = this.openUploads();
	}

	routeOf(request: SandboxRequest): string {
		return operationNameOf(request, this.addressOf(request)) ?? `${request.method} unknown`;
	}

	async handle(request: SandboxRequest): Promise<SandboxReply> {
		const requestId = randomUUID();
		const reply = await this.answer(request).catch((error: unknown) => {
			if (error instanceof S3Error) return errorReply(error, request.method, request.path, requestId);
			throw error;
		});
		return { ...reply, headers: { 'x-amz-request-id': requestId, ...reply.headers } };
	}

	async reset(): Promise<void> {
		await rm(join(this.context.dir, 'store'), { recursive: true, force: true });
		await this.restart();
	}

	/** Everything is on disk: memory is read anew from there. */
	async restart(): Promise<void> {
		this.store = new ObjectStore(join(this.context.dir, 'store'));
		this.uploads = this.openUploads();
	}

	async stop(): Promise<void> {}

	private async answer(request: SandboxRequest): Promise<SandboxReply> {
		const { context, store, uploads } = this;
		const { bucketOfHost, bucket, key } = this.addressOf(request);
		const identity = identify(request, this.keys, context.clock, bucketOfHost);
		const isPresigned = identity.kind === 'signed' && request.headers.authorization === undefined;
		if (isPresigned && context.drawFault('expireUrl')) {
			throw new S3Error(403, 'AccessDenied', 'Request has expired');
		}
		const call: S3Call = { request, bucket, key, identity, store, uploads, context };
		const name = operationNameOf(request, { bucket, key });
		if (name === undefined) throw notImplemented();
		if (!bucketless.has(name) && !store.hasBucket(bucket)) {
			throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist');
		}
		const anonymous = anonymousOperation(name);
		if (anonymous) return anonymous(call);
		const reply = await operations[name](requireSigned(call));
		return this.withErrorInside(name, reply);
	}

	/** S3 may find an error after it has said 200: a client must read the body of these answers. */
	private withErrorInside(name: string, reply: SandboxReply): SandboxReply {
		const isLong = name === 'CompleteMultipartUpload' || name === 'CopyObject' || name === 'UploadPartCopy';
		if (!isLong || !this.context.drawFault('errorInside200')) return reply;
		const error = new S3Error(200, 'InternalError', 'We encountered an internal error. Please try again.');
		return errorReply(error, 'POST', '', randomUUID());
	}

	private addressOf(request: SandboxRequest): Address {
		return addressOf(request, (name) => this.store.hasBucket(name));
	}

	private openUploads(): UploadStore {
		const uploads = new UploadStore(join(this.context.dir, 'store'), this.store);
		this.store.removeOrphans(uploads.files());
		if (!this.store.hasBucket(this.bucket)) {
			this.store.addBucket({ name: this.bucket, createdAt: this.context.clock.now() });
		}
		return uploads;
	}
}
