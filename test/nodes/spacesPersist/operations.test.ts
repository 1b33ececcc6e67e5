import type { ILoadOptionsFunctions, INodeProperties } from 'n8n-workflow';
import { DigitalOceanSpacesApi } from '../../../credentials/DigitalOceanSpacesApi.credentials';
import { SPACES_REGIONS } from '../../../engine/net/constants';
import { SpacesPersist } from '../../../nodes/SpacesPersist/SpacesPersist.node';
import { openSpaces, type SpacesTransport } from '../../../nodes/SpacesPersist/transport';
import { withSandbox } from '../../support/sandbox';
import { credentialsOf, fakeMp3, INPUT_HASH, JOB, OTHER_HASH, runOne } from './support';

const sandbox = withSandbox(['spaces']);
let spaces: SpacesTransport;
beforeEach(async () => {
	spaces = await openSpaces(credentialsOf(sandbox()));
});
afterEach(() => spaces.close());

const stored = { contentType: 'audio/mpeg', inputHash: INPUT_HASH, sha256: 'c3'.repeat(32) };

describe('get info', () => {
	it('describes an object', async () => {
		await spaces.put('a.mp3', fakeMp3(50), stored);
		const result = await runOne(credentialsOf(sandbox()), { operation: 'head', objectKey: 'a.mp3' });
		expect(result).toEqual({
			...{ exists: true, key: 'a.mp3', url: spaces.publicUrl('a.mp3'), bytes: 50, ...stored },
			metadata: { 'input-hash': INPUT_HASH, sha256: stored.sha256 },
		});
	});

	it('tells that there is none', async () => {
		const result = await runOne(credentialsOf(sandbox()), { operation: 'head', objectKey: 'none.mp3' });
		expect(result).toEqual({ exists: false, key: 'none.mp3', url: spaces.publicUrl('none.mp3') });
	});

	it('gives a job its completed event when its result is there', async () => {
		await spaces.put(JOB.objectKey, fakeMp3(50), stored);
		const params = { operation: 'head', job: JOB, options: { inspectMedia: false } };
		const result = await runOne(credentialsOf(sandbox()), params, { items: [{ json: { jobKey: JOB.jobKey } }] });
		expect(result).toMatchObject({
			...{ service: 'spaces', jobKey: JOB.jobKey, attempt: 2, h: INPUT_HASH.slice(0, 16), outcome: 'completed' },
			outputs: [
				{ url: spaces.publicUrl(JOB.objectKey), kind: 'audio', persisted: true, bytes: 50, sha256: stored.sha256 },
			],
		});
	});

	it('tells a job that nothing of it is there', async () => {
		const params = { operation: 'head', job: JOB };
		const identity = { jobKey: JOB.jobKey, attempt: 2, h: INPUT_HASH.slice(0, 16) };
		expect(await runOne(credentialsOf(sandbox()), params)).toEqual({ evidence: 'absent', reason: 'none', ...identity });
		await spaces.put(JOB.objectKey, fakeMp3(50), { ...stored, inputHash: OTHER_HASH });
		expect(await runOne(credentialsOf(sandbox()), params)).toEqual({
			...{ evidence: 'absent', reason: 'other_input', ...identity },
		});
	});
});

describe('presign', () => {
	it('makes URLs that work, and tells until when', async () => {
		await spaces.put('a.txt', Buffer.from('private'), { contentType: 'text/plain', isPublic: false });
		const params = { operation: 'presign', objectKey: 'a.txt', expiresInS: 604_800 };
		const result = await runOne(credentialsOf(sandbox()), params);
		expect(await (await fetch(String(result.url))).text()).toBe('private');
		const days = (Date.parse(String(result.expiresAt)) - Date.now()) / 86_400_000;
		expect(days).toBeCloseTo(7, 1);
	});

	it('makes URLs to upload to', async () => {
		const params = { operation: 'presign', objectKey: 'b.txt', method: 'PUT', presignContentType: 'text/plain' };
		const { url, headers } = await runOne(credentialsOf(sandbox()), params);
		const response = await fetch(String(url), {
			method: 'PUT',
			body: 'up',
			headers: headers as Record<string, string>,
		});
		expect(response.status).toBe(200);
	});

	it('refuses more than a week', async () => {
		const params = { operation: 'presign', objectKey: 'a.txt', expiresInS: 604_801 };
		await expect(runOne(credentialsOf(sandbox()), params)).rejects.toThrow('604800');
	});
});

describe('delete', () => {
	it('removes an object, there or not', async () => {
		await spaces.put('a.txt', Buffer.from('x'), { contentType: 'text/plain' });
		const params = { operation: 'delete', objectKey: 'a.txt' };
		expect(await runOne(credentialsOf(sandbox()), params)).toEqual({ deleted: true, key: 'a.txt' });
		expect(await runOne(credentialsOf(sandbox()), params)).toEqual({ deleted: true, key: 'a.txt' });
		expect(await spaces.head('a.txt')).toBeUndefined();
	});
});

describe('buckets', () => {
	const search = async (credentials: object, filter?: string) =>
		await new SpacesPersist().methods.listSearch.searchBuckets.call(
			{ getCredentials: async () => credentials } as unknown as ILoadOptionsFunctions,
			filter,
		);

	it('are listed and searched', async () => {
		const credentials = credentialsOf(sandbox());
		const { bucket } = credentials;
		expect(await search(credentials)).toEqual({ results: [{ name: bucket, value: bucket }] });
		expect(await search(credentials, bucket.slice(1, 3).toUpperCase())).toEqual({
			results: [{ name: bucket, value: bucket }],
		});
		expect(await search(credentials, 'zzz')).toEqual({ results: [] });
	});

	it("fall back to the credential's own when the key may not list", async () => {
		const credentials = { ...credentialsOf(sandbox()), secretKey: 'wrong' };
		expect((await search(credentials)).results).toEqual([{ name: credentials.bucket, value: credentials.bucket }]);
	});

	it.each([
		['https://my-videos.nyc3.digitaloceanspaces.com', 'my-videos'],
		['https://videos.nyc3.digitaloceanspaces.com/a/b.mp4', 'videos'],
		['https://my-videos.nyc3.cdn.digitaloceanspaces.com/', 'my-videos'],
		['https://nyc3.digitaloceanspaces.com/my-videos/a.mp4', 'my-videos'],
		['https://cloud.digitalocean.com/spaces/my-videos?i=1', 'my-videos'],
	])('are read from %s', (url, name) => {
		const bucket = new SpacesPersist().description.properties.find((property) => property.name === 'bucket');
		const mode = (bucket as INodeProperties).modes?.find((candidate) => candidate.name === 'url');
		const rule = mode?.extractValue as { regex: string };
		expect(new RegExp(rule.regex).exec(url)?.[1]).toBe(name);
	});
});

describe('the credential', () => {
	const credential = new DigitalOceanSpacesApi();
	const test = async (change: object) => {
		const values = { ...credentialsOf(sandbox()), ...change };
		if (typeof credential.authenticate !== 'function') throw new Error('authenticate is a function');
		const { url } = credential.test.request;
		const signed = await credential.authenticate(values, { url: String(url), headers: { accept: 'text/xml' } });
		const response = await fetch(signed.url, { headers: signed.headers as Record<string, string> });
		return { status: response.status, body: await response.text(), signed };
	};

	it('tests green with the right keys', async () => {
		const { status, body, signed } = await test({});
		expect([status, body]).toEqual([200, expect.stringContaining('<MaxKeys>1</MaxKeys>')]);
		expect(signed.headers).toMatchObject({ accept: 'text/xml' });
		expect(JSON.stringify(signed)).not.toContain(credentialsOf(sandbox()).secretKey);
	});

	it.each([
		['a wrong secret key', { secretKey: 'wrong' }, 403],
		['a wrong access key', { accessKey: 'WRONG' }, 403],
		['a wrong bucket', { bucket: 'no-such-bucket' }, 404],
	])('tests red with %s', async (_name, change, status) => expect((await test(change)).status).toBe(status));

	it('tells what is missing', async () => {
		await expect(test({ bucket: '' })).rejects.toThrow('SPACES_BUCKET_NAME');
		await expect(test({ endpoint: '', region: 'mars1' })).rejects.toThrow('region');
	});

	it('offers every region, and hides the secret', () => {
		const property = (name: string) => credential.properties.find((candidate) => candidate.name === name);
		expect(property('region')?.options?.map((option) => 'value' in option && option.value)).toEqual(SPACES_REGIONS);
		expect(property('secretKey')?.typeOptions?.password).toBe(true);
	});
});
