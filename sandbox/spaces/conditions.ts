import type { SandboxRequest } from '../core/types';
import type { StoredObject } from './objectStore';
import { S3Error, invalidArgument } from './s3Error';

type Fields = Record<string, string | undefined>;

/**
 * Checks `If-*` of a read, or `x-amz-copy-source-if-*` of a copy.
 * @returns true when the client has the object already
 * @throws S3Error `PreconditionFailed`
 */
export function isNotModified(object: StoredObject, fields: Fields, prefix = ''): boolean {
	const ifMatch = fields[`${prefix}if-match`];
	const ifNoneMatch = fields[`${prefix}if-none-match`];
	const unmodifiedSince = Date.parse(fields[`${prefix}if-unmodified-since`] ?? '');
	const modifiedSince = Date.parse(fields[`${prefix}if-modified-since`] ?? '');
	const changedAt = Math.floor(object.lastModified / 1_000) * 1_000;
	if (ifMatch !== undefined ? !names(ifMatch, object.etag) : changedAt > unmodifiedSince) throw failed('If-Match');
	return ifNoneMatch !== undefined ? names(ifNoneMatch, object.etag) : changedAt <= modifiedSince;
}

/**
 * Checks the conditions under which a client wants to write. Called in the very step that makes the object.
 * @throws S3Error `PreconditionFailed`
 */
export function requireWritable({ headers }: SandboxRequest, existing: StoredObject | undefined): void {
	const ifNoneMatch = headers['if-none-match'];
	if (ifNoneMatch !== undefined && ifNoneMatch !== '*') throw invalidArgument('If-None-Match takes only *');
	if (ifNoneMatch === '*' && existing) throw failed('If-None-Match');
	const ifMatch = headers['if-match'];
	if (ifMatch !== undefined && (!existing || !names(ifMatch, existing.etag))) throw failed('If-Match');
}

function names(list: string, etag: string): boolean {
	return list.split(',').some((each) => ['*', etag].includes(each.trim().replace(/^(W\/)?"|"$/g, '')));
}

function failed(condition: string): S3Error {
	return new S3Error(
		412,
		'PreconditionFailed',
		`At least one of the pre-conditions you specified did not hold: ${condition}`,
	);
}

/** Bytes of an object, both ends included. */
export interface ByteRange {
	start: number;
	end: number;
}

/**
 * Reads `Range`. Several ranges, other units and nonsense mean the whole object, as at S3.
 * @throws S3Error `InvalidRange` when nothing of the object lies within
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
	const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
	if (!match || (match[1] === '' && match[2] === '')) return undefined;
	const [, first, last] = match;
	const range =
		first === ''
			? { start: Math.max(0, size - Number(last)), end: size - 1 }
			: { start: Number(first), end: Math.min(size - 1, last === '' ? Infinity : Number(last)) };
	if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
	if (range.start < size && !(first === '' && Number(last) === 0)) return range;
	throw new S3Error(416, 'InvalidRange', 'The requested range is not satisfiable', {
		'content-range': `bytes */${size}`,
	});
}
