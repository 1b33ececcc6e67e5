import { validateHeaderName, validateHeaderValue } from 'node:http';

import type { SandboxContext, SandboxReply, SandboxRequest } from '../core/types';
import type { Identity, SignedIdentity } from './auth';
import { DEFAULT_CONTENT_TYPE, MAX_KEY_BYTES, MAX_METADATA_BYTES } from './constants';
import type { ObjectHeaders, ObjectStore, StoredObject } from './objectStore';
import { S3Error, accessDenied, invalidArgument } from './s3Error';
import type { UploadStore } from './uploadStore';
import { type XmlElement, xmlDocument } from './xml';

/** A request that was understood: what it is about and who sent it. */
export interface S3Call {
	request: SandboxRequest;
	/** Empty for the list of buckets. */
	bucket: string;
	/** Empty for what concerns the bucket itself. */
	key: string;
	identity: Identity;
	store: ObjectStore;
	uploads: UploadStore;
	context: SandboxContext;
}

/** A call by somebody who signed; all but reading public objects needs this. */
export interface SignedCall extends S3Call {
	identity: SignedIdentity;
}

export type S3Operation = (call: SignedCall) => SandboxReply | Promise<SandboxReply>;

const KEPT_HEADERS = ['cache-control', 'content-disposition', 'content-language', 'expires'];

const ACLS = new Set([
	'private',
	'public-read',
	'public-read-write',
	'authenticated-read',
	'bucket-owner-read',
	'bucket-owner-full-control',
]);

export function xmlReply(root: string, children: XmlElement[], headers: Record<string, string> = {}): SandboxReply {
	return { status: 200, headers: { 'content-type': 'application/xml', ...headers }, body: xmlDocument(root, children) };
}

/** A time as S3 writes it in XML. */
export function xmlTime(ms: number): string {
	return new Date(ms).toISOString();
}

/** @throws S3Error `NoSuchKey` */
export function requireObject({ store }: S3Call, bucket: string, key: string): StoredObject {
	const object = store.get(bucket, key);
	if (!object) throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');
	return object;
}

/** @throws S3Error */
export function requireValidKey(key: string): void {
	if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new S3Error(400, 'KeyTooLongError', 'Your key is too long');
}

/**
 * What the headers of a call say about the object to be made.
 * @throws S3Error
 */
export function objectHeadersOf({ request, identity }: SignedCall): ObjectHeaders {
	const { amz } = identity;
	const headers: Record<string, string> = {};
	for (const name of KEPT_HEADERS) {
		if (request.headers[name] !== undefined) headers[name] = request.headers[name];
	}
	// The framing of the upload is not a property of the object.
	const encodings = (request.headers['content-encoding'] ?? '').split(',').map((each) => each.trim());
	const kept = encodings.filter((each) => each !== '' && each !== 'aws-chunked');
	if (kept.length > 0) headers['content-encoding'] = kept.join(',');
	return {
		contentType: request.headers['content-type'] ?? DEFAULT_CONTENT_TYPE,
		headers,
		metadata: metadataOf(amz),
		isPublic: isPublicAcl(amz['x-amz-acl'] ?? 'private'),
	};
}

/** @throws S3Error `InvalidArgument` */
export function isPublicAcl(acl: string): boolean {
	if (!ACLS.has(acl)) throw invalidArgument('The canned ACL is unknown');
	return acl.startsWith('public-read');
}

function metadataOf(amz: Record<string, string>): Record<string, string> {
	const prefix = 'x-amz-meta-';
	const entries = Object.entries(amz).filter(([name]) => name.startsWith(prefix));
	const size = entries.reduce((sum, [name, value]) => sum + Buffer.byteLength(name.slice(prefix.length) + value), 0);
	if (size > MAX_METADATA_BYTES) {
		throw new S3Error(400, 'MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size');
	}
	for (const [name, value] of entries) requireHeaderValue(name, value);
	return Object.fromEntries(entries.map(([name, value]) => [name.slice(prefix.length), value]));
}

/**
 * What a presigned URL brings in its query may not fit into a header of an answer.
 * @throws S3Error `InvalidArgument`
 */
export function requireHeaderValue(name: string, value: string): void {
	try {
		validateHeaderName(name);
		validateHeaderValue(name, value);
	} catch {
		throw invalidArgument('Header name or value contains invalid characters.');
	}
}

/** @throws S3Error `AccessDenied` */
export function requireSigned(call: S3Call): SignedCall {
	if (call.identity.kind !== 'signed') throw accessDenied();
	return { ...call, identity: call.identity };
}
