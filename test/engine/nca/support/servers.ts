import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { buffer } from 'node:stream/consumers';

export interface LocalServer {
	url: string;
	close(): Promise<void>;
}

async function listen(listener: RequestListener): Promise<LocalServer> {
	const server: Server = createServer(listener);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** An address on loopback at which nothing listens. */
export async function refusingUrl(): Promise<string> {
	const server = await listen(() => undefined);
	await server.close();
	return server.url;
}

/** Serves a folder of media. Files named `slow…` are held back until {@link MediaServer.release}. */
export interface MediaServer extends LocalServer {
	requests: Array<{ method: string; path: string; userAgent: string }>;
	/** Resolves when a slow file was asked for. */
	held(): Promise<void>;
	release(): void;
}

const TYPES: Record<string, string> = { mp4: 'video/mp4', mp3: 'audio/mpeg', png: 'image/png', srt: 'text/plain' };

export async function startMediaServer(folder: string): Promise<MediaServer> {
	const requests: MediaServer['requests'] = [];
	let waiting: Array<() => void> = [];
	let onHeld: Array<() => void> = [];
	const server = await listen((request, response) => {
		const path = request.url ?? '/';
		requests.push({ method: request.method ?? '', path, userAgent: request.headers['user-agent'] ?? '' });
		const name = basename(path.split('?')[0]);
		const source = name === 'noext' || name.startsWith('slow') ? 'video5.mp4' : name;
		const send = () =>
			void readFile(join(folder, source)).then(
				(bytes) => {
					const type = TYPES[source.split('.').pop() ?? ''] ?? 'application/octet-stream';
					response.writeHead(200, { 'content-type': type, 'content-length': bytes.length });
					response.end(request.method === 'HEAD' ? undefined : bytes);
				},
				() => response.writeHead(404, 'Not Found').end(),
			);
		if (!name.startsWith('slow')) return send();
		waiting.push(send);
		onHeld.splice(0).forEach((resolve) => resolve());
	});
	return {
		...server,
		requests,
		held: async () => {
			if (waiting.length === 0) await new Promise<void>((resolve) => onHeld.push(resolve));
		},
		release: () => {
			const all = waiting;
			waiting = [];
			onHeld = [];
			for (const send of all) send();
		},
	};
}

/** What a receiver of webhooks got. */
export interface ReceivedCall {
	method: string;
	path: string;
	headers: IncomingMessage['headers'];
	body: unknown;
}

/** Receives webhooks: `/hook/status/500` answers 500, `/hook/status/302` redirects, `/slow/…` waits to be released. */
export interface Receiver extends LocalServer {
	calls: ReceivedCall[];
	/** Resolves when so many calls have come. */
	got(count: number): Promise<ReceivedCall[]>;
	release(): void;
}

export async function startReceiver(): Promise<Receiver> {
	const calls: ReceivedCall[] = [];
	let watchers: Array<() => void> = [];
	let slow: Array<() => void> = [];
	const server = await listen((request, response) => {
		void buffer(request).then((bytes) => {
			const path = request.url ?? '/';
			const body: unknown = bytes.length === 0 ? null : JSON.parse(bytes.toString('utf8'));
			calls.push({ method: request.method ?? '', path, headers: request.headers, body });
			watchers.splice(0).forEach((check) => check());
			const status = Number(/\/status\/(\d+)/.exec(path)?.[1] ?? 200);
			const answer = () => response.writeHead(status, status === 302 ? { location: '/redirected' } : {}).end('ok');
			if (path.startsWith('/slow/')) slow.push(answer);
			else answer();
		});
	});
	return {
		...server,
		calls,
		got: async (count) => {
			while (calls.length < count) await new Promise<void>((resolve) => watchers.push(resolve));
			watchers = [];
			return calls;
		},
		release: () => {
			const all = slow;
			slow = [];
			for (const answer of all) answer();
		},
	};
}
