import { createHash, createHmac, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';

import {
	AbortMultipartUploadCommand,
	CompleteMultipartUploadCommand,
	CopyObjectCommand,
	CreateMultipartUploadCommand,
	DeleteObjectCommand,
	DeleteObjectsCommand,
	GetObjectCommand,
	HeadObjectCommand,
	ListObjectsV2Command,
	ListPartsCommand,
	PutObjectAclCommand,
	PutObjectCommand,
	S3Client,
	UploadPartCommand,
	UploadPartCopyCommand,
	type CompletedPart,
	type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

import { VirtualClock } from '../../sandbox';
import { withSandbox } from '../support/sandbox';

const MIB = 1_048_576;

const clock = new VirtualClock();
const sandbox = withSandbox(['spaces'], { clock });

type ChecksumMode = NonNullable<S3ClientConfig['requestChecksumCalculation']>;

const clients: S3Client[] = [];

afterEach(() => clients.splice(0).forEach((client) => client.destroy()));

function client(mode: ChecksumMode = 'WHEN_REQUIRED', more: S3ClientConfig = {}): S3Client {
	const { endpoint, accessKey, secretKey } = sandbox().credentials('spaces');
	const created = new S3Client({
		endpoint,
		region: 'us-east-1',
		forcePathStyle: true,
		maxAttempts: 1,
		credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
		requestChecksumCalculation: mode,
		responseChecksumValidation: mode as S3ClientConfig['responseChecksumValidation'],
		...more,
	});
	clients.push(created);
	return created;
}

function Bucket(): string {
	return sandbox().credentials('spaces').bucket;
}

async function put(key: string, body: string | Buffer = 'hello', more: object = {}): Promise<void> {
	await client().send(new PutObjectCommand({ Bucket: Bucket(), Key: key, Body: body, ...more }));
}

async function get(key: string, s3 = client()): Promise<Buffer> {
	const { Body } = await s3.send(new GetObjectCommand({ Bucket: Bucket(), Key: key }));
	return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

/** Plain URL of an object, path style. */
function urlOf(key: string): string {
	return `${sandbox().baseUrl('spaces')}/${Bucket()}/${key}`;
}

async function presign(method: string, key: string, expiresIn = 60, query: Record<string, string> = {}) {
	const { accessKey, secretKey } = sandbox().credentials('spaces');
	const { hostname, port, host } = new URL(urlOf(key));
	const signer = new SignatureV4({
		credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
		region: 'us-east-1',
		service: 's3',
		sha256: Sha256,
		uriEscapePath: false,
		applyChecksum: false,
	});
	const request = {
		method,
		protocol: 'http:',
		hostname,
		port: Number(port),
		path: `/${Bucket()}/${key}`,
		query,
		headers: { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
	};
	const signed = await signer.presign(request, { expiresIn, signingDate: new Date(clock.now()) });
	return `${urlOf(key)}?${new URLSearchParams(signed.query as Record<string, string>).toString()}`;
}

describe.each<ChecksumMode>(['WHEN_SUPPORTED', 'WHEN_REQUIRED'])('with SDK checksums %s', (mode) => {
	it('keeps a buffer byte for byte, with type, metadata and ETag', async () => {
		const s3 = client(mode);
		const body = randomBytes(100_000);
		const described = { ContentType: 'video/mp4', Metadata: { 'input-hash': 'abc', sha256: 'def' } };

		const { ETag } = await s3.send(
			new PutObjectCommand({ Bucket: Bucket(), Key: 'v/a.mp4', Body: body, ...described }),
		);
		const head = await s3.send(new HeadObjectCommand({ Bucket: Bucket(), Key: 'v/a.mp4' }));

		expect(ETag).toBe(`"${createHash('md5').update(body).digest('hex')}"`);
		expect(head).toMatchObject({ ...described, ContentLength: 100_000, ETag, AcceptRanges: 'bytes' });
		expect((await get('v/a.mp4', s3)).equals(body)).toBe(true);
	});

	it('keeps a stream without its framing', async () => {
		const s3 = client(mode);
		const body = randomBytes(3 * MIB);
		const chunks = Array.from({ length: 48 }, (_, n) => body.subarray(n * 65_536, (n + 1) * 65_536));

		await s3.send(
			new PutObjectCommand({ Bucket: Bucket(), Key: 's', Body: Readable.from(chunks), ContentLength: body.length }),
		);

		expect((await get('s', s3)).equals(body)).toBe(true);
	});

	it('puts 20 MB together from parts that came in any order', async () => {
		const s3 = client(mode);
		const where = { Bucket: Bucket(), Key: 'big.mp4' };
		const body = randomBytes(20 * MIB);
		const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...where, ContentType: 'video/mp4' }));
		const parts: CompletedPart[] = [];
		for (const PartNumber of [3, 1, 4, 2]) {
			const Body = body.subarray((PartNumber - 1) * 5 * MIB, PartNumber * 5 * MIB);
			const sent = await s3.send(new UploadPartCommand({ ...where, UploadId, PartNumber, Body }));
			parts[PartNumber - 1] = { PartNumber, ETag: sent.ETag, ChecksumCRC32: sent.ChecksumCRC32 };
		}
		const listed = await s3.send(new ListPartsCommand({ ...where, UploadId, MaxParts: 3 }));

		const done = await s3.send(
			new CompleteMultipartUploadCommand({ ...where, UploadId, MultipartUpload: { Parts: parts } }),
		);

		expect(listed.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([1, 2, 3]);
		expect(listed).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '3' });
		expect(done.ETag).toMatch(/^"[0-9a-f]{32}-4"$/);
		expect((await get('big.mp4', s3)).equals(body)).toBe(true);
		expect((await fetch(await presign('HEAD', 'big.mp4'), { method: 'HEAD' })).headers.get('content-type')).toBe(
			'video/mp4',
		);
	});

	it.each(['../../../etc/x', 'a/../../b', '..', '%2e%2e/x', 'a b+c&d=e', 'ü/日本語/😀', "it's (1)!*", 'a//b', '/lead'])(
		'takes the key %j for what it is',
		async (key) => {
			const s3 = client(mode);

			await s3.send(new PutObjectCommand({ Bucket: Bucket(), Key: key, Body: key }));
			const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: Bucket() }));

			expect(Contents?.map(({ Key }) => Key)).toEqual([key]);
			expect((await get(key, s3)).toString()).toBe(key);
		},
	);
});

describe('access', () => {
	it('refuses anonymous writes, lists and deletes', async () => {
		await put('a', 'x', { ACL: 'public-read' });

		const statuses = await Promise.all([
			fetch(urlOf('b'), { method: 'PUT', body: 'x' }),
			fetch(urlOf('a'), { method: 'DELETE' }),
			fetch(urlOf('')),
			fetch(`${sandbox().baseUrl('spaces')}/`),
			fetch(urlOf('b?uploads'), { method: 'POST' }),
		]).then((all) => all.map(({ status }) => status));

		expect(statuses).toEqual([403, 403, 403, 403, 403]);
	});

	it('shows public objects to everybody and private ones to nobody', async () => {
		await put('open', 'o', { ACL: 'public-read', ContentType: 'text/plain' });
		await put('closed', 'c');

		const open = await fetch(urlOf('open'));

		expect(await open.text()).toBe('o');
		expect(open.headers.get('content-type')).toBe('text/plain');
		expect((await fetch(urlOf('closed'))).status).toBe(403);
		expect((await fetch(urlOf('missing'))).status).toBe(403);
	});

	it('follows an ACL that is changed later', async () => {
		await put('a');

		await client().send(new PutObjectAclCommand({ Bucket: Bucket(), Key: 'a', ACL: 'public-read' }));

		expect((await fetch(urlOf('a'))).status).toBe(200);
	});

	it('finds a bucket in the host, also with the bucket again in the path, as the NCA Toolkit does', async () => {
		await put(`${Bucket()}/file.mp4`, 'double', { ACL: 'public-read' });
		const { port } = new URL(sandbox().baseUrl('spaces'));
		const host = `${Bucket()}.localhost:${port}`;

		const text = await new Promise<string>((resolve, reject) => {
			const path = `/${Bucket()}/file.mp4`;
			httpRequest({ host: '127.0.0.1', port, path, headers: { host } }, (response) => {
				let body = '';
				response.on('data', (chunk: Buffer) => (body += chunk.toString()));
				response.on('end', () => resolve(body));
			})
				.on('error', reject)
				.end();
		});

		expect(text).toBe('double');
	});

	it.each([
		['a wrong secret', { secretAccessKey: 'wrong' }, 'SignatureDoesNotMatch'],
		['an unknown key', { accessKeyId: 'NOBODY' }, 'InvalidAccessKeyId'],
	])('refuses %s', async (_, wrong, code) => {
		const { accessKey, secretKey } = sandbox().credentials('spaces');
		const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey, ...wrong };
		const s3 = client('WHEN_REQUIRED', { credentials });

		const sent = s3.send(new PutObjectCommand({ Bucket: Bucket(), Key: 'a', Body: 'x' }));

		await expect(sent).rejects.toMatchObject({ name: code, $metadata: { httpStatusCode: 403 } });
	});

	it('refuses a request that was changed after it was signed', async () => {
		const s3 = client();
		s3.middlewareStack.add(
			(next) => async (args) => {
				const request = args.request as { headers: Record<string, string> };
				request.headers['x-amz-acl'] = 'public-read';
				return await next(args);
			},
			{ step: 'finalizeRequest', priority: 'low', name: 'tamper' },
		);

		const sent = s3.send(new PutObjectCommand({ Bucket: Bucket(), Key: 'a', Body: 'x', ACL: 'private' }));

		await expect(sent).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
	});

	it('refuses a body that was changed after it was signed', async () => {
		const s3 = client();
		s3.middlewareStack.add(
			(next) => async (args) => {
				(args.request as { body: string }).body = 'evil!';
				return await next(args);
			},
			{ step: 'finalizeRequest', priority: 'low', name: 'tamper' },
		);

		const sent = s3.send(new PutObjectCommand({ Bucket: Bucket(), Key: 'a', Body: 'hello' }));

		await expect(sent).rejects.toMatchObject({ name: 'XAmzContentSHA256Mismatch' });
		await expect(get('a')).rejects.toMatchObject({ name: 'NoSuchKey' });
	});

	it('refuses a header that is not under the signature', async () => {
		const url = await presign('PUT', 'a');

		const response = await fetch(url, { method: 'PUT', body: 'x', headers: { 'x-amz-acl': 'public-read' } });

		expect(response.status).toBe(403);
		expect(await response.text()).toContain('not signed: x-amz-acl');
	});

	it('takes no request of another day', async () => {
		const s3 = client('WHEN_REQUIRED', { systemClockOffset: 3_600_000 });

		const sent = s3.send(new GetObjectCommand({ Bucket: Bucket(), Key: 'a' }));

		await expect(sent).rejects.toMatchObject({ name: 'RequestTimeTooSkewed' });
	});
});

describe('presigned URLs', () => {
	it('let a client without keys write and read', async () => {
		const sent = await fetch(await presign('PUT', 'a'), { method: 'PUT', body: 'presigned' });
		const read = await fetch(await presign('GET', 'a', 60, { 'response-content-type': 'text/x-own' }));

		expect(sent.status).toBe(200);
		expect(await read.text()).toBe('presigned');
		expect(read.headers.get('content-type')).toBe('text/x-own');
	});

	it('end at their time', async () => {
		await put('a');
		const url = await presign('GET', 'a', 60);

		const before = (await fetch(url)).status;
		await clock.advance(61_000);
		const after = await fetch(url);

		expect(before).toBe(200);
		expect(after.status).toBe(403);
		expect(await after.text()).toContain('Request has expired');
	});

	it('are for one key, one method and one key pair only', async () => {
		await put('a');
		await put('b');
		const url = await presign('GET', 'a');

		expect((await fetch(url.replace('/a?', '/b?'))).status).toBe(403);
		expect((await fetch(url, { method: 'DELETE' })).status).toBe(403);
		expect((await fetch(url.replace(/Signature=.{4}/, 'Signature=0000'))).status).toBe(403);
		expect((await fetch(url.replace('Expires=60', 'Expires=600'))).status).toBe(403);
	});

	it('can put nothing into the headers of an answer but a value', async () => {
		const url = await presign('PUT', 'a', 60, { 'x-amz-meta-a': 'x\r\ny:z' });
		await put('b');

		expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(400);
		expect((await fetch(await presign('GET', 'b', 60, { 'response-expires': '日' }))).status).toBe(400);
	});

	it('may not outlive a week', async () => {
		const url = (await presign('GET', 'a', 604_800)).replace('Expires=604800', 'Expires=604801');

		expect(await (await fetch(url)).text()).toContain('AuthorizationQueryParametersError');
	});

	it('work in the old form that boto3 makes, until they end', async () => {
		await put('a b', 'old');
		const { accessKey, secretKey } = sandbox().credentials('spaces');
		const make = (expires: number) => {
			const text = `GET\n\n\n${expires}\n/${Bucket()}/a%20b`;
			const signature = createHmac('sha1', secretKey).update(text).digest('base64');
			const query = { AWSAccessKeyId: accessKey, Signature: signature, Expires: String(expires) };
			return `${urlOf('a%20b')}?${new URLSearchParams(query).toString()}`;
		};
		const nowS = Math.floor(clock.now() / 1_000);

		expect(await (await fetch(make(nowS + 60))).text()).toBe('old');
		expect((await fetch(make(nowS - 1))).status).toBe(403);
		expect((await fetch(make(nowS + 60).replace(/Expires=\d+/, `Expires=${nowS + 99}`))).status).toBe(403);
	});

	it('are refused as expired when that fault is drawn', async () => {
		await put('a');
		sandbox().setFaults({ services: { spaces: { routes: { GetObject: { script: ['expireUrl'] } } } } });
		const url = await presign('GET', 'a');

		expect([(await fetch(url)).status, (await fetch(url)).status]).toEqual([403, 200]);
	});
});

describe('reading', () => {
	beforeEach(async () => await put('digits', '0123456789', { ACL: 'public-read' }));

	it.each([
		['bytes=0-0', 206, '0', 'bytes 0-0/10'],
		['bytes=2-4', 206, '234', 'bytes 2-4/10'],
		['bytes=7-', 206, '789', 'bytes 7-9/10'],
		['bytes=-3', 206, '789', 'bytes 7-9/10'],
		['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
		['bytes=8-99', 206, '89', 'bytes 8-9/10'],
		['bytes=4-2', 200, '0123456789', null],
		['bytes=0-1,3-4', 200, '0123456789', null],
		['lines=1-2', 200, '0123456789', null],
	])('answers %s with %i', async (range, status, text, contentRange) => {
		const response = await fetch(urlOf('digits'), { headers: { range } });

		expect(response.status).toBe(status);
		expect(await response.text()).toBe(text);
		expect(response.headers.get('content-range')).toBe(contentRange);
		expect(response.headers.get('content-length')).toBe(String(text.length));
	});

	it.each(['bytes=10-', 'bytes=99-100', 'bytes=-0'])('answers %s with 416', async (range) => {
		const response = await fetch(urlOf('digits'), { headers: { range } });

		expect(response.status).toBe(416);
		expect(response.headers.get('content-range')).toBe('bytes */10');
	});

	it('knows what a client has already', async () => {
		const { headers } = await fetch(urlOf('digits'));
		const etag = String(headers.get('etag'));

		const same = await fetch(urlOf('digits'), { headers: { 'if-none-match': etag } });
		const other = await fetch(urlOf('digits'), { headers: { 'if-match': '"other"' } });
		const stale = await fetch(urlOf('digits'), { headers: { range: 'bytes=0-1', 'if-range': '"other"' } });

		expect([same.status, other.status, stale.status]).toEqual([304, 412, 200]);
	});

	it('gives no type of its own', async () => {
		const url = await presign('PUT', 'plain');
		await fetch(url, { method: 'PUT', body: new Uint8Array([1]) });

		expect((await fetch(await presign('GET', 'plain'))).headers.get('content-type')).toBe('binary/octet-stream');
	});

	it('counts the bytes of objects', async () => {
		await sandbox().reset();
		await put('x', Buffer.alloc(1_000));
		await get('x');

		const { spaces, services } = sandbox().report();
		expect(spaces).toEqual({ bytesIn: 1_000, bytesOut: 1_000 });
		expect(services.spaces?.routes.PutObject).toMatchObject({ calls: 1, statuses: { '200': 1 } });
	});
});

describe('writing', () => {
	it('refuses bytes that differ from their checksum', async () => {
		const wrong = client('WHEN_SUPPORTED').send(
			new PutObjectCommand({ Bucket: Bucket(), Key: 'a', Body: 'hello', ChecksumCRC32: 'AAAAAA==' }),
		);
		const md5 = client().send(
			new PutObjectCommand({ Bucket: Bucket(), Key: 'a', Body: 'x', ContentMD5: '1B2M2Y8AsgTpgAmY7PhCfg==' }),
		);

		await expect(wrong).rejects.toMatchObject({ name: 'BadDigest' });
		await expect(md5).rejects.toMatchObject({ name: 'BadDigest' });
		await expect(get('a')).rejects.toMatchObject({ name: 'NoSuchKey' });
	});

	it('refuses a presigned PUT that promises the checksum of nothing', async () => {
		const url = await presign('PUT', 'a', 60, { 'x-amz-checksum-crc32': 'AAAAAA==' });

		const response = await fetch(url, { method: 'PUT', body: 'hello' });

		expect(response.status).toBe(400);
		expect(await response.text()).toContain('BadDigest');
	});

	it('keeps nothing of an upload that broke off', async () => {
		const { port } = new URL(urlOf('a'));
		const { pathname, search } = new URL(await presign('PUT', 'a'));

		await new Promise<void>((resolve) => {
			const headers = { 'content-length': 1_000 };
			const upload = httpRequest({ host: '127.0.0.1', port, path: pathname + search, method: 'PUT', headers });
			upload.on('error', () => resolve());
			upload.write('only a part', () => upload.destroy(new Error('gone')));
		});

		await expect(get('a')).rejects.toMatchObject({ name: 'NoSuchKey' });
	});

	it('lets only the first of two writers who both forbid overwriting win', async () => {
		const s3 = client();
		const write = async (Body: string) =>
			await s3.send(new PutObjectCommand({ Bucket: Bucket(), Key: 'once', Body, IfNoneMatch: '*' }));

		const results = await Promise.allSettled([write('a'), write('b')]);

		expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
			reason: { name: 'PreconditionFailed' },
		});
	});

	it('wants to know the length', async () => {
		const body = new ReadableStream({
			start: (controller) => {
				controller.enqueue(new Uint8Array([1]));
				controller.close();
			},
		});

		const response = await fetch(await presign('PUT', 'a'), { method: 'PUT', body, duplex: 'half' } as RequestInit);

		expect(response.status).toBe(411);
	});

	it('refuses long keys, large metadata and unknown buckets', async () => {
		const s3 = client();
		const putIt = async (more: object) =>
			await s3.send(new PutObjectCommand({ Bucket: Bucket(), Key: 'a', Body: 'x', ...more }));

		await expect(putIt({ Key: 'k'.repeat(1_025) })).rejects.toMatchObject({ name: 'KeyTooLongError' });
		await expect(putIt({ Metadata: { a: 'v'.repeat(2_049) } })).rejects.toMatchObject({ name: 'MetadataTooLarge' });
		await expect(putIt({ Bucket: 'nobodys' })).rejects.toMatchObject({ name: 'NoSuchBucket' });
	});

	it('says SlowDown when that fault is drawn', async () => {
		sandbox().setFaults({ services: { spaces: { routes: { PutObject: { script: ['503'] } } } } });

		await expect(put('a')).rejects.toMatchObject({ name: 'SlowDown', $metadata: { httpStatusCode: 503 } });
		await put('a');
	});

	it('does not take a request for something else for a plain one', async () => {
		const tagging = await fetch(await presign('PUT', 'a', 60, { tagging: '' }), { method: 'PUT', body: '<Tagging/>' });

		expect(tagging.status).toBe(501);
	});
});

describe('multipart uploads', () => {
	async function begin(key: string): Promise<{ Bucket: string; Key: string; UploadId: string }> {
		const where = { Bucket: Bucket(), Key: key };
		const { UploadId } = await client().send(new CreateMultipartUploadCommand(where));
		return { ...where, UploadId: String(UploadId) };
	}

	async function part(upload: { Bucket: string; Key: string; UploadId: string }, PartNumber: number, Body: Buffer) {
		const { ETag } = await client().send(new UploadPartCommand({ ...upload, PartNumber, Body }));
		return { PartNumber, ETag };
	}

	it('refuse a small part that is not the last', async () => {
		const upload = await begin('a');
		const Parts = [await part(upload, 1, Buffer.alloc(10)), await part(upload, 2, Buffer.alloc(10))];

		const done = client().send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));

		await expect(done).rejects.toMatchObject({ name: 'EntityTooSmall' });
	});

	it('refuse parts that are out of order, unknown or changed', async () => {
		const upload = await begin('a');
		const [one, two] = [await part(upload, 1, Buffer.alloc(5 * MIB)), await part(upload, 2, Buffer.alloc(10))];
		const complete = async (...Parts: CompletedPart[]) =>
			await client().send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));

		await expect(complete(two, one)).rejects.toMatchObject({ name: 'InvalidPartOrder' });
		await expect(complete(one, { ...two, PartNumber: 3 })).rejects.toMatchObject({ name: 'InvalidPart' });
		await expect(complete(one, { ...two, ETag: '"00"' })).rejects.toMatchObject({ name: 'InvalidPart' });
	});

	it('are gone when aborted', async () => {
		const upload = await begin('a');
		await part(upload, 1, Buffer.alloc(10));

		await client().send(new AbortMultipartUploadCommand(upload));

		await expect(client().send(new ListPartsCommand(upload))).rejects.toMatchObject({ name: 'NoSuchUpload' });
	});

	it('go on after a restart', async () => {
		const upload = await begin('a');
		const one = await part(upload, 1, Buffer.alloc(5 * MIB, 1));
		await put('other', 'x', { Metadata: { 'input-hash': 'kept' } });

		await sandbox().restart('spaces');
		const Parts = [one, await part(upload, 2, Buffer.from('end'))];
		await client().send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
		const other = await client().send(new HeadObjectCommand({ Bucket: Bucket(), Key: 'other' }));

		expect((await get('a')).length).toBe(5 * MIB + 3);
		expect(other.Metadata).toEqual({ 'input-hash': 'kept' });
	});

	it('may fail after 200 was said, when that fault is drawn', async () => {
		const upload = await begin('a');
		const Parts = [await part(upload, 1, Buffer.alloc(10))];
		sandbox().setFaults({ services: { spaces: { errorInside200: 1 } } });

		const done = client().send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));

		await expect(done).rejects.toMatchObject({ name: 'InternalError' });
	});
});

describe('copying', () => {
	it('keeps type and metadata, or replaces them when asked', async () => {
		await put('from', 'x', { ContentType: 'audio/mpeg', Metadata: { a: '1' } });
		const copy = { Bucket: Bucket(), CopySource: `${Bucket()}/from` };
		const replaced = { ContentType: 'video/mp4', Metadata: { b: '2' }, MetadataDirective: 'REPLACE' as const };

		await client().send(new CopyObjectCommand({ ...copy, Key: 'same' }));
		await client().send(new CopyObjectCommand({ ...copy, Key: 'other', ...replaced }));

		const head = async (Key: string) => await client().send(new HeadObjectCommand({ Bucket: Bucket(), Key }));
		expect(await head('same')).toMatchObject({ ContentType: 'audio/mpeg', Metadata: { a: '1' } });
		expect(await head('other')).toMatchObject({ ContentType: 'video/mp4', Metadata: { b: '2' } });
		expect((await get('other')).toString()).toBe('x');
	});

	it('refuses a copy onto itself that changes nothing, and one whose source has changed', async () => {
		await put('a');
		const self = { Bucket: Bucket(), Key: 'a', CopySource: `/${Bucket()}/a` };

		const same = client().send(new CopyObjectCommand(self));
		const changed = client().send(new CopyObjectCommand({ ...self, Key: 'b', CopySourceIfMatch: '"other"' }));

		await expect(same).rejects.toMatchObject({ name: 'InvalidRequest' });
		await expect(changed).rejects.toMatchObject({ name: 'PreconditionFailed' });
	});

	it('copies ranges into parts', async () => {
		const body = randomBytes(6 * MIB);
		await put('from', body);
		const to = { Bucket: Bucket(), Key: 'to' };
		const { UploadId } = await client().send(new CreateMultipartUploadCommand(to));
		const Parts: CompletedPart[] = [];
		for (const [index, range] of [`0-${5 * MIB - 1}`, `${5 * MIB}-${6 * MIB - 1}`].entries()) {
			const source = { CopySource: `${Bucket()}/from`, CopySourceRange: `bytes=${range}`, PartNumber: index + 1 };
			const { CopyPartResult } = await client().send(new UploadPartCopyCommand({ ...to, UploadId, ...source }));
			Parts.push({ PartNumber: index + 1, ETag: CopyPartResult?.ETag });
		}

		await client().send(new CompleteMultipartUploadCommand({ ...to, UploadId, MultipartUpload: { Parts } }));

		expect((await get('to')).equals(body)).toBe(true);
	});
});

describe('listing and deleting', () => {
	it('lists page by page, in the order of bytes', async () => {
		for (const key of ['b', 'a', 'ä', 'Z', '😀', 'ﬀ']) await put(key);
		const keys: Array<string | undefined> = [];
		let ContinuationToken: string | undefined;
		do {
			const page = await client().send(new ListObjectsV2Command({ Bucket: Bucket(), MaxKeys: 2, ContinuationToken }));
			keys.push(...(page.Contents ?? []).map(({ Key }) => Key));
			ContinuationToken = page.NextContinuationToken;
		} while (ContinuationToken);

		expect(keys).toEqual(['Z', 'a', 'b', 'ä', 'ﬀ', '😀']);
	});

	it('gathers keys below a delimiter, over pages too', async () => {
		for (const key of ['v/1/a', 'v/1/b', 'v/2/a', 'v/x', 'w']) await put(key);
		const list = { Bucket: Bucket(), Prefix: 'v/', Delimiter: '/', MaxKeys: 2 };

		const first = await client().send(new ListObjectsV2Command(list));
		const ContinuationToken = first.NextContinuationToken;
		const second = await client().send(new ListObjectsV2Command({ ...list, ContinuationToken }));

		expect(first.CommonPrefixes).toEqual([{ Prefix: 'v/1/' }, { Prefix: 'v/2/' }]);
		expect(first).toMatchObject({ IsTruncated: true, KeyCount: 2 });
		expect(second.Contents?.map(({ Key }) => Key)).toEqual(['v/x']);
		expect(second).toMatchObject({ IsTruncated: false, KeyCount: 1 });
	});

	it('deletes one or many, and what is not there too', async () => {
		for (const key of ['a', 'b&<c>', 'd']) await put(key);
		const Objects = ['b&<c>', 'd', 'missing'].map((Key) => ({ Key }));

		await client().send(new DeleteObjectCommand({ Bucket: Bucket(), Key: 'a' }));
		const { Deleted } = await client().send(new DeleteObjectsCommand({ Bucket: Bucket(), Delete: { Objects } }));
		const { KeyCount } = await client().send(new ListObjectsV2Command({ Bucket: Bucket(), MaxKeys: 1 }));

		expect(Deleted?.map(({ Key }) => Key)).toEqual(['b&<c>', 'd', 'missing']);
		expect(KeyCount).toBe(0);
	});
});
