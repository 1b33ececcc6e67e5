import { isIP } from 'node:net';

import type { SandboxRequest } from '../core/types';
import { decodeUri } from './encoding';

/** What a request is about. */
export interface Address {
	bucket: string;
	key: string;
	/** The bucket, when the host named it. */
	bucketOfHost?: string;
}

/**
 * Finds bucket and key. Virtual-host style is `<bucket>.localhost` or a host whose first label is a known bucket
 * (`<bucket>.nyc3.digitaloceanspaces.com` through a proxy); any other host means path style.
 * @throws S3Error `InvalidURI`
 */
export function addressOf(request: SandboxRequest, isBucket: (name: string) => boolean): Address {
	const path = request.path.startsWith('/') ? request.path.slice(1) : request.path;
	const bucketOfHost = bucketFromHost(request.headers.host ?? '', isBucket);
	if (bucketOfHost !== undefined) return { bucket: bucketOfHost, key: decodeUri(path), bucketOfHost };
	const slash = path.indexOf('/');
	if (slash < 0) return { bucket: decodeUri(path), key: '' };
	return { bucket: decodeUri(path.slice(0, slash)), key: decodeUri(path.slice(slash + 1)) };
}

function bucketFromHost(host: string, isBucket: (name: string) => boolean): string | undefined {
	const name = host.replace(/:\d+$/, '').toLowerCase();
	if (name === '' || isIP(name.replace(/^\[|\]$/g, '')) !== 0) return undefined;
	if (name.endsWith('.localhost')) return name.slice(0, -'.localhost'.length);
	const [first, ...rest] = name.split('.');
	return rest.length > 0 && isBucket(first) ? first : undefined;
}
