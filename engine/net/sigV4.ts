import { SPACES_SIGNING_REGION } from './constants';
import { percentEncode } from './objectKey';

/** The pair that signs; the secret never leaves this module but as a signature. */
export interface SigningKeys {
	accessKey: string;
	secretKey: string;
}

export interface SignableRequest {
	method: string;
	/** Complete URL with an already percent-encoded path. */
	url: string;
	/** Headers to send; those named here are signed too. */
	headers?: Record<string, string>;
}

const UNSIGNED = 'UNSIGNED-PAYLOAD';
const PAYLOAD_HEADER = 'x-amz-content-sha256';

/**
 * Signs one S3 request with SigV4 in the `Authorization` header. The body stays unsigned, as S3 allows.
 *
 * @returns all headers to send, `host` excluded because the HTTP client sets it
 */
export async function signHeaders(
	request: SignableRequest,
	keys: SigningKeys,
	date: Date,
): Promise<Record<string, string>> {
	const signer = await createSigner(keys);
	const signed = await signer.sign(toHttpRequest(request), { signingDate: date });
	return Object.fromEntries(Object.entries(signed.headers).filter(([name]) => name.toLowerCase() !== 'host'));
}

/**
 * A URL that allows exactly this request for `expiresInS` seconds (at most a week), without any key.
 * The headers of `request` become part of the signature: the caller has to send the same ones.
 */
export async function presignUrl(
	request: SignableRequest,
	keys: SigningKeys,
	options: { date: Date; expiresInS: number },
): Promise<string> {
	const signer = await createSigner(keys);
	const signed = await signer.presign(toHttpRequest(request), {
		expiresIn: options.expiresInS,
		signingDate: options.date,
		signableHeaders: new Set(['host', ...Object.keys(request.headers ?? {}).map((name) => name.toLowerCase())]),
	});
	const url = new URL(request.url);
	return `${url.origin}${url.pathname}?${toQueryString(signed.query as Record<string, string | string[]>)}`;
}

async function createSigner(keys: SigningKeys) {
	const [{ SignatureV4 }, { Sha256 }] = await Promise.all([
		import('@smithy/signature-v4'),
		import('@aws-crypto/sha256-js'),
	]);
	return new SignatureV4({
		service: 's3',
		region: SPACES_SIGNING_REGION,
		credentials: { accessKeyId: keys.accessKey, secretAccessKey: keys.secretKey },
		sha256: Sha256,
		uriEscapePath: false,
	});
}

function toHttpRequest(request: SignableRequest) {
	const url = new URL(request.url);
	return {
		method: request.method,
		protocol: url.protocol,
		hostname: url.hostname,
		port: url.port === '' ? undefined : Number(url.port),
		path: url.pathname,
		query: toQuery(url.searchParams),
		headers: { ...request.headers, host: url.host, [PAYLOAD_HEADER]: UNSIGNED },
	};
}

function toQuery(parameters: URLSearchParams): Record<string, string[]> {
	const query: Record<string, string[]> = {};
	for (const name of new Set(parameters.keys())) query[name] = parameters.getAll(name);
	return query;
}

function toQueryString(query: Record<string, string | string[]>): string {
	return Object.entries(query)
		.flatMap(([name, value]) => [value].flat().map((one) => `${percentEncode(name)}=${percentEncode(one)}`))
		.join('&');
}
