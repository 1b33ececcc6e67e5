import { SPACES_REGIONS } from '../../../engine/net/constants';
import {
	completeSpacesCredentials,
	locateSpaces,
	objectRequestUrl,
	ownObjectAddress,
	publicObjectUrl,
	type SpacesCredentials,
	type SpacesLocation,
} from '../../../engine/net/spaces';

const base: SpacesCredentials = {
	region: 'nyc3',
	endpoint: '',
	bucket: 'media-bucket',
	accessKey: 'key',
	secretKey: 'secret',
	publicBaseUrl: '',
	forcePathStyle: false,
	allowedInternalHosts: '',
};

function locate(change: Partial<SpacesCredentials> = {}, bucket?: string): SpacesLocation {
	const located = locateSpaces({ ...base, ...change }, bucket);
	if (!located.ok) throw new Error(located.code);
	return located.value;
}

function codeOf(change: Partial<SpacesCredentials>): string {
	const located = locateSpaces({ ...base, ...change });
	return located.ok ? 'ok' : `${located.code} ${located.field}`;
}

describe('locateSpaces', () => {
	it('works out endpoint and public URL from the region', () => {
		const location = locate();
		expect(location).toEqual({
			endpoint: 'https://nyc3.digitaloceanspaces.com',
			bucket: 'media-bucket',
			pathStyle: false,
			publicBaseUrl: 'https://media-bucket.nyc3.digitaloceanspaces.com',
		});
		expect(objectRequestUrl(location, 'a/b.mp4')).toBe('https://media-bucket.nyc3.digitaloceanspaces.com/a/b.mp4');
		expect(objectRequestUrl(location)).toBe('https://media-bucket.nyc3.digitaloceanspaces.com/');
	});

	it('knows every region of its list', () => {
		for (const region of SPACES_REGIONS) expect(locate({ region }).endpoint).toContain(`${region}.`);
	});

	it.each([
		'https://media-bucket.nyc3.digitaloceanspaces.com',
		'https://media-bucket.nyc3.digitaloceanspaces.com/',
		'https://nyc3.digitaloceanspaces.com/media-bucket',
		'https://media-bucket.nyc3.cdn.digitaloceanspaces.com',
		'nyc3.digitaloceanspaces.com',
		'https://NYC3.digitaloceanspaces.com',
	])('takes the bucket off the endpoint %s', (endpoint) => {
		expect(locate({ endpoint }).endpoint).toBe('https://nyc3.digitaloceanspaces.com');
	});

	it.each([
		['http://127.0.0.1:9000', true],
		['http://[::1]:9000', true],
		['http://minio:9000', true],
		['http://localhost:9000', true],
		['http://s3.localhost:9000', true],
		['https://s3.example.com', false],
	])('chooses the URL style of %s', (endpoint, pathStyle) => {
		expect(locate({ endpoint })).toMatchObject({ endpoint, pathStyle });
	});

	it('keeps a host that happens to be called like the bucket', () => {
		expect(locate({ endpoint: 'http://minio:9000', bucket: 'minio' })).toMatchObject({
			endpoint: 'http://minio:9000',
			publicBaseUrl: 'http://minio:9000/minio',
		});
	});

	it('uses path style when told to', () => {
		expect(objectRequestUrl(locate({ forcePathStyle: true }), 'k')).toBe(
			'https://nyc3.digitaloceanspaces.com/media-bucket/k',
		);
	});

	it('takes the public base URL for the own bucket only', () => {
		const publicBaseUrl = 'https://cdn.example.com/media//';
		expect(publicObjectUrl(locate({ publicBaseUrl }), 'a b+c.mp4')).toBe('https://cdn.example.com/media/a%20b%2Bc.mp4');
		expect(publicObjectUrl(locate({ publicBaseUrl }, 'other-bucket'), 'x')).toBe(
			'https://other-bucket.nyc3.digitaloceanspaces.com/x',
		);
	});

	it.each([
		[{ bucket: '' }, 'bucket_missing bucket'],
		[{ bucket: 'a/b' }, 'bucket_missing bucket'],
		[{ region: 'mars1' }, 'region_unknown region'],
		[{ region: '' }, 'region_unknown region'],
		[{ endpoint: 'ftp://nyc3.digitaloceanspaces.com' }, 'endpoint_malformed endpoint'],
		[{ endpoint: 'https://nyc3.digitaloceanspaces.com/some/path' }, 'endpoint_malformed endpoint'],
		[{ endpoint: 'https://user@nyc3.digitaloceanspaces.com' }, 'endpoint_malformed endpoint'],
		[{ endpoint: 'https://' }, 'endpoint_malformed endpoint'],
		[{ publicBaseUrl: 'cdn.example.com' }, 'public_url_malformed publicBaseUrl'],
		[{ publicBaseUrl: 'https://cdn.example.com/?x=1' }, 'public_url_malformed publicBaseUrl'],
		[{ publicBaseUrl: 'https://[bad' }, 'public_url_malformed publicBaseUrl'],
	])('refuses %j', (change, expected) => expect(codeOf(change)).toBe(expected));
});

describe('completeSpacesCredentials', () => {
	it('fills what is missing and takes off what was pasted along', () => {
		expect(completeSpacesCredentials({ bucket: ' media-bucket\n', secretKey: 'x\r\n', forcePathStyle: true })).toEqual({
			...{ region: '', endpoint: '', bucket: 'media-bucket', accessKey: '', secretKey: 'x', publicBaseUrl: '' },
			...{ forcePathStyle: true, allowedInternalHosts: '' },
		});
	});
});

describe('ownObjectAddress', () => {
	const location = locate({ publicBaseUrl: 'https://cdn.example.com/media' });
	const own = { bucket: 'media-bucket', key: 'a/b c+d.mp4' };

	it.each([
		['the public base URL', 'https://cdn.example.com/media/a/b%20c%2Bd.mp4'],
		['virtual-hosted style', 'https://media-bucket.nyc3.digitaloceanspaces.com/a/b%20c%2Bd.mp4'],
		['path style', 'https://nyc3.digitaloceanspaces.com/media-bucket/a/b%20c%2Bd.mp4'],
		['the CDN', 'https://media-bucket.nyc3.cdn.digitaloceanspaces.com/a/b%20c%2Bd.mp4'],
		['a presigned URL', 'https://media-bucket.nyc3.digitaloceanspaces.com/a/b%20c%2Bd.mp4?X-Amz-Signature=0'],
	])('understands %s', (_name, url) => expect(ownObjectAddress(location, url)).toEqual(own));

	it('sees the bucket in front of keys that NCA wrote with the bucket in its endpoint', () => {
		const url = 'https://media-bucket.nyc3.digitaloceanspaces.com/media-bucket/out.mp4';
		expect(ownObjectAddress(location, url)).toEqual({ bucket: 'media-bucket', key: 'media-bucket/out.mp4' });
	});

	it('sees other buckets of the same region', () => {
		const url = 'https://other.nyc3.digitaloceanspaces.com/x';
		expect(ownObjectAddress(location, url)).toEqual({ bucket: 'other', key: 'x' });
	});

	it.each([
		['another region', 'https://media-bucket.ams3.digitaloceanspaces.com/x'],
		['another host', 'https://example.com/media/x'],
		['another folder of the public host', 'https://cdn.example.com/else/x'],
		['a host that only ends alike', 'https://evilnyc3.digitaloceanspaces.com/media-bucket/x'],
		['no key', 'https://nyc3.digitaloceanspaces.com/media-bucket'],
		['no bucket', 'https://nyc3.digitaloceanspaces.com/'],
		['a broken escape', 'https://cdn.example.com/media/100%'],
		['an escape that is no text', 'https://cdn.example.com/media/%ff'],
		['no URL', 'media/x'],
	])('passes over %s', (_name, url) => expect(ownObjectAddress(location, url)).toBeUndefined());
});
