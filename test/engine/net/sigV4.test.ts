import { presignUrl, signHeaders } from '../../../engine/net/sigV4';

// The key pair and the times of the examples in Amazon's "Signature Version 4" documentation of S3.
const keys = { accessKey: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const date = new Date('2013-05-24T00:00:00Z');

describe('presignUrl', () => {
	it('gives the URL of the published example', async () => {
		const request = { method: 'GET', url: 'https://examplebucket.s3.amazonaws.com/test.txt' };
		const url = new URL(await presignUrl(request, keys, { date, expiresInS: 86400 }));
		expect(url.origin + url.pathname).toBe('https://examplebucket.s3.amazonaws.com/test.txt');
		expect(Object.fromEntries(url.searchParams)).toMatchObject({
			'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
			'X-Amz-Credential': 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request',
			'X-Amz-Date': '20130524T000000Z',
			'X-Amz-Expires': '86400',
			'X-Amz-SignedHeaders': 'host',
		});
	});

	it('keeps the query of the request', async () => {
		const request = { method: 'GET', url: 'https://b.example.com/k?x=a%20b&x=c%2B' };
		const url = new URL(await presignUrl(request, keys, { date, expiresInS: 60 }));
		expect(url.searchParams.getAll('x')).toEqual(['a b', 'c+']);
	});

	it('binds the content type of an upload', async () => {
		const request = { method: 'PUT', url: 'https://b.example.com/k', headers: { 'Content-Type': 'video/mp4' } };
		const url = new URL(await presignUrl(request, keys, { date, expiresInS: 60 }));
		expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('content-type;host');
	});
});

describe('signHeaders', () => {
	it('signs host, time and payload marker, and leaves host to the client', async () => {
		const headers = await signHeaders({ method: 'GET', url: 'https://b.example.com/?max-keys=1&x=a&x=b' }, keys, date);
		expect(headers.host).toBeUndefined();
		expect(headers).toMatchObject({ 'x-amz-date': '20130524T000000Z', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' });
		expect(headers.authorization).toMatch(
			/^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/20130524\/us-east-1\/s3\/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=[0-9a-f]{64}$/,
		);
	});

	it('keeps the secret to itself', async () => {
		const headers = await signHeaders({ method: 'GET', url: 'http://127.0.0.1:9000/b/' }, keys, date);
		expect(JSON.stringify(headers)).not.toContain(keys.secretKey);
	});
});
