import type { SandboxReply } from '../core/types';
import { isNotModified } from './conditions';
import { MIN_PART_BYTES } from './constants';
import { decodeUri } from './encoding';
import type { StoredObject } from './objectStore';
import { checksumHeaders, commit } from './objectOperations';
import { objectHeadersOf, requireObject, requireValidKey, type SignedCall, xmlReply, xmlTime } from './s3Call';
import { S3Error, invalidArgument } from './s3Error';
import { storePart } from './uploadOperations';

/** CopyObject: bytes never leave the server. */
export async function copyObject(call: SignedCall): Promise<SandboxReply> {
	const { identity, store, bucket, key, context } = call;
	requireValidKey(key);
	const source = sourceOf(call);
	const directive = identity.amz['x-amz-metadata-directive'] ?? 'COPY';
	if (directive !== 'COPY' && directive !== 'REPLACE') throw invalidArgument('Unknown metadata directive.');
	if (directive === 'COPY' && source.bucket === bucket && source.key === key) {
		const message =
			'This copy request is illegal because it is trying to copy an object to itself without changing it.';
		throw new S3Error(400, 'InvalidRequest', message);
	}
	const described = objectHeadersOf(call);
	const kept = { contentType: source.contentType, headers: source.headers, metadata: source.metadata };
	const { file, size, md5 } = await store.write(store.read(source.file));
	const object: StoredObject = {
		// An ACL is never copied: without one in the request the copy is private.
		...described,
		...(directive === 'COPY' ? kept : {}),
		bucket,
		key,
		file,
		size,
		etag: md5,
		lastModified: context.clock.now(),
		checksum: source.checksum?.type === 'FULL_OBJECT' ? source.checksum : undefined,
	};
	commit(call, object);
	return xmlReply('CopyObjectResult', [
		['LastModified', xmlTime(object.lastModified)],
		['ETag', `"${object.etag}"`],
	]);
}

/** UploadPartCopy, of the whole source or of a range. */
export async function uploadPartCopy(call: SignedCall): Promise<SandboxReply> {
	const { identity, store } = call;
	const source = sourceOf(call);
	const { start, end } = copyRange(identity.amz['x-amz-copy-source-range'], source.size);
	const part = await storePart(call, { bytes: store.read(source.file, start, end), checksum: () => undefined });
	return xmlReply(
		'CopyPartResult',
		[
			['LastModified', xmlTime(part.lastModified)],
			['ETag', `"${part.etag}"`],
		],
		checksumHeaders(part),
	);
}

function sourceOf(call: SignedCall): StoredObject {
	const { amz } = call.identity;
	const text = decodeUri((amz['x-amz-copy-source'] ?? '').replace(/\?versionId=.*$/, '')).replace(/^\//, '');
	const slash = text.indexOf('/');
	if (slash < 1 || slash === text.length - 1) {
		throw invalidArgument('Copy Source must mention the source bucket and key: sourcebucket/sourcekey');
	}
	const source = requireObject(call, text.slice(0, slash), text.slice(slash + 1));
	if (!isNotModified(source, amz, 'x-amz-copy-source-')) return source;
	throw new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
}

function copyRange(header: string | undefined, size: number): { start: number; end: number } {
	if (header === undefined) return { start: 0, end: Math.max(0, size - 1) };
	const match = /^bytes=(\d+)-(\d+)$/.exec(header);
	const [start, end] = [Number(match?.[1]), Number(match?.[2])];
	if (!match || start > end || end >= size || size < MIN_PART_BYTES) {
		throw invalidArgument('The x-amz-copy-source-range value must be of the form bytes=first-last within the source');
	}
	return { start, end };
}
