import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that a fake service received. */
export interface ReceivedRequest {
	method: string;
	path: string;
	query: URLSearchParams;
	headers: IncomingMessage['headers'];
	body: Buffer;
}

/** What it answers; `hangUp` breaks the connection without an answer, `hang` never answers. */
export interface FakeReply {
	status?: number;
	headers?: Record<string, string>;
	body?: unknown;
	hangUp?: boolean;
	hang?: boolean;
}

export interface FakeServer {
	baseUrl: string;
	requests: ReceivedRequest[];
	close(): Promise<void>;
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}

function send(response: ServerResponse, reply: FakeReply): void {
	if (reply.hang) return;
	if (reply.hangUp) {
		response.destroy();
		return;
	}
	const { body = '', status = 200, headers = {} } = reply;
	const isRaw = typeof body === 'string' || body instanceof Uint8Array;
	response.writeHead(status, { 'content-type': isRaw ? 'text/plain' : 'application/json', ...headers });
	response.end(isRaw ? body : JSON.stringify(body));
}

/** A service on loopback whose answers a test decides. */
export async function startFakeServer(
	answer: (request: ReceivedRequest, index: number) => FakeReply | Promise<FakeReply>,
): Promise<FakeServer> {
	const requests: ReceivedRequest[] = [];
	const server: Server = createServer((request, response) => {
		void (async () => {
			const url = new URL(request.url ?? '/', 'http://localhost');
			const body = await readAll(request);
			const received = {
				method: request.method ?? '',
				path: url.pathname,
				query: url.searchParams,
				headers: request.headers,
				body,
			};
			requests.push(received);
			send(response, await answer(received, requests.length - 1));
		})();
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		baseUrl: `http://127.0.0.1:${port}`,
		requests,
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
