import { createHash, createHmac } from 'node:crypto';
import { createReadStream, openAsBlob } from 'node:fs';
import { pipeline } from 'node:stream/promises';

import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

import type { Clock } from '../core/types';
import { PRESIGN_S } from './constants';
import { TaskError } from './taskError';

/** Where outputs go. `public` asks for an object that anyone may read. */
export interface ToolkitStorage {
	readonly bucket: string;
	/** Stores a file and gives its URL. */
	put(name: string, file: string, options: { public: boolean }): Promise<string>;
}

/** The toolkit's own access to S3. */
export interface S3Target {
	endpoint: string;
	bucket: string;
	accessKey: string;
	secretKey: string;
	region: string;
	/**
	 * The endpoint names the bucket already, as people set it up for DigitalOcean: keys then begin with the bucket's
	 * name once more.
	 */
	bucketInEndpoint?: boolean;
}

/** Stores outputs by signed PUT: flat keys, `public-read`, no content type, as the toolkit does. */
export class S3Storage implements ToolkitStorage {
	constructor(
		private readonly target: () => S3Target,
		private readonly clock: Clock,
		private readonly signal: () => AbortSignal,
	) {}

	get bucket(): string {
		return this.target().bucket;
	}

	async put(name: string, file: string, options: { public: boolean }): Promise<string> {
		const target = this.target();
		const url = objectUrl(target, name);
		const acl = options.public ? { 'x-amz-acl': 'public-read' } : undefined;
		const headers = await signedHeaders(target, url, { ...acl, 'x-amz-content-sha256': await sha256Of(file) });
		const response = await this.send(url, file, headers);
		if (!response.ok) throw new TaskError(await refusalText(response));
		return options.public ? url : this.presign(target, url);
	}

	private async send(url: string, file: string, headers: Record<string, string>): Promise<Response> {
		try {
			return await fetch(url, { method: 'PUT', headers, body: await openAsBlob(file), signal: this.signal() });
		} catch {
			this.signal().throwIfAborted();
			throw new TaskError(`Could not connect to the endpoint URL: "${url}"`);
		}
	}

	/** Old boto3 signs URLs in the manner of SigV2. */
	private presign({ accessKey, secretKey }: S3Target, url: string): string {
		const expires = Math.floor(this.clock.now() / 1000) + PRESIGN_S;
		const words = `GET\n\n\n${expires}\n${new URL(url).pathname}`;
		const signature = createHmac('sha1', secretKey).update(words).digest('base64');
		const query = new URLSearchParams({ AWSAccessKeyId: accessKey, Signature: signature, Expires: String(expires) });
		return `${url}?${query.toString()}`;
	}
}

function objectUrl({ endpoint, bucket, bucketInEndpoint }: S3Target, name: string): string {
	const key = bucketInEndpoint === true ? `${bucket}/${name}` : name;
	return `${endpoint.replace(/\/+$/, '')}/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
}

async function signedHeaders(
	{ accessKey, secretKey, region }: S3Target,
	url: string,
	headers: Record<string, string>,
): Promise<Record<string, string>> {
	const { host, hostname, pathname, port, protocol } = new URL(url);
	const signer = new SignatureV4({
		credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
		region,
		service: 's3',
		sha256: Sha256,
		uriEscapePath: false,
	});
	const signed = await signer.sign({
		method: 'PUT',
		protocol,
		hostname,
		...(port === '' ? {} : { port: Number(port) }),
		path: pathname,
		query: {},
		headers: { host, ...headers },
	});
	// The HTTP client sets the host itself.
	return Object.fromEntries(Object.entries(signed.headers).filter(([name]) => name !== 'host'));
}

async function sha256Of(file: string): Promise<string> {
	const hash = createHash('sha256');
	await pipeline(createReadStream(file), hash);
	return hash.digest('hex');
}

async function refusalText(response: Response): Promise<string> {
	const xml = await response.text();
	const part = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
	const code = part('Code') ?? String(response.status);
	return `An error occurred (${code}) when calling the PutObject operation: ${part('Message') ?? response.statusText}`;
}
