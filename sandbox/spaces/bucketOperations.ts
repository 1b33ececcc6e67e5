import type { SandboxReply } from '../core/types';
import { DEFAULT_REGION, MAX_LIST_KEYS } from './constants';
import { encodeStrict } from './encoding';
import type { StoredObject } from './objectStore';
import { type SignedCall, xmlReply, xmlTime } from './s3Call';
import { S3Error, invalidArgument } from './s3Error';
import type { XmlElement } from './xml';

/** ListBuckets */
export function listBuckets({ store }: SignedCall): SandboxReply {
	const buckets = store.allBuckets().map(({ name, createdAt }): XmlElement => [
		'Bucket',
		[
			['Name', name],
			['CreationDate', xmlTime(createdAt)],
		],
	]);
	return xmlReply('ListAllMyBucketsResult', [
		['Owner', [['ID', 'sandbox']]],
		['Buckets', buckets],
	]);
}

/** CreateBucket */
export function createBucket({ store, bucket, context }: SignedCall): SandboxReply {
	if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
		throw new S3Error(400, 'InvalidBucketName', 'The specified bucket is not valid.');
	}
	if (store.hasBucket(bucket)) throw new S3Error(409, 'BucketAlreadyOwnedByYou', 'You own this bucket already.');
	store.addBucket({ name: bucket, createdAt: context.clock.now() });
	return { status: 200, headers: { location: `/${bucket}` } };
}

/** HeadBucket */
export function headBucket(): SandboxReply {
	return { status: 200, headers: { 'x-amz-bucket-region': DEFAULT_REGION } };
}

/** DeleteBucket */
export function deleteBucket({ store, bucket }: SignedCall): SandboxReply {
	if (store.list(bucket).length > 0) throw new S3Error(409, 'BucketNotEmpty', 'The bucket is not empty.');
	store.removeBucket(bucket);
	return { status: 204 };
}

/** GetBucketLocation */
export function bucketLocation(): SandboxReply {
	return xmlReply('LocationConstraint', []);
}

/** GetBucketVersioning: never on. */
export function bucketVersioning(): SandboxReply {
	return xmlReply('VersioningConfiguration', []);
}

interface Page {
	objects: StoredObject[];
	prefixes: string[];
	/** The last key or prefix of the page, when there is more. */
	next?: string;
}

/** ListObjectsV2 */
export function listObjectsV2(call: SignedCall): SandboxReply {
	const { query } = call.request;
	const token = query.get('continuation-token');
	const startAfter = query.get('start-after') ?? '';
	const after = token === null ? startAfter : readToken(token);
	const { page, elements } = listPage(call, after);
	return xmlReply('ListBucketResult', [
		...elements,
		['KeyCount', page.objects.length + page.prefixes.length],
		['ContinuationToken', token ?? undefined],
		['NextContinuationToken', page.next === undefined ? undefined : makeToken(page.next)],
		['StartAfter', startAfter === '' ? undefined : encoderOf(call)(startAfter)],
	]);
}

/** ListObjects, the first version, which old clients still use. */
export function listObjectsV1(call: SignedCall): SandboxReply {
	const { query } = call.request;
	const marker = query.get('marker') ?? '';
	const { page, elements } = listPage(call, marker);
	const encode = encoderOf(call);
	const isGiven = page.next !== undefined && query.get('delimiter');
	return xmlReply('ListBucketResult', [
		...elements,
		['Marker', encode(marker)],
		['NextMarker', isGiven && page.next !== undefined ? encode(page.next) : undefined],
	]);
}

function listPage(call: SignedCall, after: string): { page: Page; elements: XmlElement[] } {
	const { request, store, bucket } = call;
	const prefix = request.query.get('prefix') ?? '';
	const delimiter = request.query.get('delimiter') ?? '';
	const limit = limitOf(request.query.get('max-keys'));
	const encode = encoderOf(call);
	const page = pageOf(store.list(bucket), { prefix, delimiter, limit, after });
	const elements: XmlElement[] = [
		['Name', bucket],
		['Prefix', encode(prefix)],
		['Delimiter', delimiter === '' ? undefined : encode(delimiter)],
		['MaxKeys', limit],
		['EncodingType', request.query.get('encoding-type') ?? undefined],
		['IsTruncated', page.next !== undefined],
		...page.objects.map((object): XmlElement => ['Contents', contentsOf(object, encode)]),
		...page.prefixes.map((each): XmlElement => ['CommonPrefixes', [['Prefix', encode(each)]]]),
	];
	return { page, elements };
}

function pageOf(
	objects: StoredObject[],
	{ prefix, delimiter, limit, after }: { prefix: string; delimiter: string; limit: number; after: string },
): Page {
	const page: Page = { objects: [], prefixes: [] };
	const afterBytes = Buffer.from(after);
	let last = '';
	for (const object of objects) {
		if (!object.key.startsWith(prefix)) continue;
		const cut = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
		const name = cut < 0 ? object.key : object.key.slice(0, cut + delimiter.length);
		if (Buffer.compare(Buffer.from(name), afterBytes) <= 0 && after !== '') continue;
		if (name === last) continue;
		if (page.objects.length + page.prefixes.length >= limit) return limit === 0 ? page : { ...page, next: last };
		last = name;
		if (cut < 0) page.objects.push(object);
		else page.prefixes.push(name);
	}
	return page;
}

function contentsOf(object: StoredObject, encode: (text: string) => string): XmlElement[] {
	return [
		['Key', encode(object.key)],
		['LastModified', xmlTime(object.lastModified)],
		['ETag', `"${object.etag}"`],
		['ChecksumAlgorithm', object.checksum?.algorithm.toUpperCase()],
		['Size', object.size],
		['StorageClass', 'STANDARD'],
	];
}

function encoderOf({ request }: SignedCall): (text: string) => string {
	const isUrl = request.query.get('encoding-type') === 'url';
	return isUrl ? (text) => text.split('/').map(encodeStrict).join('/') : (text) => text;
}

function limitOf(text: string | null): number {
	if (text === null) return MAX_LIST_KEYS;
	if (!/^\d{1,10}$/.test(text)) throw invalidArgument('Argument max-keys must be an integer');
	return Math.min(Number(text), MAX_LIST_KEYS);
}

function makeToken(key: string): string {
	return Buffer.from(key).toString('base64url');
}

function readToken(token: string): string {
	if (/^[\w-]+$/.test(token)) return Buffer.from(token, 'base64url').toString();
	throw invalidArgument('The continuation token provided is incorrect');
}
