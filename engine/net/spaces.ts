import { ok, refuse, type Result } from '../result';
import { isAddressLiteral } from './address';
import { SPACES_DOMAIN, SPACES_REGIONS } from './constants';
import { encodeObjectKey } from './objectKey';

/** The fields of the credential "DigitalOcean Spaces API". */
export interface SpacesCredentials {
	region: string;
	/** Overrides what follows from the region; empty for DigitalOcean itself. */
	endpoint: string;
	bucket: string;
	accessKey: string;
	secretKey: string;
	/** Address under which people and services read the bucket, e.g. a CDN; empty for the bucket's own. */
	publicBaseUrl: string;
	forcePathStyle: boolean;
	/** Exact `host:port` pairs, separated by commas or line breaks. */
	allowedInternalHosts: string;
}

/** A credential as it was stored: fields may be missing, and pasted values carry blanks and line breaks. */
export function completeSpacesCredentials(stored: object): SpacesCredentials {
	const values = stored as Record<string, unknown>;
	const text = (name: keyof SpacesCredentials) => String(values[name] ?? '').trim();
	return {
		region: text('region'),
		endpoint: text('endpoint'),
		bucket: text('bucket'),
		accessKey: text('accessKey'),
		secretKey: text('secretKey'),
		publicBaseUrl: text('publicBaseUrl'),
		forcePathStyle: values.forcePathStyle === true,
		allowedInternalHosts: text('allowedInternalHosts'),
	};
}

/** Where a bucket lives, ready for requests. */
export interface SpacesLocation {
	/** Scheme, host and port, without bucket and without a slash at the end. */
	endpoint: string;
	bucket: string;
	pathStyle: boolean;
	/** Base of permanent URLs, without a slash at the end. */
	publicBaseUrl: string;
}

/** One object somewhere on the endpoint. */
export interface ObjectAddress {
	bucket: string;
	key: string;
}

/**
 * Works out endpoint and URL style. People paste the address of their bucket as the endpoint; with a bucket given
 * besides, an S3 client then asks `bucket.bucket.nyc3…` or stores keys `bucket/…`. So the bucket is taken off again.
 *
 * Codes: `bucket_missing`, `region_unknown`, `endpoint_malformed`, `public_url_malformed`.
 */
export function locateSpaces(credentials: SpacesCredentials, bucket = credentials.bucket): Result<SpacesLocation> {
	if (!/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/i.test(bucket)) {
		return refuse('bucket_missing', 'Enter the name of the Spaces bucket (SPACES_BUCKET_NAME).', 'bucket');
	}
	const endpoint = normaliseEndpoint(credentials, bucket);
	if (!endpoint.ok) return endpoint;
	const pathStyle = credentials.forcePathStyle || needsPathStyle(endpoint.value.hostname);
	const location = { endpoint: endpoint.value.origin, bucket, pathStyle, publicBaseUrl: '' };

	// The public address belongs to the credential's own bucket; another bucket is read at its own address.
	const publicBaseUrl = bucket === credentials.bucket ? credentials.publicBaseUrl : '';
	if (publicBaseUrl === '') return ok({ ...location, publicBaseUrl: bucketUrl(location) });
	if (!/^https?:\/\/[^\s?#@]+$/i.test(publicBaseUrl) || !URL.canParse(publicBaseUrl)) {
		return refuse(
			'public_url_malformed',
			'The public base URL must start with https:// and hold no query.',
			'publicBaseUrl',
		);
	}
	return ok({ ...location, publicBaseUrl: publicBaseUrl.replace(/\/+$/, '') });
}

/** The permanent address of an object. */
export function publicObjectUrl(location: SpacesLocation, key: string): string {
	return `${location.publicBaseUrl}/${encodeObjectKey(key)}`;
}

/** The address that S3 requests for an object (or, without a key, for the bucket) go to. */
export function objectRequestUrl(location: SpacesLocation, key?: string): string {
	return `${bucketUrl(location)}/${key === undefined ? '' : encodeObjectKey(key)}`;
}

/**
 * Recognises the URL of an object that lies on the same endpoint, so that it can be copied there without passing
 * through this machine. Understands public base URL, path style, virtual-hosted style and the CDN of Spaces.
 */
export function ownObjectAddress(location: SpacesLocation, value: string): ObjectAddress | undefined {
	if (!URL.canParse(value)) return undefined;
	const url = new URL(value);
	const base = new URL(`${location.publicBaseUrl}/`);
	if (url.host === base.host && url.pathname.startsWith(base.pathname)) {
		return addressOf(location.bucket, url.pathname.slice(base.pathname.length));
	}
	const endpointHost = new URL(location.endpoint).host;
	const host = url.host.replace(`.cdn.${SPACES_DOMAIN}`, `.${SPACES_DOMAIN}`);
	if (host === endpointHost) {
		const [bucket, ...rest] = url.pathname.slice(1).split('/');
		return addressOf(bucket, rest.join('/'));
	}
	if (!host.endsWith(`.${endpointHost}`)) return undefined;
	return addressOf(host.slice(0, -endpointHost.length - 1), url.pathname.slice(1));
}

function addressOf(bucket: string, encodedKey: string): ObjectAddress | undefined {
	if (bucket === '' || encodedKey === '' || /%(?![0-9a-f]{2})/i.test(encodedKey)) return undefined;
	const key = decodeKey(encodedKey);
	return key === undefined ? undefined : { bucket, key };
}

function decodeKey(encodedKey: string): string | undefined {
	try {
		return decodeURIComponent(encodedKey);
	} catch {
		return undefined;
	}
}

function bucketUrl(location: Omit<SpacesLocation, 'publicBaseUrl'>): string {
	if (location.pathStyle) return `${location.endpoint}/${location.bucket}`;
	return location.endpoint.replace('://', `://${location.bucket}.`);
}

function normaliseEndpoint(credentials: SpacesCredentials, bucket: string): Result<URL> {
	const entered = credentials.endpoint;
	if (entered === '') {
		if (!SPACES_REGIONS.includes(credentials.region)) {
			return refuse('region_unknown', 'Choose the region of the bucket, or enter an endpoint.', 'region');
		}
		return ok(new URL(`https://${credentials.region}.${SPACES_DOMAIN}`));
	}
	const withScheme = /^[a-z]+:\/\//i.test(entered) ? entered : `https://${entered}`;
	const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
	const path = url?.pathname.replace(/\/+$/, '');
	if (!url || !/^https?:$/.test(url.protocol) || (path !== '' && path !== `/${bucket}`) || url.username !== '') {
		return refuse(
			'endpoint_malformed',
			`The endpoint must look like https://nyc3.${SPACES_DOMAIN}: only scheme, host and port.`,
			'endpoint',
		);
	}
	const host = url.host.replace(`.cdn.${SPACES_DOMAIN}`, `.${SPACES_DOMAIN}`);
	const prefix = `${bucket.toLowerCase()}.`;
	// "minio" is a host of its own even where the bucket is named "minio": only strip when a host remains.
	return ok(new URL(`${url.protocol}//${host.startsWith(prefix) ? host.slice(prefix.length) : host}`));
}

/** Names without a dot and plain addresses can't carry a bucket as a subdomain. */
function needsPathStyle(hostname: string): boolean {
	return isAddressLiteral(hostname) || !hostname.includes('.') || hostname.endsWith('.localhost');
}
