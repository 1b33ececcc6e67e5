import { createHash } from 'node:crypto';

import type { SandboxRequest } from '../core/types';
import type { SignedIdentity } from './auth';
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm, createDigest } from './checksums';
import { decodeChunked } from './chunkedBody';
import { MAX_PUT_BYTES, MAX_XML_BYTES } from './constants';
import { equalsInConstantTime } from './encoding';
import { S3Error, malformedXml } from './s3Error';

/** A checksum that was sent with the bytes and found right. */
export interface Checksum {
	algorithm: ChecksumAlgorithm;
	/** Base64; of a multipart object `<checksum of checksums>-<parts>` when `type` is COMPOSITE. */
	value: string;
	type: 'FULL_OBJECT' | 'COMPOSITE';
}

/** The body of a signed request. Its checks are made at the end of `bytes`, which throws when one fails. */
export interface Payload {
	bytes: AsyncIterable<Buffer>;
	/** The checksum that came with the body; complete once `bytes` has been read. */
	checksum(): Checksum | undefined;
}

/**
 * Opens the body of a request: framing taken off, length, hash and checksums verified on the way.
 * @throws S3Error
 */
export function openPayload(request: SandboxRequest, identity: SignedIdentity): Payload {
	const isChunked = identity.contentSha256.startsWith('STREAMING-');
	const length = declaredLength(request, isChunked);
	const expected = expectedChecksum(identity, request);
	let trailer: string | undefined;
	const source = isChunked
		? decodeChunked(request.stream as AsyncIterable<Buffer>, {
				signing: identity.contentSha256.startsWith('STREAMING-AWS4-HMAC-SHA256') ? signingOf(identity) : undefined,
				onTrailer: (name, value) => {
					if (expected && name === `x-amz-checksum-${expected.algorithm}`) trailer = value;
				},
			})
		: (request.stream as AsyncIterable<Buffer>);
	const value = () => expected?.value ?? trailer;
	return {
		bytes: verified(source, request, identity, length, expected?.algorithm, value),
		checksum: () => {
			const given = value();
			return expected && given !== undefined
				? { algorithm: expected.algorithm, value: given, type: 'FULL_OBJECT' }
				: undefined;
		},
	};
}

/** Reads a small XML body, with the same checks. */
export async function readXml(request: SandboxRequest, identity: SignedIdentity): Promise<string> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const bytes of openPayload(request, identity).bytes) {
		size += bytes.length;
		if (size > MAX_XML_BYTES) throw malformedXml();
		chunks.push(bytes);
	}
	return Buffer.concat(chunks).toString('utf8');
}

async function* verified(
	source: AsyncIterable<Buffer>,
	request: SandboxRequest,
	identity: SignedIdentity,
	length: number,
	algorithm: ChecksumAlgorithm | undefined,
	checksum: () => string | undefined,
): AsyncGenerator<Buffer> {
	const sha256 = /^[0-9a-f]{64}$/.test(identity.contentSha256) ? createHash('sha256') : undefined;
	const md5 = request.headers['content-md5'] === undefined ? undefined : createDigest('md5');
	const digest = algorithm && createDigest(algorithm);
	let size = 0;
	for await (const bytes of source) {
		size += bytes.length;
		if (size > length) break;
		for (const each of [sha256, md5, digest]) each?.update(bytes);
		yield bytes;
	}
	if (size !== length) {
		throw new S3Error(400, 'IncompleteBody', 'You did not provide the number of bytes specified by the HTTP header');
	}
	if (sha256 && !equalsInConstantTime(sha256.digest('hex'), identity.contentSha256)) {
		const message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
		throw new S3Error(400, 'XAmzContentSHA256Mismatch', message);
	}
	if (md5 && md5.digest().toString('base64') !== request.headers['content-md5']) throw badDigest('Content-MD5');
	if (!digest) return;
	const given = checksum();
	if (given === undefined) throw new S3Error(400, 'MalformedTrailerError', 'The announced trailer did not come');
	if (digest.digest().toString('base64') !== given) throw badDigest(String(algorithm).toUpperCase());
}

/** The checksum that a header brings (`value`), or that a trailer will bring. */
function expectedChecksum(
	{ amz, contentSha256 }: SignedIdentity,
	request: SandboxRequest,
): { algorithm: ChecksumAlgorithm; value?: string } | undefined {
	const sent = CHECKSUM_ALGORITHMS.find((name) => amz[`x-amz-checksum-${name}`] !== undefined);
	if (sent) return { algorithm: sent, value: amz[`x-amz-checksum-${sent}`] };
	if (!contentSha256.endsWith('-TRAILER')) return undefined;
	const announced = (request.headers['x-amz-trailer'] ?? '').toLowerCase().split(',');
	const algorithm = CHECKSUM_ALGORITHMS.find((name) =>
		announced.some((trailer) => trailer.trim() === `x-amz-checksum-${name}`),
	);
	return algorithm && { algorithm };
}

function declaredLength(request: SandboxRequest, isChunked: boolean): number {
	const text = request.headers[isChunked ? 'x-amz-decoded-content-length' : 'content-length'];
	if (text === undefined) {
		throw new S3Error(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
	}
	if (!/^\d{1,15}$/.test(text)) throw new S3Error(400, 'InvalidRequest', 'The length is not a number');
	if (Number(text) <= MAX_PUT_BYTES) return Number(text);
	throw new S3Error(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
}

function signingOf({ signing }: SignedIdentity): NonNullable<SignedIdentity['signing']> {
	if (signing) return signing;
	throw new S3Error(400, 'InvalidRequest', 'Signed chunks need a request signed with AWS4-HMAC-SHA256');
}

function badDigest(name: string): S3Error {
	return new S3Error(400, 'BadDigest', `The ${name} you specified did not match the calculated checksum.`);
}
