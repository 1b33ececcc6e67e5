import { createHash, createHmac } from 'node:crypto';

import type { SandboxRequest } from '../core/types';
import { MAX_CLOCK_SKEW_MS, MAX_PRESIGN_S } from './constants';
import { encodeStrict, decodeUri, equalsInConstantTime, queryPairs } from './encoding';
import { S3Error, accessDenied, invalidArgument } from './s3Error';

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** The one key pair that the stand-in knows. */
export interface KeyPair {
	accessKey: string;
	secretKey: string;
}

/** What later chunks of a signed stream are checked with. */
export interface SigningState {
	key: Buffer;
	/** Date of the request, as signed. */
	timestamp: string;
	scope: string;
	/** Signature of the request's head, from which the chain of chunk signatures starts. */
	seed: string;
}

export interface SigV4Result {
	/** Value of `x-amz-content-sha256` that the signature vouches for. */
	contentSha256: string;
	state: SigningState;
}

interface Scope {
	date: string;
	region: string;
	text: string;
}

/**
 * Checks the `Authorization` header.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 * @throws S3Error
 */
export function verifyHeader(request: SandboxRequest, keys: KeyPair, nowMs: number): SigV4Result {
	const fields = authorizationFields(request.headers.authorization);
	const scope = parseCredential(fields.Credential ?? '', keys);
	const timestamp = request.headers['x-amz-date'] ?? '';
	const signedAt = parseTimestamp(timestamp, scope);
	if (Math.abs(nowMs - signedAt) > MAX_CLOCK_SKEW_MS) {
		const message = 'The difference between the request time and the current time is too large.';
		throw new S3Error(403, 'RequestTimeTooSkewed', message);
	}
	const contentSha256 = request.headers['x-amz-content-sha256'];
	if (contentSha256 === undefined) {
		throw new S3Error(400, 'InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
	}
	const signedHeaders = parseSignedHeaders(fields.SignedHeaders ?? '', request);
	const query = queryPairs(request.rawQuery);
	const state = verify(request, keys, scope, timestamp, fields.Signature ?? '', (uri) =>
		canonicalRequest(request, uri, query, signedHeaders, contentSha256),
	);
	return { contentSha256, state };
}

/**
 * Checks a presigned URL. Its age is measured by the sandbox's clock.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 * @throws S3Error
 */
export function verifyPresigned(request: SandboxRequest, keys: KeyPair, nowMs: number): SigV4Result {
	const { query } = request;
	if (query.get('X-Amz-Algorithm') !== ALGORITHM) throw queryError('X-Amz-Algorithm only supports AWS4-HMAC-SHA256');
	const scope = parseCredential(query.get('X-Amz-Credential') ?? '', keys);
	const timestamp = query.get('X-Amz-Date') ?? '';
	const signedAt = parseTimestamp(timestamp, scope);
	const expires = query.get('X-Amz-Expires') ?? '';
	if (!/^\d{1,9}$/.test(expires)) throw queryError('X-Amz-Expires should be a number');
	if (Number(expires) > MAX_PRESIGN_S) {
		throw queryError('X-Amz-Expires must be less than a week (in seconds); that is, 604800');
	}
	if (nowMs < signedAt - MAX_CLOCK_SKEW_MS) throw new S3Error(403, 'AccessDenied', 'Request is not valid yet');
	if (nowMs > signedAt + Number(expires) * 1_000) throw new S3Error(403, 'AccessDenied', 'Request has expired');
	const signedHeaders = parseSignedHeaders(query.get('X-Amz-SignedHeaders') ?? '', request);
	const pairs = queryPairs(request.rawQuery).filter(([name]) => name !== 'X-Amz-Signature');
	const contentSha256 = signedHeaders.includes('x-amz-content-sha256')
		? request.headers['x-amz-content-sha256']
		: (query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD');
	const state = verify(request, keys, scope, timestamp, query.get('X-Amz-Signature') ?? '', (uri) =>
		canonicalRequest(request, uri, pairs, signedHeaders, contentSha256),
	);
	return { contentSha256, state };
}

/** The signature of a text, in hex. */
export function signature(key: Buffer, text: string): string {
	return createHmac('sha256', key).update(text).digest('hex');
}

export function sha256Hex(data: string): string {
	return createHash('sha256').update(data).digest('hex');
}

/** Two spellings of the path are tried: as sent, and strictly encoded. Both name the same key, which is what counts. */
function verify(
	request: SandboxRequest,
	keys: KeyPair,
	scope: Scope,
	timestamp: string,
	given: string,
	canonicalize: (uri: string) => string,
): SigningState {
	const key = signingKey(keys.secretKey, scope);
	const strict = request.path
		.split('/')
		.map((part) => encodeStrict(decodeUri(part)))
		.join('/');
	const isRight = [request.path, strict].some((uri) => {
		const text = [ALGORITHM, timestamp, scope.text, sha256Hex(canonicalize(uri))].join('\n');
		return equalsInConstantTime(signature(key, text), given);
	});
	if (isRight) return { key, timestamp, scope: scope.text, seed: given };
	const message =
		'The request signature we calculated does not match the signature you provided. Check your key and signing method.';
	throw new S3Error(403, 'SignatureDoesNotMatch', message);
}

function canonicalRequest(
	request: SandboxRequest,
	uri: string,
	query: Array<[string, string]>,
	signedHeaders: string[],
	payloadHash: string,
): string {
	const canonicalQuery = query
		.map(([name, value]) => [encodeStrict(name), encodeStrict(value)])
		.sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
		.map((pair) => pair.join('='))
		.join('&');
	const headers = signedHeaders.map((name) => `${name}:${request.headers[name].trim().replace(/\s+/g, ' ')}\n`);
	return [request.method, uri, canonicalQuery, headers.join(''), signedHeaders.join(';'), payloadHash].join('\n');
}

function signingKey(secretKey: string, { date, region }: Scope): Buffer {
	return [date, region, 's3', 'aws4_request'].reduce<Buffer>(
		(key, part) => createHmac('sha256', key).update(part).digest(),
		Buffer.from(`AWS4${secretKey}`),
	);
}

function authorizationFields(header = ''): Record<string, string> {
	if (!header.startsWith(`${ALGORITHM} `)) {
		const message = 'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.';
		throw new S3Error(400, 'InvalidRequest', message);
	}
	const pairs = header.slice(ALGORITHM.length).split(',');
	return Object.fromEntries(pairs.map((pair) => pair.trim().split('=', 2) as [string, string]));
}

function parseCredential(credential: string, keys: KeyPair): Scope {
	const match = /^(.+)\/(\d{8})\/([a-z0-9-]+)\/s3\/aws4_request$/.exec(credential);
	if (!match) {
		const message = 'The credential is malformed; expecting "<key id>/YYYYMMDD/REGION/s3/aws4_request".';
		throw new S3Error(400, 'AuthorizationHeaderMalformed', message);
	}
	const [, accessKey, date, region] = match;
	if (!equalsInConstantTime(accessKey, keys.accessKey)) throw unknownKey();
	return { date, region, text: `${date}/${region}/s3/aws4_request` };
}

/** The refusal of a key id that nobody has. */
export function unknownKey(): S3Error {
	return new S3Error(403, 'InvalidAccessKeyId', 'The access key ID you provided does not exist in our records.');
}

/** Milliseconds since the epoch. */
function parseTimestamp(timestamp: string, scope: Scope): number {
	const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp);
	if (!match) throw new S3Error(403, 'AccessDenied', 'AWS authentication requires a valid date');
	if (!timestamp.startsWith(scope.date)) throw invalidArgument('The date of the credential is not that of the request');
	const [, year, month, day, hour, minute, second] = match.map(Number);
	return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** The host and every `x-amz-*` header must be under the signature, else anybody could add one. */
function parseSignedHeaders(list: string, request: SandboxRequest): string[] {
	const names = list.split(';').filter(Boolean);
	const missing = names.find((name) => request.headers[name] === undefined);
	if (!names.includes('host') || missing !== undefined) throw accessDenied();
	const unsigned = Object.keys(request.headers).find((name) => mustBeSigned(name) && !names.includes(name));
	if (unsigned === undefined) return names;
	throw new S3Error(
		403,
		'AccessDenied',
		`There were headers present in the request which were not signed: ${unsigned}`,
	);
}

function mustBeSigned(name: string): boolean {
	return name.startsWith('x-amz-') && name !== 'x-amz-content-sha256' && name !== 'x-amz-user-agent';
}

function queryError(message: string): S3Error {
	return new S3Error(400, 'AuthorizationQueryParametersError', message);
}

function compare(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
