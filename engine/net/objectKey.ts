import { ok, refuse, type Result } from '../result';
import { MAX_OBJECT_KEY_BYTES } from './constants';

const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;
const DELETE = 0x7f;
const FIRST_PRINTABLE_LATIN1 = 0xa0;
const LONE_SURROGATES = /\p{Surrogate}/gu;

/**
 * Checks the key of an object in a bucket: relative, without parts that climb out of a folder, printable.
 *
 * Codes: `key_empty`, `key_too_long`, `key_absolute`, `key_traversal`, `key_characters`.
 */
export function checkObjectKey(key: string): Result<string> {
	if (key === '') return refuse('key_empty', 'The object key is empty.', 'objectKey');
	if (new TextEncoder().encode(key).length > MAX_OBJECT_KEY_BYTES) {
		return refuse('key_too_long', `An object key has at most ${MAX_OBJECT_KEY_BYTES} bytes.`, 'objectKey');
	}
	if (key.startsWith('/')) return refuse('key_absolute', 'An object key does not start with a slash.', 'objectKey');
	// A backslash is a slash to some servers and to every copy on a Windows disk.
	if (hasForbiddenCharacter(key)) {
		return refuse('key_characters', 'An object key holds no control characters and no backslashes.', 'objectKey');
	}
	const parts = key.split('/');
	if (parts.some((part) => part === '' || part === '.' || part === '..')) {
		return refuse('key_traversal', 'An object key holds no empty parts and no parts "." or "..".', 'objectKey');
	}
	return ok(key);
}

/** Percent-encodes each part of a key as S3 expects it: everything but unreserved characters, `+` as `%2B`. */
export function encodeObjectKey(key: string): string {
	return key.split('/').map(percentEncode).join('/');
}

/** Percent-encodes everything but the unreserved characters of RFC 3986, as S3 and SigV4 count them. */
export function percentEncode(text: string): string {
	const encoded = encodeURIComponent(text.replace(LONE_SURROGATES, '\uFFFD'));
	return encoded.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function hasForbiddenCharacter(key: string): boolean {
	for (let at = 0; at < key.length; at++) {
		const code = key.charCodeAt(at);
		if (code === BACKSLASH || code < FIRST_PRINTABLE || (code >= DELETE && code < FIRST_PRINTABLE_LATIN1)) return true;
	}
	return key.search(LONE_SURROGATES) !== -1;
}
