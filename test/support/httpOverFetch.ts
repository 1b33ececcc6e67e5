import type { IHttpRequestOptions } from 'n8n-workflow';

const LOOPBACK_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** An error in the shape in which n8n's helper hands on those of its HTTP client: `code`, `response`. */
class ClientError extends Error {
	constructor(
		message: string,
		readonly code: string,
		readonly response?: { status: number; headers: Record<string, string>; data: unknown },
	) {
		super(message);
	}
}

function urlOf(options: IHttpRequestOptions): URL {
	const url = new URL(options.url, options.baseURL);
	if (!LOOPBACK_HOSTS.has(url.hostname)) throw new Error(`Tests stay on loopback, but a node asked ${url.hostname}`);
	for (const [name, value] of Object.entries(options.qs ?? {})) {
		const values = Array.isArray(value) ? value : [value];
		for (const one of values) if (one !== undefined && one !== null) url.searchParams.append(name, String(one));
	}
	return url;
}

function bodyOf(options: IHttpRequestOptions, headers: Record<string, string>): RequestInit['body'] {
	const { body } = options;
	if (body === undefined || body === null || options.method === 'GET') return undefined;
	if (typeof body === 'string' || body instanceof URLSearchParams) return body;
	if (body instanceof Uint8Array) return new Uint8Array(body);
	if (body instanceof FormData) return body;
	headers['content-type'] ??= 'application/json';
	return JSON.stringify(body);
}

function codeOf(error: unknown): string {
	const { cause } = (error ?? {}) as { cause?: { code?: string; errors?: Array<{ code?: string }> } };
	return cause?.code ?? cause?.errors?.[0]?.code ?? 'ERR_NETWORK';
}

async function fetchOrFail(url: URL, options: IHttpRequestOptions): Promise<Response> {
	const headers: Record<string, string> = {};
	for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = String(value);
	if (options.json) headers.accept ??= 'application/json';
	const timeout = AbortSignal.timeout(options.timeout ?? 300_000);
	const signals = options.abortSignal ? [timeout, options.abortSignal as AbortSignal] : [timeout];
	try {
		return await fetch(url, {
			method: options.method ?? 'GET',
			headers,
			body: bodyOf(options, headers),
			redirect: options.disableFollowRedirect ? 'manual' : 'follow',
			signal: AbortSignal.any(signals),
		});
	} catch (error) {
		if (options.abortSignal?.aborted) throw new ClientError('canceled', 'ERR_CANCELED');
		if (timeout.aborted) throw new ClientError(`timeout of ${options.timeout}ms exceeded`, 'ECONNABORTED');
		throw new ClientError(String((error as { message?: string }).message ?? error), codeOf(error));
	}
}

async function readBody(response: Response, options: IHttpRequestOptions): Promise<unknown> {
	const bytes = Buffer.from(await response.arrayBuffer());
	if (options.encoding === 'arraybuffer') return bytes;
	const text = bytes.toString('utf8');
	if (options.encoding === 'text') return text;
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

/** n8n's `helpers.httpRequest` over the platform's fetch, for loopback only: same options, answers and errors. */
export async function httpOverFetch(options: IHttpRequestOptions): Promise<unknown> {
	const response = await fetchOrFail(urlOf(options), options);
	const body: unknown = await readBody(response, options).catch((error: unknown) => {
		throw new ClientError('aborted', codeOf(error) === 'ERR_NETWORK' ? 'ECONNRESET' : codeOf(error));
	});
	const headers = Object.fromEntries(response.headers);
	const isRefused = response.status < 200 || response.status >= 300;
	if (isRefused && options.ignoreHttpStatusErrors !== true) {
		const message = `Request failed with status code ${response.status}`;
		throw new ClientError(message, 'ERR_BAD_REQUEST', { status: response.status, headers, data: body });
	}
	if (!options.returnFullResponse) return body;
	return { body, headers, statusCode: response.status, statusMessage: response.statusText };
}
