import type { SandboxReply } from '../core/types';
import { isNotModified, parseRange, requireWritable } from './conditions';
import { MAX_DELETE_KEYS } from './constants';
import type { StoredObject } from './objectStore';
import { openPayload, readXml } from './payload';
import {
	isPublicAcl,
	objectHeadersOf,
	requireHeaderValue,
	requireObject,
	requireValidKey,
	type S3Call,
	type SignedCall,
	xmlReply,
} from './s3Call';
import { accessDenied, malformedXml } from './s3Error';
import { elementsOf, textOf, type XmlElement } from './xml';

/** PutObject */
export async function putObject(call: SignedCall): Promise<SandboxReply> {
	const { request, identity, store, bucket, key, context } = call;
	requireValidKey(key);
	const described = objectHeadersOf(call);
	requireWritable(request, store.get(bucket, key));
	const payload = openPayload(request, identity);
	const { file, size, md5 } = await store.write(payload.bytes);
	const checksum = payload.checksum();
	const object = { ...described, bucket, key, file, size, etag: md5, lastModified: context.clock.now(), checksum };
	commit(call, object);
	return { status: 200, headers: { etag: `"${md5}"`, ...checksumHeaders(object) } };
}

/** Makes the object unless somebody else's write came first and the client forbade that. */
export function commit({ request, store }: SignedCall, object: StoredObject): void {
	try {
		requireWritable(request, store.get(object.bucket, object.key));
	} catch (error) {
		store.discard(object.file);
		throw error;
	}
	store.commit(object);
}

/** GetObject and HeadObject; the only ones that need no signature, when the object is public. */
export function readObject(call: S3Call): SandboxReply {
	const { request, store, bucket, key, identity } = call;
	if (identity.kind === 'anonymous' && !store.get(bucket, key)?.isPublic) throw accessDenied();
	const object = requireObject(call, bucket, key);
	const headers = { ...headersOf(object), ...overridesOf(call) };
	if (isNotModified(object, request.headers)) {
		return { status: 304, headers: { etag: headers.etag, 'last-modified': headers['last-modified'] } };
	}
	const range = parseRange(isRangeMeant(object, request.headers['if-range']) ? request.headers.range : '', object.size);
	const wantsChecksum = identity.kind === 'signed' && identity.amz['x-amz-checksum-mode'] === 'ENABLED';
	const length = range ? range.end - range.start + 1 : object.size;
	const all: Record<string, string> = {
		...headers,
		...(wantsChecksum && !range ? checksumHeaders(object) : {}),
		...(range ? { 'content-range': `bytes ${range.start}-${range.end}/${object.size}` } : {}),
		'content-length': String(length),
	};
	const status = range ? 206 : 200;
	if (request.method === 'HEAD' || length === 0) return { status, headers: all };
	return { status, headers: all, body: store.read(object.file, range?.start, range?.end) };
}

function headersOf(object: StoredObject): Record<string, string> {
	const metadata = Object.entries(object.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
	return {
		'content-type': object.contentType,
		...object.headers,
		...Object.fromEntries(metadata),
		etag: `"${object.etag}"`,
		'last-modified': new Date(object.lastModified).toUTCString(),
		'accept-ranges': 'bytes',
	};
}

/** A signed link may say how the answer is to be presented. */
function overridesOf({ request, identity }: S3Call): Record<string, string> {
	if (identity.kind === 'anonymous') return {};
	const names = ['type', 'disposition', 'encoding', 'language'].map((name) => `content-${name}`);
	const overrides: Record<string, string> = {};
	for (const name of [...names, 'cache-control', 'expires']) {
		const value = request.query.get(`response-${name}`);
		if (value === null) continue;
		requireHeaderValue(name, value);
		overrides[name] = value;
	}
	return overrides;
}

function isRangeMeant(object: StoredObject, ifRange: string | undefined): boolean {
	if (ifRange === undefined) return true;
	return ifRange === `"${object.etag}"` || ifRange === new Date(object.lastModified).toUTCString();
}

export function checksumHeaders({ checksum }: Pick<StoredObject, 'checksum'>): Record<string, string> {
	if (!checksum) return {};
	return { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value, 'x-amz-checksum-type': checksum.type };
}

/** DeleteObject: what isn't there is deleted already. */
export function deleteObject({ store, bucket, key }: SignedCall): SandboxReply {
	store.remove(bucket, key);
	return { status: 204 };
}

/** DeleteObjects */
export async function deleteObjects({ request, identity, store, bucket }: SignedCall): Promise<SandboxReply> {
	const xml = await readXml(request, identity);
	const keys = elementsOf(xml, 'Object').map((object) => textOf(object, 'Key'));
	if (keys.length === 0 || keys.length > MAX_DELETE_KEYS) throw malformedXml();
	const deleted: XmlElement[] = [];
	for (const key of keys) {
		if (key === undefined) throw malformedXml();
		store.remove(bucket, key);
		deleted.push(['Deleted', [['Key', key]]]);
	}
	return xmlReply('DeleteResult', textOf(xml, 'Quiet') === 'true' ? [] : deleted);
}

/** PutObjectAcl, by a canned ACL in a header. */
export function putAcl(call: SignedCall): SandboxReply {
	const { store, bucket, key, identity } = call;
	const object = requireObject(call, bucket, key);
	const acl = identity.amz['x-amz-acl'];
	if (acl === undefined) throw malformedXml();
	const isPublic = isPublicAcl(acl);
	store.update({ ...object, isPublic });
	return { status: 200 };
}

/** GetObjectAcl */
export function getAcl(call: SignedCall): SandboxReply {
	const { isPublic } = requireObject(call, call.bucket, call.key);
	const owner: XmlElement[] = [['ID', 'sandbox']];
	const grant = (grantee: XmlElement[], permission: string): XmlElement => [
		'Grant',
		[
			['Grantee', grantee],
			['Permission', permission],
		],
	];
	const everybody = grant([['URI', 'http://acs.amazonaws.com/groups/global/AllUsers']], 'READ');
	return xmlReply('AccessControlPolicy', [
		['Owner', owner],
		['AccessControlList', [grant(owner, 'FULL_CONTROL'), ...(isPublic ? [everybody] : [])]],
	]);
}
