import { PAID_PUT_ATTEMPTS } from '../../../nodes/SpacesPersist/constants';
import { openSpaces, type SpacesTransport } from '../../../nodes/SpacesPersist/transport';
import { findExistingResult, headObject, putBytes } from '../../../nodes/shared/savedObject';
import { ServiceError } from '../../../nodes/shared/errors';
import { withSandbox } from '../../support/sandbox';
import { startServer } from '../foreignFetch/servers';
import { credentialsOf, INPUT_HASH, JOB, OTHER_HASH } from './support';

const sandbox = withSandbox(['spaces']);
const bytes = Buffer.from('some bytes');
const about = { contentType: 'text/plain', inputHash: INPUT_HASH, sha256: 'c3'.repeat(32) };

let spaces: SpacesTransport;
const waited: number[] = [];
beforeEach(async () => {
	waited.length = 0;
	const wait = async (ms: number) => void waited.push(ms);
	spaces = await openSpaces(credentialsOf(sandbox()), { wait, random: () => 0 });
});
afterEach(() => spaces.close());

function callsOf(route: string): number {
	return sandbox().report().services.spaces?.routes[route]?.calls ?? 0;
}

describe('objects', () => {
	it('are written with type, hashes and public access', async () => {
		await spaces.put('a b+c/ä.txt', bytes, about);
		expect(await spaces.head('a b+c/ä.txt')).toMatchObject({
			bytes: bytes.length,
			contentType: 'text/plain',
			inputHash: INPUT_HASH,
			sha256: about.sha256,
			metadata: { 'input-hash': INPUT_HASH, sha256: about.sha256 },
		});
		const response = await fetch(spaces.publicUrl('a b+c/ä.txt'));
		expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/plain']);
		expect(await response.text()).toBe('some bytes');
	});

	it('can be private', async () => {
		await spaces.put('secret.txt', bytes, { ...about, isPublic: false });
		expect((await fetch(spaces.publicUrl('secret.txt'))).status).toBe(403);
		const url = await spaces.presign('GET', 'secret.txt', 60);
		expect(await (await fetch(url)).text()).toBe('some bytes');
	});

	it('are read in ranges', async () => {
		await spaces.put('k', bytes, about);
		expect(Buffer.from(await spaces.read('k', 5, 8)).toString()).toBe('byte');
	});

	it('are read again when an answer is shorter than what was asked for', async () => {
		await spaces.put('k', bytes, about);
		sandbox().setFaults({ services: { spaces: { routes: { GetObject: { script: ['truncate', 'ok'] } } } } });
		expect(Buffer.from(await spaces.read('k', 0, bytes.length - 1)).toString()).toBe('some bytes');
		expect(callsOf('GetObject')).toBe(2);
	});

	it('are copied with new metadata', async () => {
		await spaces.put('from+1', bytes, { contentType: 'binary/octet-stream' });
		await spaces.copy({ bucket: spaces.location.bucket, key: 'from+1' }, 'to', about);
		expect(await spaces.head('to')).toMatchObject({ contentType: 'text/plain', inputHash: INPUT_HASH });
	});

	it('are deleted, and gone afterwards', async () => {
		await spaces.put('k', bytes, about);
		await spaces.delete('k');
		await spaces.delete('k');
		expect(await spaces.head('k')).toBeUndefined();
	});

	it('go to checked keys only', async () => {
		await expect(spaces.put('../escape', bytes, about)).rejects.toThrow(ServiceError);
		await expect(spaces.head('/absolute')).rejects.toThrow('slash');
		expect(sandbox().report().services.spaces?.calls ?? 0).toBe(0);
	});

	it('can be written by a presigned URL of the right type', async () => {
		const url = await spaces.presign('PUT', 'up load.txt', 60, 'text/plain');
		const put = async (type: string) =>
			await fetch(url, { method: 'PUT', body: 'x', headers: { 'content-type': type } });
		expect((await put('text/html')).status).toBe(403);
		expect((await put('text/plain')).status).toBe(200);
		expect(await spaces.head('up load.txt')).toMatchObject({ bytes: 1 });
	});
});

describe('trouble', () => {
	const fault = (route: string, ...script: string[]) =>
		sandbox().setFaults({ services: { spaces: { routes: { [route]: { script } } } } });

	it('is waited out when Spaces asks to slow down', async () => {
		fault('PutObject', '503', '503', 'ok');
		await spaces.put('k', bytes, about);
		expect(waited).toEqual([500, 1000]);
		expect(await spaces.head('k')).toMatchObject({ bytes: bytes.length });
	});

	it('is retried after broken connections and server errors', async () => {
		fault('HeadObject', 'reset', '500', 'ok');
		expect(await spaces.head('none')).toBeUndefined();
		expect(waited).toEqual([125, 250]);
	});

	it('go on for minutes where the bytes were paid for and lie nowhere else', async () => {
		sandbox().setFaults({ services: { spaces: { routes: { PutObject: { script: Array(23).fill('503') } } } } });
		await spaces.put('k', bytes, about, PAID_PUT_ATTEMPTS);

		expect(callsOf('PutObject')).toBe(24);
		// With the least of all pauses; twice as long at most.
		expect(waited.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(150_000);
		expect((await spaces.head('k'))?.bytes).toBe(bytes.length);
	});

	it('ends after six tries, with what the store said', async () => {
		fault('PutObject', ...Array<string>(9).fill('503'));
		const error: unknown = await spaces.put('k', bytes, about).catch((caught: unknown) => caught);
		expect(error).toBeInstanceOf(ServiceError);
		expect((error as ServiceError).failure).toMatchObject({ class: 'rate_limited', retryable: true, httpStatus: 503 });
		expect(callsOf('PutObject')).toBe(6);
	});

	it('inside an answer 200 is seen, and a completion that went through is not taken for lost', async () => {
		const part = Buffer.alloc(100, 1);
		fault('CompleteMultipartUpload', 'errorInside200', 'ok');
		const id = await spaces.startMultipart('k', about);
		const uploaded = await spaces.uploadPart('k', id, 1, part);
		await spaces.completeMultipart('k', id, [uploaded], part.length);
		expect(await spaces.head('k')).toMatchObject({ bytes: 100, inputHash: INPUT_HASH });
	});

	it('with an upload that is gone is told', async () => {
		const id = await spaces.startMultipart('k', about);
		const uploaded = await spaces.uploadPart('k', id, 1, Buffer.alloc(100, 1));
		await spaces.abortMultipart('k', id);
		await spaces.abortMultipart('k', id);
		await expect(spaces.completeMultipart('k', id, [uploaded], 100)).rejects.toThrow('no longer knows');
	});

	it('with keys is not retried and shows none', async () => {
		const credentials = { ...credentialsOf(sandbox()), secretKey: 'wrong-secret-key' };
		const closed = await openSpaces(credentials);
		const error = (await closed.put('k', bytes, about).catch((caught: unknown) => caught)) as ServiceError;
		closed.close();
		expect(error.failure).toMatchObject({ class: 'auth', retryable: false, httpStatus: 403 });
		expect(JSON.stringify(error.failure)).not.toContain('wrong-secret-key');
		expect(callsOf('PutObject')).toBe(1);
	});

	it('with the bucket is told', async () => {
		const lost = await openSpaces({ ...credentialsOf(sandbox()), bucket: 'no-such-bucket' });
		const error = (await lost.put('k', bytes, about).catch((caught: unknown) => caught)) as ServiceError;
		lost.close();
		expect(error.failure).toMatchObject({ class: 'invalid_input', retryable: false });
		expect(error.message).toContain('NoSuchBucket');
	});

	it('ends at once when the execution is cancelled', async () => {
		const controller = new AbortController();
		fault('HeadObject', 'hang');
		const stopping = await openSpaces(credentialsOf(sandbox()), { signal: controller.signal });
		const asking = stopping.head('k').catch((caught: unknown) => caught);
		controller.abort();
		expect(((await asking) as ServiceError).failure).toMatchObject({ class: 'cancelled', retryable: false });
		stopping.close();
	});

	it('ends in the pause before a retry when the execution is cancelled', async () => {
		const controller = new AbortController();
		fault('HeadObject', '503', '503');
		const wait = async (_ms: number, signal?: AbortSignal) => {
			controller.abort();
			await Promise.reject(signal?.reason);
		};
		const stopping = await openSpaces(credentialsOf(sandbox()), { signal: controller.signal, wait });
		await expect(stopping.head('k')).rejects.toMatchObject({ failure: { class: 'cancelled' } });
		stopping.close();
	});

	it('with the credential is told before anything is sent', async () => {
		await expect(openSpaces({ ...credentialsOf(sandbox()), bucket: '' })).rejects.toThrow('SPACES_BUCKET_NAME');
	});
});

describe('requests on the wire', () => {
	it('carry no checksum headers, which S3-compatible stores refuse', async () => {
		const server = await startServer((_request, response) => response.writeHead(200, { etag: '"e"' }).end());
		const credentials = { ...credentialsOf(sandbox()), endpoint: server.url };
		const plain = await openSpaces(credentials);
		await plain.put('k', bytes, about);
		await plain.uploadPart('k', 'id', 1, bytes);
		plain.close();
		await server.close();
		for (const headers of server.headers) {
			expect(Object.keys(headers).filter((name) => /checksum|trailer|content-encoding/.test(name))).toEqual([]);
			expect(headers['content-length']).toBe(String(bytes.length));
		}
		expect(server.headers[0]).toMatchObject({ 'x-amz-acl': 'public-read', 'content-type': 'text/plain' });
	});
});

describe('results of an earlier attempt', () => {
	const contextOf = () => ({ getCredentials: async <T extends object>() => credentialsOf(sandbox()) as unknown as T });

	it('are found by key and input hash', async () => {
		const saved = await putBytes(credentialsOf(sandbox()), {
			...{ key: JOB.objectKey, bytes, contentType: 'audio/mpeg', inputHash: INPUT_HASH },
		});
		expect(saved).toMatchObject({ url: spaces.publicUrl(JOB.objectKey), bytes: bytes.length });
		expect(saved.sha256).toHaveLength(64);
		const found = await findExistingResult(contextOf(), { ...JOB, h: INPUT_HASH.slice(0, 16) });
		expect(found).toEqual({
			url: saved.url,
			bytes: bytes.length,
			contentType: 'audio/mpeg',
			metadata: { 'input-hash': INPUT_HASH, sha256: saved.sha256 },
			foundIn: 'spaces',
		});
	});

	it('of another input are another result', async () => {
		const input = { key: JOB.objectKey, bytes, contentType: 'audio/mpeg', inputHash: OTHER_HASH };
		await putBytes(credentialsOf(sandbox()), input);
		expect(await findExistingResult(contextOf(), { ...JOB, h: '' })).toBeUndefined();
	});

	it('are not looked for without a key', async () => {
		expect(await findExistingResult(contextOf(), { ...JOB, h: '', objectKey: undefined })).toBeUndefined();
		expect(sandbox().report().services.spaces?.calls ?? 0).toBe(0);
	});

	it('stop a paid call when nobody can tell whether there is one', async () => {
		fault500('HeadObject');
		await expect(findExistingResult(contextOf(), { ...JOB, h: '' })).rejects.toThrow(ServiceError);
	}, 30_000);

	function fault500(route: string) {
		sandbox().setFaults({ services: { spaces: { routes: { [route]: { status: { 400: 1 } } } } } });
	}

	it('are asked about by key', async () => {
		const url = spaces.publicUrl('k');
		expect(await headObject(credentialsOf(sandbox()), 'k')).toEqual({ exists: false, url });
		await spaces.put('k', bytes, about);
		expect(await headObject(credentialsOf(sandbox()), 'k')).toEqual({
			...{ exists: true, url, bytes: bytes.length, contentType: 'text/plain', inputHash: INPUT_HASH },
			sha256: about.sha256,
		});
	});
});
