import { createHash } from 'node:crypto';

/** How many hex characters of an input hash stand in keys, folders and callback URLs. */
const SHORT_HASH_LENGTH = 16;

/**
 * JSON with sorted keys and without undefined members, so that equal data gives equal text.
 * Numbers are written as JSON does; `NaN` and infinities become null.
 */
export function canonicalJson(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
	if (value !== null && typeof value === 'object') {
		const members = Object.entries(value as Record<string, unknown>)
			.filter(([, member]) => member !== undefined)
			.sort(([left], [right]) => (left < right ? -1 : 1))
			.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
		return `{${members.join(',')}}`;
	}
	return JSON.stringify(value) ?? 'null';
}

/** SHA-256 as lower-case hex. */
export function sha256Hex(data: string | Uint8Array): string {
	return createHash('sha256').update(data).digest('hex');
}

/**
 * The identity of a piece of work: SHA-256 over everything that shapes its result.
 * Two steps with the same input hash are one call, and an object with another hash is another result.
 */
export function inputHash(inputs: unknown): string {
	return sha256Hex(canonicalJson(inputs));
}

/** The `h` of keys and callbacks: the first 16 hex characters of an input hash. */
export function shortHash(hash: string): string {
	return hash.slice(0, SHORT_HASH_LENGTH);
}
