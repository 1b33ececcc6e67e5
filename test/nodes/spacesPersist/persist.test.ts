import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { IDataObject } from 'n8n-workflow';
import { PART_BYTES } from '../../../nodes/SpacesPersist/constants';
import { SpacesPersist } from '../../../nodes/SpacesPersist/SpacesPersist.node';
import { openSpaces, type SpacesTransport } from '../../../nodes/SpacesPersist/transport';
import { mockExecuteCtx } from '../../support/mockExecuteCtx';
import { withSandbox } from '../../support/sandbox';
import { startServer, type Handler, type TestServer } from '../foreignFetch/servers';
import { credentialsOf, fakeMp3, INPUT_HASH, JOB, OTHER_HASH, run, runOne, textOf } from './support';
import { failureOfItem } from '../../support/errorItem';

const sandbox = withSandbox(['spaces']);
const servers: TestServer[] = [];
let spaces: SpacesTransport;

beforeEach(async () => {
	spaces = await openSpaces(credentialsOf(sandbox()));
});
afterEach(async () => {
	spaces.close();
	await Promise.all(servers.splice(0).map(async (server) => await server.close()));
});

async function serve(handler: Handler): Promise<TestServer> {
	const server = await startServer(handler);
	servers.push(server);
	return server;
}

const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Serves bytes as a content network does: with ETag, ranges and If-Range. */
function serveFile(
	bytes: Buffer,
	options: { type?: string; etag?: string; cutAfter?: (request: number) => number } = {},
) {
	let requests = 0;
	return (request: IncomingMessage, response: ServerResponse) => {
		const etag = options.etag ?? '"v1"';
		const isSameVersion = (request.headers['if-range'] ?? etag) === etag;
		const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
		const start = isSameVersion ? from : 0;
		const headers = {
			'content-type': options.type ?? 'binary/octet-stream',
			etag,
			'content-length': bytes.length - start,
		};
		const range = { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
		if (request.headers.range !== undefined && isSameVersion) response.writeHead(206, { ...headers, ...range });
		else response.writeHead(200, headers);
		const end = options.cutAfter?.(++requests) ?? bytes.length;
		if (start + end >= bytes.length) response.end(bytes.subarray(start));
		else response.write(bytes.subarray(start, start + end), () => setImmediate(() => response.destroy()));
	};
}

async function persistUrl(server: TestServer, path: string, more: IDataObject = {}): Promise<IDataObject> {
	return await runOne(credentialsOf(sandbox(), server), { url: `${server.url}${path}`, objectKey: 'k.mp3', ...more });
}

function routeCalls(): Record<string, number> {
	const routes = sandbox().report().services.spaces?.routes ?? {};
	return Object.fromEntries(Object.entries(routes).map(([route, { calls }]) => [route, calls]));
}

async function stored(key: string): Promise<Buffer> {
	return Buffer.from(await (await fetch(spaces.publicUrl(key))).arrayBuffer());
}

describe('a file from a URL', () => {
	it('becomes a public object with its type, length and checksum', async () => {
		const bytes = fakeMp3(5000);
		const server = await serve(serveFile(bytes));
		const result = await persistUrl(server, '/song?token=secret');
		expect(result).toEqual({
			url: spaces.publicUrl('k.mp3'),
			key: 'k.mp3',
			bytes: 5000,
			contentType: 'audio/mpeg',
			sha256: sha256Of(bytes),
			persisted: true,
			how: 'uploaded',
		});
		expect(await stored('k.mp3')).toEqual(bytes);
		expect(routeCalls()).toMatchObject({ PutObject: 1 });
	});

	it('goes up in parts when it is large, and carries its checksum all the same', async () => {
		const bytes = fakeMp3(2 * PART_BYTES + 12345);
		const server = await serve(serveFile(bytes));
		const result = await persistUrl(server, '/large');
		expect(result).toMatchObject({ bytes: bytes.length, sha256: sha256Of(bytes), how: 'uploaded' });
		expect(routeCalls()).toMatchObject({ CreateMultipartUpload: 1, UploadPart: 3, CompleteMultipartUpload: 1 });
		expect(await spaces.head('k.mp3')).toMatchObject({ sha256: sha256Of(bytes), contentType: 'audio/mpeg' });
		expect((await stored('k.mp3')).equals(bytes)).toBe(true);
	});

	it('of exactly one part is a single PUT', async () => {
		const server = await serve(serveFile(fakeMp3(PART_BYTES)));
		await persistUrl(server, '/one-part');
		expect(routeCalls()).toMatchObject({ PutObject: 1 });
		expect(routeCalls().CreateMultipartUpload).toBeUndefined();
	});

	it('sends single parts again when the store stumbles', async () => {
		const bytes = fakeMp3(2 * PART_BYTES + 1);
		const server = await serve(serveFile(bytes));
		sandbox().setFaults({ services: { spaces: { routes: { UploadPart: { script: ['ok', 'reset', '500', 'ok'] } } } } });
		expect(await persistUrl(server, '/large')).toMatchObject({ sha256: sha256Of(bytes) });
		expect(routeCalls()).toMatchObject({ CreateMultipartUpload: 1, UploadPart: 5 });
		expect(server.requests).toHaveLength(1);
	});

	it('is taken up where the connection broke', async () => {
		const bytes = fakeMp3(PART_BYTES + 3_000_000);
		const server = await serve(serveFile(bytes, { cutAfter: () => 4_000_000 }));
		expect(await persistUrl(server, '/cut')).toMatchObject({ bytes: bytes.length, sha256: sha256Of(bytes) });
		expect(server.headers.map(({ range }) => range)).toHaveLength(3);
		expect(server.headers[1]).toMatchObject({ range: expect.stringMatching(/^bytes=[1-9]\d*-$/), 'if-range': '"v1"' });
	}, 20_000);

	it('of unknown length is taken up too, and then known to be complete', async () => {
		const bytes = fakeMp3(300_000);
		let requests = 0;
		const server = await serve((request, response) => {
			if (++requests > 1) return serveFile(bytes)(request, response);
			response.writeHead(200, { etag: '"v1"' });
			return void response.write(bytes.subarray(0, 100_000), () => setImmediate(() => response.destroy()));
		});
		expect(await persistUrl(server, '/chunked')).toMatchObject({ bytes: bytes.length, sha256: sha256Of(bytes) });
		expect(server.requests).toHaveLength(2);
	});

	it('without a version to compare starts anew', async () => {
		const bytes = fakeMp3(300_000);
		let requests = 0;
		const server = await serve((_request, response) => {
			response.writeHead(200, { 'content-length': bytes.length });
			if (++requests > 1) response.end(bytes);
			else response.write(bytes.subarray(0, 100_000), () => setImmediate(() => response.destroy()));
		});
		expect(await persistUrl(server, '/plain')).toMatchObject({ bytes: bytes.length, sha256: sha256Of(bytes) });
		expect(server.headers.map(({ range }) => range)).toEqual([undefined, undefined]);
	});

	it('starts anew when the source has changed in between', async () => {
		const [older, newer] = [fakeMp3(PART_BYTES + 100), fakeMp3(PART_BYTES + 200)];
		let requests = 0;
		const server = await serve((request, response) => {
			if (++requests === 1) serveFile(older, { etag: '"old"', cutAfter: () => 1000 })(request, response);
			else serveFile(newer, { etag: '"new"' })(request, response);
		});
		expect(await persistUrl(server, '/changing')).toMatchObject({ bytes: newer.length, sha256: sha256Of(newer) });
		expect(server.requests).toHaveLength(3);
	}, 20_000);

	it('is never stored in part: a source that always breaks fails, and leaves nothing behind', async () => {
		const bytes = fakeMp3(PART_BYTES * 2);
		const server = await serve((_request, response) => {
			response.writeHead(200, { 'content-length': bytes.length });
			response.write(bytes.subarray(0, PART_BYTES + 10_000), () => setImmediate(() => response.destroy()));
		});
		await expect(persistUrl(server, '/broken')).rejects.toMatchObject({
			context: { failure: { class: 'unavailable', retryable: true } },
		});
		expect(await spaces.head('k.mp3')).toBeUndefined();
		expect(routeCalls().AbortMultipartUpload).toBe(routeCalls().CreateMultipartUpload);
		expect(routeCalls().CompleteMultipartUpload).toBeUndefined();
	}, 30_000);

	it('that is shorter or longer than announced is refused', async () => {
		const server = await serve(serveFile(fakeMp3(5000)));
		await expect(persistUrl(server, '/x', { options: { expectedBytes: 5001 } })).rejects.toMatchObject({
			context: { failure: { class: 'verification', message: expect.stringContaining('5000 bytes instead of 5001') } },
		});
		const wrong = { options: { expectedSha256: 'f'.repeat(64) } };
		await expect(persistUrl(server, '/x', wrong)).rejects.toMatchObject({
			context: { failure: { class: 'verification' } },
		});
		expect(await spaces.head('k.mp3')).toBeUndefined();
	});

	it.each([
		['a web page', '<!DOCTYPE html><html><body>Link expired</body></html>', 'text/html'],
		['a JSON message', '{"error":"expired"}', 'audio/mpeg'],
		['an XML message', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', 'application/xml'],
		['nothing', '', 'audio/mpeg'],
	])('that is %s with status 200 is refused', async (_name, body, type) => {
		const server = await serve((_request, response) => response.writeHead(200, { 'content-type': type }).end(body));
		await expect(persistUrl(server, '/x')).rejects.toMatchObject({ context: { failure: { class: 'verification' } } });
		expect(await spaces.head('k.mp3')).toBeUndefined();
	});

	it('that is larger than allowed is refused', async () => {
		const server = await serve(serveFile(fakeMp3(2 * 1024 * 1024)));
		await expect(persistUrl(server, '/x', { options: { maxSizeMib: 1 } })).rejects.toMatchObject({
			context: { failure: { class: 'verification', retryable: false } },
		});
	});

	it.each([
		[404, 'expired', 1],
		[410, 'expired', 1],
		[400, 'invalid_input', 1],
	])('that answers %d is told as %s at once', async (status, failureClass, requests) => {
		const server = await serve((_request, response) => response.writeHead(status).end('<html>'));
		await expect(persistUrl(server, '/x?sig=secret')).rejects.toMatchObject({
			context: { failure: { class: failureClass, httpStatus: status } },
		});
		expect(server.requests).toHaveLength(requests);
	});

	it('is fetched again after a busy answer', async () => {
		let requests = 0;
		const bytes = fakeMp3(100);
		const server = await serve((request, response) => {
			if (++requests < 3) response.writeHead(requests === 1 ? 503 : 429).end();
			else serveFile(bytes)(request, response);
		});
		expect(await persistUrl(server, '/x')).toMatchObject({ bytes: 100 });
	});

	it('inside the own network is not fetched, and the error shows no URL', async () => {
		const server = await serve(serveFile(fakeMp3(100)));
		const params = { url: `${server.url}/x?token=secret-in-url`, objectKey: 'k.mp3' };
		const error: unknown = await runOne(credentialsOf(sandbox()), params).catch((caught: unknown) => caught);
		expect(error).toMatchObject({ context: { failure: { class: 'refused', retryable: false } } });
		expect(textOf(error)).not.toMatch(/secret-in-url/);
		expect(server.connections()).toBe(0);
	});

	it('may have any content where no media file is due', async () => {
		const server = await serve((_request, response) => response.end('1\n00:00:00,000 --> 00:00:01,000\nHello\n'));
		expect(await persistUrl(server, '/x', { objectKey: 'captions.srt' })).toMatchObject({
			contentType: 'application/x-subrip',
		});
	});
});

describe('a job', () => {
	const event = {
		...{ service: 'goApi', jobKey: JOB.jobKey, attempt: 1, h: INPUT_HASH.slice(0, 16), externalId: 'task-1' },
		...{ outcome: 'completed', receivedAt: '2026-01-02T03:04:05.000Z', usage: { amount: 1, unit: 'credits' } },
		outputs: [{ url: 'https://temporary.example.com/a', kind: 'audio', durationS: 61.5 }],
	};

	it('gets its event carried forward with the permanent output', async () => {
		const bytes = fakeMp3(5000);
		const server = await serve(serveFile(bytes));
		const params = { url: `${server.url}/song`, job: JOB, options: { inspectMedia: false } };
		const result = await runOne(credentialsOf(sandbox(), server), params, { items: [{ json: event }] });
		expect(result).toEqual({
			...event,
			outputs: [
				{
					...{ url: spaces.publicUrl(JOB.objectKey), kind: 'audio', persisted: true, durationS: 61.5 },
					...{ bytes: 5000, sha256: sha256Of(bytes), contentType: 'audio/mpeg' },
				},
			],
		});
		expect(await spaces.head(JOB.objectKey)).toMatchObject({ inputHash: INPUT_HASH, sha256: sha256Of(bytes) });
	});

	it('run again moves nothing', async () => {
		const server = await serve(serveFile(fakeMp3(5000)));
		const params = { url: `${server.url}/song`, job: JOB, options: { inspectMedia: false } };
		const first = await runOne(credentialsOf(sandbox(), server), params, { items: [{ json: event }] });
		const second = await runOne(credentialsOf(sandbox(), server), params, { items: [{ json: event }] });
		expect(second).toEqual(first);
		expect(server.requests).toHaveLength(1);
		expect(routeCalls()).toMatchObject({ PutObject: 1 });
	});

	it('replaces what lies there with another hash or another length', async () => {
		const server = await serve(serveFile(fakeMp3(5000)));
		const params = { url: `${server.url}/song`, job: JOB, options: { inspectMedia: false } };
		await spaces.put(JOB.objectKey, fakeMp3(5000), { contentType: 'audio/mpeg', inputHash: OTHER_HASH });
		await runOne(credentialsOf(sandbox(), server), params);
		await spaces.put(JOB.objectKey, fakeMp3(4000), { contentType: 'audio/mpeg', inputHash: INPUT_HASH });
		const announced = { ...event, outputs: [{ ...event.outputs[0], bytes: 5000 }] };
		await runOne(credentialsOf(sandbox(), server), params, { items: [{ json: announced }] });
		expect(server.requests).toHaveLength(2);
		expect(await spaces.head(JOB.objectKey)).toMatchObject({ bytes: 5000, inputHash: INPUT_HASH });
	});

	it('gets an event of its own when the item is no news', async () => {
		const server = await serve(serveFile(fakeMp3(5000)));
		const params = { url: `${server.url}/clip`, job: JOB, options: { inspectMedia: false } };
		const result = await runOne(credentialsOf(sandbox(), server), params, {
			items: [{ json: { jobKey: JOB.jobKey } }],
		});
		expect(result).toMatchObject({
			...{ service: 'spaces', jobKey: JOB.jobKey, attempt: 2, h: INPUT_HASH.slice(0, 16), externalId: null },
			...{ outcome: 'completed', outputs: [{ url: spaces.publicUrl(JOB.objectKey), persisted: true }] },
		});
	});

	it('is told that a file does not hold what its type says', async () => {
		const server = await serve(serveFile(fakeMp3(5000)));
		const result = await runOne(credentialsOf(sandbox(), server), { url: `${server.url}/x`, job: JOB });
		expect(result.outputs).toMatchObject([{ media: { readable: false, hasVideo: false, hasAudio: false } }]);
	});
});

describe('an object of the same store', () => {
	const source = 'nca/out.mp3';
	const bytes = fakeMp3(5000);
	const params = { job: JOB, options: { inspectMedia: false } };
	beforeEach(async () => await spaces.put(source, bytes, { contentType: 'binary/octet-stream' }));

	it('is copied there, with a proper type and its hash', async () => {
		const result = await runOne(credentialsOf(sandbox()), { ...params, url: spaces.publicUrl(source) });
		expect(result.outputs).toMatchObject([{ url: spaces.publicUrl(JOB.objectKey), bytes: 5000 }]);
		expect(await spaces.head(JOB.objectKey)).toMatchObject({ contentType: 'audio/mpeg', inputHash: INPUT_HASH });
		expect((await stored(JOB.objectKey)).equals(bytes)).toBe(true);
		expect(routeCalls()).toMatchObject({ CopyObject: 1, PutObject: 1 });
	});

	it('is left where it is when it is the target itself', async () => {
		await spaces.put(JOB.objectKey, bytes, {
			contentType: 'audio/mpeg',
			inputHash: INPUT_HASH,
			sha256: sha256Of(bytes),
		});
		const url = spaces.publicUrl(JOB.objectKey);
		await runOne(credentialsOf(sandbox()), { ...params, url });
		expect(routeCalls()).toMatchObject({ PutObject: 2 });
		expect(routeCalls().CopyObject).toBeUndefined();
	});

	it('at the target is given its hash when it has none', async () => {
		await spaces.put(JOB.objectKey, bytes, { contentType: 'binary/octet-stream' });
		await runOne(credentialsOf(sandbox()), { ...params, url: spaces.publicUrl(JOB.objectKey) });
		expect(await spaces.head(JOB.objectKey)).toMatchObject({ inputHash: INPUT_HASH, contentType: 'audio/mpeg' });
	});

	it('at the target that belongs to another input stays what it is', async () => {
		await spaces.put(JOB.objectKey, bytes, { contentType: 'audio/mpeg', inputHash: OTHER_HASH });
		const url = spaces.publicUrl(JOB.objectKey);
		await expect(runOne(credentialsOf(sandbox()), { ...params, url })).rejects.toMatchObject({
			context: { failure: { class: 'verification' } },
		});
		expect(await spaces.head(JOB.objectKey)).toMatchObject({ inputHash: OTHER_HASH });
	});

	it('that is private is not made public for somebody who only knows its name', async () => {
		await spaces.put('private/secret.mp3', bytes, { contentType: 'audio/mpeg', isPublic: false });
		const url = spaces.publicUrl('private/secret.mp3');
		await expect(runOne(credentialsOf(sandbox()), { ...params, url })).rejects.toMatchObject({
			context: { failure: { class: 'expired', httpStatus: 403 } },
		});
		const signed = await spaces.presign('GET', 'private/secret.mp3', 60);
		const result = await runOne(credentialsOf(sandbox()), { ...params, url: signed });
		expect(result.outputs).toMatchObject([{ bytes: 5000 }]);
	});

	it('that is missing is told as expired', async () => {
		const url = spaces.publicUrl('nca/none.mp3');
		await expect(runOne(credentialsOf(sandbox()), { ...params, url })).rejects.toMatchObject({
			context: { failure: { class: 'expired' } },
		});
		const target = spaces.publicUrl(JOB.objectKey);
		await expect(runOne(credentialsOf(sandbox()), { ...params, url: target })).rejects.toMatchObject({
			context: { failure: { class: 'expired' } },
		});
	});

	it('that is an error page is refused', async () => {
		await spaces.put('nca/page.mp3', Buffer.from('<html>no</html>'), { contentType: 'audio/mpeg' });
		const url = spaces.publicUrl('nca/page.mp3');
		await expect(runOne(credentialsOf(sandbox()), { ...params, url })).rejects.toMatchObject({
			context: { failure: { class: 'verification' } },
		});
	});

	it('is taken from the cache in front of it when that gives another version', async () => {
		const cached = fakeMp3(6000);
		const cdn = await serve(serveFile(cached, { etag: '"cached"' }));
		const credentials = { ...credentialsOf(sandbox()), publicBaseUrl: cdn.url };
		const result = await runOne(credentials, { ...params, url: `${cdn.url}/${source}` });
		expect(result.outputs).toMatchObject([{ bytes: 6000, sha256: sha256Of(cached) }]);
		expect(routeCalls().CopyObject).toBeUndefined();
	});

	it('opens nothing else inside the network', async () => {
		const { endpoint, bucket } = credentialsOf(sandbox());
		const url = `${endpoint}/another-bucket/x.mp3`;
		await expect(runOne(credentialsOf(sandbox()), { ...params, url })).rejects.toMatchObject({
			context: { failure: { class: 'refused' } },
		});
		expect(bucket).not.toBe('another-bucket');
	});
});

describe('a file of the item', () => {
	it('is stored from memory', async () => {
		const bytes = fakeMp3(5000);
		const binary = { data: { data: bytes.toString('base64'), mimeType: 'audio/mpeg' } };
		const result = await runOne(
			credentialsOf(sandbox()),
			{ source: 'binary', objectKey: 'from/item.mp3' },
			{ items: [{ json: {}, binary }] },
		);
		expect(result).toMatchObject({ bytes: 5000, sha256: sha256Of(bytes), how: 'uploaded' });
	});

	it('is streamed from where n8n keeps it, and its length is checked', async () => {
		const bytes = fakeMp3(PART_BYTES + 5000);
		const store = async (fileSize: number) => {
			const { ctx } = mockExecuteCtx(new SpacesPersist(), {
				params: { source: 'binary', objectKey: 'from/disk.mp3' },
				items: [{ json: {}, binary: { data: { id: 'filesystem:1', data: 'filesystem', mimeType: 'audio/mpeg' } } }],
				credentials: { digitalOceanSpacesApi: { ...credentialsOf(sandbox()) } },
			});
			const getBinaryStream = async () =>
				await Promise.resolve(Readable.from([bytes.subarray(0, 99), bytes.subarray(99)]));
			Object.assign(ctx.helpers, {
				getBinaryStream,
				getBinaryMetadata: async () => await Promise.resolve({ fileSize }),
			});
			return await new SpacesPersist().execute.call(ctx);
		};
		await expect(store(bytes.length + 1)).rejects.toMatchObject({ context: { failure: { class: 'verification' } } });
		const [[item]] = await store(bytes.length);
		expect(item.json).toMatchObject({ bytes: bytes.length, sha256: sha256Of(bytes) });
	});

	it('that is missing is named', async () => {
		const params = { source: 'binary', objectKey: 'x.mp3', binaryPropertyName: 'clip' };
		await expect(runOne(credentialsOf(sandbox()), params)).rejects.toThrow("'clip'");
	});
});

describe('parameters', () => {
	it('are named when they are missing or wrong', async () => {
		const credentials = credentialsOf(sandbox());
		await expect(runOne(credentials, { url: 'https://example.com/x' })).rejects.toThrow('Object Key is required');
		await expect(runOne(credentials, { objectKey: 'k' })).rejects.toThrow('URL is required');
		const options = { expectedSha256: 'abc' };
		await expect(runOne(credentials, { url: 'https://e.com/x', objectKey: 'k', options })).rejects.toThrow('SHA-256');
		await expect(runOne(credentials, { url: 'https://e.com/x', objectKey: '../k' })).rejects.toMatchObject({
			description: expect.stringContaining('".."'),
		});
		const typo = { ...credentials, allowedInternalHosts: 'minio' };
		await expect(runOne(typo, { url: 'https://e.com/x', objectKey: 'k' })).rejects.toMatchObject({
			description: expect.stringContaining('host:port'),
		});
	});

	it('of each item are its own, and one failing item fails alone', async () => {
		const server = await serve(serveFile(fakeMp3(100)));
		const [items] = await run(
			credentialsOf(sandbox(), server),
			{},
			{
				items: [{ json: {} }, { json: {} }, { json: {} }],
				continueOnFail: true,
				params: (index) => ({ url: `${server.url}/${index}`, objectKey: index === 1 ? '/bad' : `k${index}.mp3` }),
			},
		);
		expect(items.map((item) => [item.json.key ?? failureOfItem(item), item.pairedItem])).toEqual([
			['k0.mp3', { item: 0 }],
			[expect.objectContaining({ class: 'invalid_input' }), { item: 1 }],
			['k2.mp3', { item: 2 }],
		]);
	});
});
