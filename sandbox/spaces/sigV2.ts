import { createHmac } from 'node:crypto';

import type { SandboxRequest } from '../core/types';
import { equalsInConstantTime, queryPairs } from './encoding';
import { S3Error } from './s3Error';
import { unknownKey, type KeyPair } from './sigV4';

/** Query parameters that are part of what is signed. */
const SIGNED_PARAMETERS = new Set([
	'acl',
	'cors',
	'delete',
	'lifecycle',
	'location',
	'logging',
	'notification',
	'partNumber',
	'policy',
	'requestPayment',
	'response-cache-control',
	'response-content-disposition',
	'response-content-encoding',
	'response-content-language',
	'response-content-type',
	'response-expires',
	'tagging',
	'torrent',
	'uploadId',
	'uploads',
	'versionId',
	'versioning',
	'versions',
	'website',
]);

/**
 * Checks a presigned URL of the old kind, which boto3 still makes by default for some regions.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html
 * @param bucketOfHost the bucket when the host names it: it is signed as part of the path
 * @throws S3Error
 */
export function verifySigV2Query(
	request: SandboxRequest,
	keys: KeyPair,
	nowMs: number,
	bucketOfHost: string | undefined,
): void {
	const { query, headers } = request;
	if (!equalsInConstantTime(query.get('AWSAccessKeyId') ?? '', keys.accessKey)) throw unknownKey();
	const expires = query.get('Expires') ?? '';
	if (!/^\d{1,12}$/.test(expires) || nowMs > Number(expires) * 1_000) {
		throw new S3Error(403, 'AccessDenied', 'Request has expired');
	}
	const text = [
		request.method,
		headers['content-md5'] ?? '',
		headers['content-type'] ?? '',
		expires,
		canonicalAmzHeaders(headers) + canonicalResource(request, bucketOfHost),
	].join('\n');
	const expected = createHmac('sha1', keys.secretKey).update(text).digest('base64');
	// A `+` in an unescaped signature arrives as a space.
	const given = (query.get('Signature') ?? '').replace(/ /g, '+');
	if (equalsInConstantTime(expected, given)) return;
	throw new S3Error(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match yours.');
}

function canonicalAmzHeaders(headers: Record<string, string>): string {
	return Object.keys(headers)
		.filter((name) => name.startsWith('x-amz-'))
		.sort()
		.map((name) => `${name}:${headers[name].trim()}\n`)
		.join('');
}

function canonicalResource(request: SandboxRequest, bucketOfHost: string | undefined): string {
	const parameters = queryPairs(request.rawQuery)
		.filter(([name]) => SIGNED_PARAMETERS.has(name))
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([name, value]) => (value === '' ? name : `${name}=${value}`));
	const path = bucketOfHost === undefined ? request.path : `/${bucketOfHost}${request.path}`;
	return parameters.length === 0 ? path : `${path}?${parameters.join('&')}`;
}
