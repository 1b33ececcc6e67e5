import { timingSafeEqual } from 'node:crypto';

import { S3Error } from './s3Error';

/** Percent-encodes all but the unreserved characters of RFC 3986, as signatures want it. */
export function encodeStrict(text: string): string {
	return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** @throws S3Error `InvalidURI` */
export function decodeUri(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		throw new S3Error(400, 'InvalidURI', "Couldn't parse the specified URI.");
	}
}

/** Names and values of a query, decoded, in the order sent. A `+` stays one: S3 reads no form encoding. */
export function queryPairs(rawQuery: string): Array<[string, string]> {
	return rawQuery
		.split('&')
		.filter(Boolean)
		.map((pair) => {
			const mark = pair.indexOf('=');
			return mark < 0 ? [decodeUri(pair), ''] : [decodeUri(pair.slice(0, mark)), decodeUri(pair.slice(mark + 1))];
		});
}

/** Compares in a time that doesn't depend on where the texts differ. */
export function equalsInConstantTime(a: string, b: string): boolean {
	const left = Buffer.from(a);
	const right = Buffer.from(b);
	return left.length === right.length && timingSafeEqual(left, right);
}
