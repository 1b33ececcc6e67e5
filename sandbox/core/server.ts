import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, Readable, Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

import { CUT_SHARE, KEEP_ALIVE_MS, LOOPBACK } from './constants';
import type { SandboxReply, SandboxRequest } from './types';

export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

/** An HTTP server on loopback that can go away and come back on the same port. */
export class LoopbackServer {
	private readonly server: Server;

	private portInUse = 0;

	constructor(listener: RequestListener) {
		this.server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 }, listener);
	}

	/** @param port 0 for any free one */
	async open(port = 0): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			this.server.once('error', reject);
			this.server.listen(port, LOOPBACK, () => {
				this.server.off('error', reject);
				resolve();
			});
		});
		this.portInUse = (this.server.address() as AddressInfo).port;
	}

	get baseUrl(): string {
		return `http://${LOOPBACK}:${this.portInUse}`;
	}

	get port(): number {
		return this.portInUse;
	}

	/** Cuts all connections and refuses new ones. */
	async close(): Promise<void> {
		const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
		this.server.closeAllConnections();
		await closed;
	}
}

/** The request as stand-ins see it; every byte of its body is reported to `onBytes`. */
export function adaptRequest(
	message: IncomingMessage,
	signal: AbortSignal,
	onBytes: (count: number) => void,
): SandboxRequest {
	const target = message.url ?? '/';
	const mark = target.indexOf('?');
	const rawQuery = mark < 0 ? '' : target.slice(mark + 1);
	const stream = countBytes(onBytes);
	joinBody(message, stream);
	let whole: Promise<Buffer> | undefined;
	return {
		method: message.method ?? 'GET',
		path: mark < 0 ? target : target.slice(0, mark),
		rawQuery,
		query: new URLSearchParams(rawQuery),
		headers: flatten(message.headers),
		stream,
		body: async () => await (whole ??= buffer(stream)),
		signal,
	};
}

/**
 * A client that goes away ends the stream with an error, which reaches whoever reads it. A reader that has had enough
 * doesn't end the connection: what is left is read into the void, so that the answer gets through.
 */
function joinBody(message: IncomingMessage, stream: PassThrough): void {
	const lost = () => stream.destroy(new Error('the client went away'));
	stream.on('error', () => undefined);
	stream.on('close', () => message.resume());
	message.on('error', lost);
	message.on('close', () => message.complete || lost());
	message.pipe(stream);
}

function flatten(headers: IncomingMessage['headers']): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
	);
}

/** How much of an answer is sent: all of it, a part with the connection cut, or a part that claims to be all. */
export type Delivery = 'whole' | 'cut' | 'truncate';

/** Sends a reply. Resolves when it is sent or the client is gone; rejects when its headers can't be sent. */
export async function sendReply(
	response: ServerResponse,
	reply: SandboxReply,
	delivery: Delivery,
	onBytes: (count: number) => void,
): Promise<void> {
	const headers = { ...reply.headers };
	const body = encodeBody(reply, headers);
	if (response.destroyed) return discard(body);
	if (delivery !== 'whole') return await sendPart(response, reply.status, headers, body, delivery, onBytes);
	response.writeHead(reply.status, headers);
	if (body instanceof Readable) {
		await pipeline(body, countBytes(onBytes), response).catch(() => response.destroy());
		return;
	}
	onBytes(body.length);
	await new Promise<void>((resolve) => {
		response.once('close', resolve);
		response.end(body);
	});
}

async function sendPart(
	response: ServerResponse,
	status: number,
	headers: Record<string, string>,
	body: Buffer | Readable,
	delivery: 'cut' | 'truncate',
	onBytes: (count: number) => void,
): Promise<void> {
	const bytes = await (body instanceof Readable ? buffer(body) : Promise.resolve(body)).catch(() => Buffer.alloc(0));
	const part = bytes.subarray(0, Math.floor(bytes.length * CUT_SHARE));
	headers['content-length'] = String(delivery === 'cut' ? bytes.length : part.length);
	onBytes(part.length);
	response.writeHead(status, headers);
	await new Promise<void>((resolve) => {
		response.once('close', resolve);
		if (delivery === 'truncate') response.end(part);
		else response.write(part, () => response.destroy());
	});
}

/** Statuses whose answers have no body, and so no length. */
const BODILESS = new Set([204, 304]);

/** Completes type and length in `headers`, which stand-ins may have set themselves (in lower case). */
function encodeBody({ status, body }: SandboxReply, headers: Record<string, string>): Buffer | Readable {
	if (body instanceof Readable) return body;
	if (typeof body === 'object' && !Buffer.isBuffer(body)) {
		headers['content-type'] ??= 'application/json; charset=utf-8';
	}
	const bytes =
		body === undefined
			? Buffer.alloc(0)
			: Buffer.isBuffer(body)
				? body
				: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
	if (!BODILESS.has(status)) headers['content-length'] ??= String(bytes.length);
	return bytes;
}

function discard(body: Buffer | Readable): void {
	if (body instanceof Readable) body.destroy();
}

function countBytes(onBytes: (count: number) => void): PassThrough {
	return new Transform({
		transform(chunk: Buffer, _encoding, done) {
			onBytes(chunk.length);
			done(null, chunk);
		},
	}) as PassThrough;
}
