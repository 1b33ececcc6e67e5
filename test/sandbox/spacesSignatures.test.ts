import { createHmac } from 'node:crypto';
import { PassThrough } from 'node:stream';

import type { SandboxRequest } from '../../sandbox/core/types';
import { CHECKSUM_ALGORITHMS, createDigest } from '../../sandbox/spaces/checksums';
import { decodeChunked } from '../../sandbox/spaces/chunkedBody';
import { verifySigV2Query } from '../../sandbox/spaces/sigV2';
import { type SigningState, verifyHeader, verifyPresigned } from '../../sandbox/spaces/sigV4';

/** The examples of Amazon's documentation are the witnesses here: they share no code with us or with the SDK. */
const KEYS = { accessKey: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };

const TIMESTAMP = '20130524T000000Z';

const SIGNED_AT_MS = Date.UTC(2013, 4, 24);

const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function request(method: string, path: string, rawQuery: string, headers: Record<string, string>): SandboxRequest {
	return {
		method,
		path,
		rawQuery,
		headers,
		query: new URLSearchParams(rawQuery),
		stream: new PassThrough(),
		body: async () => Buffer.alloc(0),
		signal: new AbortController().signal,
	};
}

function documentedState(seed: string): SigningState {
	const key = ['20130524', 'us-east-1', 's3', 'aws4_request'].reduce<Buffer>(
		(secret, part) => createHmac('sha256', secret).update(part).digest(),
		Buffer.from(`AWS4${KEYS.secretKey}`),
	);
	return { key, timestamp: TIMESTAMP, scope: '20130524/us-east-1/s3/aws4_request', seed };
}

async function decode(body: string | Buffer, signing?: SigningState, pieceBytes = 1_000) {
	const bytes = Buffer.from(body);
	async function* pieces(): AsyncGenerator<Buffer> {
		for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
	}
	const trailers: Record<string, string> = {};
	const decoded: Buffer[] = [];
	const onTrailer = (name: string, value: string) => (trailers[name] = value);
	for await (const part of decodeChunked(pieces(), { signing, onTrailer })) decoded.push(part);
	return { text: Buffer.concat(decoded).toString(), trailers };
}

describe('signature version 4', () => {
	const credential = `${KEYS.accessKey}/20130524/us-east-1/s3/aws4_request`;

	function documentedGet(signature: string): SandboxRequest {
		const names = 'host;range;x-amz-content-sha256;x-amz-date';
		return request('GET', '/test.txt', '', {
			host: 'examplebucket.s3.amazonaws.com',
			range: 'bytes=0-9',
			'x-amz-content-sha256': EMPTY_SHA256,
			'x-amz-date': TIMESTAMP,
			authorization: `AWS4-HMAC-SHA256 Credential=${credential},SignedHeaders=${names},Signature=${signature}`,
		});
	}

	it('takes the documented header and no other', () => {
		const right = 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41';

		expect(verifyHeader(documentedGet(right), KEYS, SIGNED_AT_MS).contentSha256).toBe(EMPTY_SHA256);
		for (const wrong of ['', right.slice(1), right.replace('f', '0'), right.toUpperCase()]) {
			expect(() => verifyHeader(documentedGet(wrong), KEYS, SIGNED_AT_MS)).toThrow('does not match');
		}
	});

	it('takes the documented presigned URL until it ends', () => {
		const query = new URLSearchParams({
			'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
			'X-Amz-Credential': credential,
			'X-Amz-Date': TIMESTAMP,
			'X-Amz-Expires': '86400',
			'X-Amz-SignedHeaders': 'host',
			'X-Amz-Signature': 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
		});
		const url = request('GET', '/test.txt', query.toString(), { host: 'examplebucket.s3.amazonaws.com' });

		expect(verifyPresigned(url, KEYS, SIGNED_AT_MS + 86_400_000).contentSha256).toBe('UNSIGNED-PAYLOAD');
		expect(() => verifyPresigned(url, KEYS, SIGNED_AT_MS + 86_400_001)).toThrow('expired');
		expect(() => verifyPresigned(url, KEYS, SIGNED_AT_MS - 3_600_000)).toThrow('not valid yet');
	});

	it.each([
		['no credential', 'AWS4-HMAC-SHA256 SignedHeaders=host,Signature=00'],
		['another scheme', 'Basic abc'],
		['the old scheme', 'AWS key:signature'],
		['nonsense', 'AWS4-HMAC-SHA256 ,,,='],
	])('refuses %s', (_, authorization) => {
		const bad = request('GET', '/', '', { host: 'h', authorization, 'x-amz-date': TIMESTAMP });

		expect(() => verifyHeader(bad, KEYS, SIGNED_AT_MS)).toThrow();
	});
});

describe('signature version 2', () => {
	it('takes the documented URL until it ends', () => {
		const query = `AWSAccessKeyId=${KEYS.accessKey}&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620`;
		const url = request('GET', '/photos/puppy.jpg', query, { host: 'johnsmith.s3.amazonaws.com' });

		expect(() => verifySigV2Query(url, KEYS, 1_175_139_620_000, 'johnsmith')).not.toThrow();
		expect(() => verifySigV2Query(url, KEYS, 1_175_139_621_000, 'johnsmith')).toThrow('expired');
		expect(() => verifySigV2Query(url, KEYS, 1_175_139_620_000, 'other')).toThrow('does not match');
	});
});

describe('bodies in chunks', () => {
	const SEED = '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9';
	const SIGNED = [
		'10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
		'a'.repeat(65_536),
		'400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
		'a'.repeat(1_024),
		'0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
		'',
		'',
	].join('\r\n');
	const TRAILER_SEED = '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e';
	const SIGNED_TRAILER = [
		'10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2',
		'a'.repeat(65_536),
		'400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7',
		'a'.repeat(1_024),
		'0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992',
		'x-amz-checksum-crc32c:sOO8/Q==',
		'x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435',
		'',
		'',
	].join('\r\n');

	it.each([1, 7, 8_192, 1_000_000])('are the documented ones when they come in pieces of %i bytes', async (piece) => {
		const { text } = await decode(SIGNED, documentedState(SEED), piece);

		expect(text === 'a'.repeat(66_560)).toBe(true);
	});

	it('may have a signed trailer', async () => {
		const { trailers } = await decode(SIGNED_TRAILER, documentedState(TRAILER_SEED));

		expect(trailers).toEqual({ 'x-amz-checksum-crc32c': 'sOO8/Q==' });
	});

	it.each([
		['a changed byte', SIGNED.replace('aaaa\r\n400', 'aaab\r\n400'), SEED],
		['a chunk left out', SIGNED.replace(/400;[^]*(?=\r\n0;)/, ''), SEED],
		['another seed', SIGNED, TRAILER_SEED],
		['an unsigned chunk', SIGNED.replace(/;chunk-signature=0055\w+/, ''), SEED],
		['a changed trailer', SIGNED_TRAILER.replace('sOO8', 'sOO9'), TRAILER_SEED],
		['an unsigned trailer', SIGNED_TRAILER.replace(/x-amz-trailer-signature:.*\r\n/, ''), TRAILER_SEED],
	])('refuse %s', async (_, body, seed) => {
		await expect(decode(body, documentedState(seed))).rejects.toThrow();
	});

	it.each([
		['no end', '3\r\nabc\r\n'],
		['a chunk that is too short', '5\r\nabc\r\n0\r\n\r\n'],
		['a size that is no number', 'xyz\r\nabc\r\n0\r\n\r\n'],
		['a head without end', '0'.repeat(20_000)],
	])('refuse %s', async (_, body) => {
		await expect(decode(body)).rejects.toMatchObject({ code: 'IncompleteBody' });
	});

	it('may lack signatures', async () => {
		const { text, trailers } = await decode('3\r\nabc\r\n2\r\nde\r\n0\r\nx-amz-checksum-crc32: AAAA\r\n\r\n');

		expect(text).toBe('abcde');
		expect(trailers).toEqual({ 'x-amz-checksum-crc32': 'AAAA' });
	});
});

it.each([
	['crc32', 'cbf43926'],
	['crc32c', 'e3069283'],
	['crc64nvme', 'ae8b14860a799888'],
	['sha1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
	['sha256', '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225'],
] as const)('%s of "123456789" is the published check value', (algorithm, expected) => {
	const digest = createDigest(algorithm);

	digest.update(Buffer.from('1234'));
	digest.update(Buffer.from('56789'));

	expect(CHECKSUM_ALGORITHMS).toContain(algorithm);
	expect(digest.digest().toString('hex')).toBe(expected);
});
