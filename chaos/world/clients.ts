import { Buffer } from 'node:buffer';

import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';

import { NoAnswer, type Incoming, type Network } from './network';
import type { VirtualTime } from './time';

/** The part of `Response` that the code played here uses. */
class WorldResponse {
	readonly ok: boolean;

	readonly status: number;

	readonly statusText = 'status';

	readonly headers: { get(name: string): string | null };

	constructor(private readonly answer: Incoming) {
		this.status = answer.status;
		this.ok = answer.status >= 200 && answer.status < 300;
		this.headers = { get: (name) => answer.headers[name.toLowerCase()] ?? null };
	}

	async text(): Promise<string> {
		return this.bytes().toString('utf8');
	}

	async json(): Promise<unknown> {
		return JSON.parse(this.bytes().toString('utf8'));
	}

	async arrayBuffer(): Promise<ArrayBuffer> {
		return new Uint8Array(this.bytes()).buffer;
	}

	private bytes(): Buffer {
		if (this.answer.isCut) throw new TypeError('terminated');
		return this.answer.body;
	}
}

/** `fetch` of this world. */
export async function worldFetch(network: Network, url: string, init: RequestInit = {}): Promise<Response> {
	const headers = Object.fromEntries(
		Object.entries((init.headers ?? {}) as Record<string, string>).map(([name, value]) => [name.toLowerCase(), value]),
	);
	const body = init.body === undefined || init.body === null ? undefined : Buffer.from(init.body as string);
	const request = { method: init.method ?? 'GET', url: new URL(url), headers, body };
	return new WorldResponse(await network.send(request, init.signal ?? undefined)) as unknown as Response;
}

/** An error as n8n's HTTP helper throws it. */
function helperError(code: string, message: string): Error {
	return Object.assign(new Error(message), { code });
}

/** `helpers.httpRequest` of n8n, with the options that our nodes use. */
export async function httpHelper(network: Network, time: VirtualTime, options: IHttpRequestOptions): Promise<unknown> {
	const url = new URL(options.url);
	for (const [name, value] of Object.entries(options.qs ?? {})) url.searchParams.set(name, String(value));
	const headers = Object.fromEntries(
		Object.entries(options.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
	);
	const body = bodyOf(options.body, headers);
	const overdue = new AbortController();
	const timeoutMs = Number(options.timeout ?? 0);
	const callOff = timeoutMs > 0 ? time.after(timeoutMs, () => overdue.abort()) : () => undefined;
	try {
		const answer = await network.send({ method: options.method ?? 'GET', url, headers, body }, overdue.signal);
		if (answer.isCut) throw helperError('ECONNRESET', 'aborted');
		const isText = options.encoding !== 'arraybuffer';
		return {
			statusCode: answer.status,
			headers: answer.headers,
			body: isText ? answer.body.toString('utf8') : answer.body,
		} satisfies Record<string, unknown> as unknown as IDataObject;
	} catch (error) {
		if (!(error instanceof NoAnswer)) throw error;
		if (error.code === 'ABORTED') throw helperError('ECONNABORTED', `timeout of ${timeoutMs}ms exceeded`);
		throw helperError(error.code, error.message);
	} finally {
		callOff();
	}
}

function bodyOf(body: IHttpRequestOptions['body'], headers: Record<string, string>): Buffer | undefined {
	if (body === undefined || body === null) return undefined;
	if (Buffer.isBuffer(body)) return body;
	if (typeof body === 'string') return Buffer.from(body);
	headers['content-type'] ??= 'application/json';
	return Buffer.from(JSON.stringify(body));
}
