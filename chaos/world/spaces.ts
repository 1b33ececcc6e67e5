import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

import type { SandboxReply, SandboxRequest, StandIn } from '../../sandbox/core/types';

/** An object of the bucket. */
export interface StoredObject {
	bytes: Buffer;
	contentType: string;
	metadata: Record<string, string>;
	etag: string;
	/** When it was written, ms since the epoch. */
	atMs: number;
}

interface Upload {
	key: string;
	about: About;
	parts: Map<number, Buffer>;
}

/** What a write says about its object. */
interface About {
	ContentType?: string;
	Metadata?: Record<string, string>;
}

/** The input of an S3 call, as the SDK's commands take it. */
export type S3Input = About & {
	Bucket?: string;
	Key?: string;
	Body?: Uint8Array;
	Range?: string;
	CopySource?: string;
	UploadId?: string;
	PartNumber?: number;
	MultipartUpload?: { Parts: Array<{ PartNumber: number; ETag: string }> };
};

/** What a call gives: the SDK's output, or S3's error. */
export type S3Outcome = { output: Record<string, unknown>; body?: Buffer } | { status: number; code: string };

export const BUCKET = 'video-engine';

/** The bucket of this world: the S3 calls that we use, and reading by URL. The sandbox's own speaks S3 on the wire. */
export class WorldSpaces implements StandIn {
	readonly service = 'spaces';

	readonly credentials = {};

	readonly faults = ['errorInside200', 'expireUrl'];

	readonly objects = new Map<string, StoredObject>();

	private readonly uploads = new Map<string, Upload>();

	private uploadCount = 0;

	constructor(
		private readonly nowMs: () => number,
		private readonly drawFault: (name: string) => boolean,
		private readonly onWrite: (key: string, object: StoredObject) => void,
	) {}

	routeOf({ method }: SandboxRequest): string {
		return method === 'HEAD' ? 'HeadObject' : 'GetObject';
	}

	/** Reading by the permanent URL. */
	async handle(request: SandboxRequest): Promise<SandboxReply> {
		const object = this.objects.get(decodeURIComponent(request.path.slice(1)).replace(`${BUCKET}/`, ''));
		if (!object || this.drawFault('expireUrl')) {
			return {
				status: 404,
				headers: { 'content-type': 'application/xml' },
				body: '<Error><Code>NoSuchKey</Code></Error>',
			};
		}
		const { bytes, contentType, etag } = object;
		const headers: Record<string, string> = { 'content-type': contentType, etag, 'accept-ranges': 'bytes' };
		const range = rangeOf(request.headers.range, bytes.length);
		if (request.method === 'HEAD')
			return { status: 200, headers: { ...headers, 'content-length': String(bytes.length) } };
		if (!range) return { status: 200, headers, body: bytes };
		headers['content-range'] = `bytes ${range.from}-${range.to}/${bytes.length}`;
		return { status: 206, headers, body: bytes.subarray(range.from, range.to + 1) };
	}

	async reset(): Promise<void> {
		this.objects.clear();
	}

	async stop(): Promise<void> {}

	/** One call of the S3 API, by the name of its command. */
	call(command: string, input: S3Input): S3Outcome {
		const key = input.Key ?? '';
		switch (command) {
			case 'HeadObject':
				return this.head(key);
			case 'GetObject':
				return this.get(key, input.Range);
			case 'PutObject':
				return { output: { ETag: this.store(key, Buffer.from(input.Body ?? new Uint8Array()), input) } };
			case 'CopyObject':
				return this.copy(key, input);
			case 'DeleteObject':
				this.objects.delete(key);
				return { output: {} };
			case 'CreateMultipartUpload':
				this.uploads.set(`upload-${++this.uploadCount}`, { key, about: input, parts: new Map() });
				return { output: { UploadId: `upload-${this.uploadCount}` } };
			case 'UploadPart':
				return this.part(input);
			case 'CompleteMultipartUpload':
				return this.complete(input);
			case 'AbortMultipartUpload':
				this.uploads.delete(input.UploadId ?? '');
				return { output: {} };
			default:
				throw new Error(`This world's Spaces does not know ${command}`);
		}
	}

	private head(key: string): S3Outcome {
		const object = this.objects.get(key);
		if (!object) return { status: 404, code: 'NotFound' };
		const { bytes, contentType, metadata, etag } = object;
		const output = { ContentLength: bytes.length, ContentType: contentType, Metadata: metadata, ETag: etag };
		return { output };
	}

	private get(key: string, header: string | undefined): S3Outcome {
		const object = this.objects.get(key);
		if (!object) return { status: 404, code: 'NoSuchKey' };
		const range = rangeOf(header, object.bytes.length);
		return { output: {}, body: range ? object.bytes.subarray(range.from, range.to + 1) : object.bytes };
	}

	private copy(key: string, input: S3Input): S3Outcome {
		const source = decodeURIComponent(input.CopySource ?? '').replace(`${BUCKET}/`, '');
		const object = this.objects.get(source);
		if (!object) return { status: 404, code: 'NoSuchKey' };
		if (this.drawFault('errorInside200')) return { status: 200, code: 'InternalError' };
		return { output: { CopyObjectResult: { ETag: this.store(key, object.bytes, input) } } };
	}

	private part({ UploadId = '', PartNumber = 0, Body = new Uint8Array() }: S3Input): S3Outcome {
		const upload = this.uploads.get(UploadId);
		if (!upload) return { status: 404, code: 'NoSuchUpload' };
		upload.parts.set(PartNumber, Buffer.from(Body));
		return { output: { ETag: etagOf(Buffer.from(Body)) } };
	}

	private complete({ UploadId = '', MultipartUpload }: S3Input): S3Outcome {
		const upload = this.uploads.get(UploadId);
		if (!upload) return { status: 404, code: 'NoSuchUpload' };
		if (this.drawFault('errorInside200')) return { status: 200, code: 'InternalError' };
		const parts = (MultipartUpload?.Parts ?? []).map(
			({ PartNumber }) => upload.parts.get(PartNumber) ?? Buffer.alloc(0),
		);
		this.uploads.delete(UploadId);
		return { output: { ETag: this.store(upload.key, Buffer.concat(parts), upload.about) } };
	}

	/** Writes an object; gives its ETag. */
	store(key: string, bytes: Buffer, { ContentType = 'binary/octet-stream', Metadata = {} }: About): string {
		const etag = etagOf(bytes);
		const object = { bytes, contentType: ContentType, metadata: Metadata, etag, atMs: this.nowMs() };
		this.objects.set(key, object);
		this.onWrite(key, object);
		return etag;
	}
}

function etagOf(bytes: Buffer): string {
	return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

function rangeOf(header: string | undefined, size: number): { from: number; to: number } | undefined {
	const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(header ?? '') ?? [];
	if (from === undefined) return undefined;
	return { from: Number(from), to: to === '' ? size - 1 : Math.min(Number(to), size - 1) };
}
