import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web server on loopback that remembers what it was asked. */
export interface TestServer {
	port: number;
	url: string;
	/** `METHOD path` of each request, in order. */
	requests: string[];
	headers: IncomingMessage['headers'][];
	connections(): number;
	close(): Promise<void>;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export async function startServer(handler: Handler, host = '127.0.0.1', wantedPort = 0): Promise<TestServer> {
	const requests: string[] = [];
	const headers: IncomingMessage['headers'][] = [];
	let connections = 0;
	const server: Server = createServer((request, response) => {
		requests.push(`${request.method} ${request.url}`);
		headers.push(request.headers);
		handler(request, response);
	});
	server.on('connection', () => connections++);
	await new Promise<void>((resolve) => server.listen(wantedPort, host, resolve));
	const { port } = server.address() as AddressInfo;
	return {
		port,
		url: `http://${host}:${port}`,
		requests,
		headers,
		connections: () => connections,
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
