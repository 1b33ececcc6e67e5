import { createHash } from 'node:crypto';

import type { SandboxReply } from '../core/types';
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm, createDigest } from './checksums';
import { MAX_LIST_KEYS, MAX_PART_NUMBER, MIN_PART_BYTES } from './constants';
import { checksumHeaders, commit } from './objectOperations';
import type { ObjectStore } from './objectStore';
import { openPayload, readXml, type Checksum, type Payload } from './payload';
import { objectHeadersOf, requireValidKey, type SignedCall, xmlReply, xmlTime } from './s3Call';
import { S3Error, invalidArgument, malformedXml } from './s3Error';
import type { StoredPart, Upload } from './uploadStore';
import { elementsOf, textOf, type XmlElement } from './xml';

/** CreateMultipartUpload */
export function createUpload(call: SignedCall): SandboxReply {
	const { identity, uploads, bucket, key, context } = call;
	requireValidKey(key);
	const checksumAlgorithm = algorithmOf(identity.amz['x-amz-checksum-algorithm']);
	const isFull = identity.amz['x-amz-checksum-type'] === 'FULL_OBJECT' || checksumAlgorithm === 'crc64nvme';
	const checksumType = isFull ? 'FULL_OBJECT' : 'COMPOSITE';
	const startedAt = context.clock.now();
	const described = objectHeadersOf(call);
	const upload = uploads.create({ ...described, bucket, key, startedAt, checksumAlgorithm, checksumType });
	return xmlReply('InitiateMultipartUploadResult', [
		['Bucket', bucket],
		['Key', key],
		['UploadId', upload.id],
	]);
}

/** UploadPart */
export async function uploadPart(call: SignedCall): Promise<SandboxReply> {
	const part = await storePart(call, openPayload(call.request, call.identity));
	return { status: 200, headers: { etag: `"${part.etag}"`, ...checksumHeaders(part) } };
}

/** Stores the bytes of a part under the number that the call names. */
export async function storePart(call: SignedCall, payload: Payload): Promise<StoredPart> {
	const { request, store, uploads, context } = call;
	const upload = requireUpload(call);
	const number = Number(request.query.get('partNumber'));
	if (!Number.isInteger(number) || number < 1 || number > MAX_PART_NUMBER) {
		throw invalidArgument(`Part number must be an integer between 1 and ${MAX_PART_NUMBER}, inclusive`);
	}
	const { file, size, md5, checksum } = await store.write(payload.bytes, upload.checksumAlgorithm);
	// The upload may have been aborted or completed in the meantime.
	if (uploads.get(upload.id) !== upload) {
		store.discard(file);
		throw noSuchUpload();
	}
	const { checksumAlgorithm: algorithm } = upload;
	const computed: Checksum | undefined =
		algorithm && checksum !== undefined ? { algorithm, value: checksum, type: 'FULL_OBJECT' } : undefined;
	const lastModified = context.clock.now();
	const part = { number, file, size, etag: md5, lastModified, checksum: payload.checksum() ?? computed };
	uploads.putPart(upload, part);
	return part;
}

/** CompleteMultipartUpload */
export async function completeUpload(call: SignedCall): Promise<SandboxReply> {
	const { request, identity, store, uploads, bucket, key, context } = call;
	const upload = requireUpload(call);
	const parts = choosePartsOf(upload, await readXml(request, identity));
	const { checksumAlgorithm: algorithm, checksumType } = upload;
	const isFull = algorithm !== undefined && checksumType === 'FULL_OBJECT';
	const { file, size, checksum } = await store.write(concatenated(store, parts), isFull ? algorithm : undefined);
	if (uploads.get(upload.id) !== upload) {
		store.discard(file);
		throw noSuchUpload();
	}
	const hashes = parts.map(({ etag }) => Buffer.from(etag, 'hex'));
	const etag = `${createHash('md5').update(Buffer.concat(hashes)).digest('hex')}-${parts.length}`;
	const full: Checksum | undefined =
		isFull && checksum !== undefined ? { algorithm, value: checksum, type: 'FULL_OBJECT' } : undefined;
	const { contentType, headers, metadata, isPublic } = upload;
	const lastModified = context.clock.now();
	const described = { contentType, headers, metadata, isPublic, bucket, key, file, size, etag, lastModified };
	const object = { ...described, checksum: full ?? compositeOf(upload, parts) };
	commit(call, object);
	uploads.remove(upload);
	return xmlReply('CompleteMultipartUploadResult', [
		['Location', `${context.baseUrl('spaces')}/${bucket}/${encodeURI(key)}`],
		['Bucket', bucket],
		['Key', key],
		['ETag', `"${etag}"`],
		...checksumElements(object.checksum),
	]);
}

/** AbortMultipartUpload */
export function abortUpload(call: SignedCall): SandboxReply {
	call.uploads.remove(requireUpload(call));
	return { status: 204 };
}

/** ListParts */
export function listParts(call: SignedCall): SandboxReply {
	const { query } = call.request;
	const upload = requireUpload(call);
	const marker = Number(query.get('part-number-marker') ?? 0);
	const limit = Math.min(Number(query.get('max-parts') ?? MAX_LIST_KEYS), MAX_LIST_KEYS);
	if (!Number.isInteger(marker) || !Number.isInteger(limit) || limit < 0) throw invalidArgument('Use whole numbers');
	const after = upload.parts.filter(({ number }) => number > marker);
	const page = after.slice(0, limit);
	const isTruncated = after.length > page.length;
	return xmlReply('ListPartsResult', [
		['Bucket', upload.bucket],
		['Key', upload.key],
		['UploadId', upload.id],
		['PartNumberMarker', marker],
		['NextPartNumberMarker', isTruncated ? page.at(-1)?.number : undefined],
		['MaxParts', limit],
		['IsTruncated', isTruncated],
		...page.map((part): XmlElement => ['Part', partElements(part)]),
	]);
}

/** ListMultipartUploads */
export function listUploads({ request, uploads, bucket }: SignedCall): SandboxReply {
	const prefix = request.query.get('prefix') ?? '';
	const found = uploads.list(bucket).filter(({ key }) => key.startsWith(prefix));
	return xmlReply('ListMultipartUploadsResult', [
		['Bucket', bucket],
		['IsTruncated', false],
		...found.map(({ key, id, startedAt }): XmlElement => [
			'Upload',
			[
				['Key', key],
				['UploadId', id],
				['Initiated', xmlTime(startedAt)],
			],
		]),
	]);
}

function partElements({ number, size, etag, lastModified, checksum }: StoredPart): XmlElement[] {
	return [
		['PartNumber', number],
		['LastModified', xmlTime(lastModified)],
		['ETag', `"${etag}"`],
		['Size', size],
		...checksumElements(checksum).filter(([name]) => name !== 'ChecksumType'),
	];
}

/** The parts that the client names, which must be in order, known and large enough. */
function choosePartsOf(upload: Upload, xml: string): StoredPart[] {
	const named = elementsOf(xml, 'Part');
	if (named.length === 0) throw malformedXml();
	const parts = named.map((text) => {
		const number = Number(textOf(text, 'PartNumber'));
		const etag = textOf(text, 'ETag')?.replace(/^"|"$/g, '');
		const part = upload.parts.find((each) => each.number === number);
		const checksum = part?.checksum && textOf(text, checksumElement(part.checksum.algorithm));
		const isRight = checksum === undefined || checksum === part?.checksum?.value;
		if (part && part.etag === etag && isRight) return part;
		throw new S3Error(400, 'InvalidPart', 'One or more of the specified parts could not be found or did not match.');
	});
	if (parts.some(({ number }, index) => index > 0 && number <= parts[index - 1].number)) {
		throw new S3Error(400, 'InvalidPartOrder', 'The list of parts was not in ascending order.');
	}
	if (parts.slice(0, -1).every(({ size }) => size >= MIN_PART_BYTES)) return parts;
	throw new S3Error(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed object size.');
}

async function* concatenated(store: ObjectStore, parts: StoredPart[]): AsyncGenerator<Buffer> {
	for (const { file } of parts) yield* store.read(file) as AsyncIterable<Buffer>;
}

/** The checksum of the parts' checksums. */
function compositeOf({ checksumAlgorithm: algorithm }: Upload, parts: StoredPart[]): Checksum | undefined {
	if (!algorithm || !parts.every(({ checksum }) => checksum?.algorithm === algorithm)) return undefined;
	const digest = createDigest(algorithm);
	for (const { checksum } of parts) digest.update(Buffer.from(checksum?.value ?? '', 'base64'));
	return { algorithm, value: `${digest.digest().toString('base64')}-${parts.length}`, type: 'COMPOSITE' };
}

function checksumElements(checksum: Checksum | undefined): XmlElement[] {
	if (!checksum) return [];
	return [
		[checksumElement(checksum.algorithm), checksum.value],
		['ChecksumType', checksum.type],
	];
}

function checksumElement(algorithm: ChecksumAlgorithm): string {
	return `Checksum${algorithm.toUpperCase()}`;
}

function algorithmOf(name: string | undefined): ChecksumAlgorithm | undefined {
	if (name === undefined) return undefined;
	const algorithm = CHECKSUM_ALGORITHMS.find((known) => known === name.toLowerCase());
	if (!algorithm) throw invalidArgument('Checksum algorithm provided is unsupported.');
	return algorithm;
}

function requireUpload({ request, uploads, bucket, key }: SignedCall): Upload {
	const upload = uploads.get(request.query.get('uploadId') ?? '');
	if (!upload || upload.bucket !== bucket || upload.key !== key) throw noSuchUpload();
	return upload;
}

function noSuchUpload(): S3Error {
	return new S3Error(
		404,
		'NoSuchUpload',
		'The specified upload does not exist. It may have been aborted or completed.',
	);
}
