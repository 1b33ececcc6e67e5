/** @reads test/fixtures/nca/ */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const FIXTURES = join(__dirname, '..', '..', 'fixtures');

/** One recorded answer. */
export interface RecordedAnswer {
	status: number;
	content_type?: string;
	body: unknown;
}

/** One recorded exchange with a real toolkit; see the README of the fixtures. */
export interface Recorded {
	request: { method: string; path: string; body: unknown };
	response: RecordedAnswer;
	webhooks?: Array<{ body: unknown }>;
	status_final?: RecordedAnswer;
	[more: string]: unknown;
}

/** Reads `test/fixtures/nca/<name>.json`. */
export function recorded(name: string): Recorded {
	return JSON.parse(readFileSync(join(FIXTURES, 'nca', `${name}.json`), 'utf8')) as Recorded;
}

/** Reads the body of a webhook of real use. */
export function recordedWebhook(name: string): unknown {
	return JSON.parse(readFileSync(join(FIXTURES, 'nca-webhooks', `${name}.json`), 'utf8'));
}

export interface ReceivedRequest {
	method: string;
	path: string;
	headers: IncomingHttpHeaders;
	body: Record<string, unknown>;
}

/** A toolkit that gives recorded answers, in order, and keeps what it was asked. */
export interface FakeToolkit {
	baseUrl: string;
	requests: ReceivedRequest[];
	answers: Array<RecordedAnswer | 'hang up'>;
	credentials: { ncaToolkitApi: { baseUrl: string; apiKey: string } };
	close(): Promise<void>;
}

/** Starts the fake on a free port of loopback. */
export async function startFakeToolkit(): Promise<FakeToolkit> {
	const requests: ReceivedRequest[] = [];
	const answers: FakeToolkit['answers'] = [];
	const server: Server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const text = Buffer.concat(chunks).toString('utf8');
			const { method = '', url = '', headers } = request;
			requests.push({
				method,
				path: url,
				headers,
				body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
			});
			const answer = answers.shift() ?? { status: 599, body: { message: 'the test has no answer left' } };
			if (answer === 'hang up') return void request.socket.destroy();
			const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
			response.writeHead(answer.status, { 'content-type': answer.content_type ?? 'application/json' }).end(body);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		baseUrl,
		requests,
		answers,
		credentials: { ncaToolkitApi: { baseUrl: `${baseUrl}/`, apiKey: 'the key' } },
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** Starts a fake before the tests of the surrounding `describe`, empties it before each, stops it after the last. */
export function withFakeToolkit(): () => FakeToolkit {
	let toolkit: FakeToolkit | undefined;
	beforeAll(async () => {
		toolkit = await startFakeToolkit();
	});
	beforeEach(() => {
		toolkit?.requests.splice(0);
		toolkit?.answers.splice(0);
	});
	afterAll(async () => await toolkit?.close());
	return () => {
		if (!toolkit) throw new Error('The fake toolkit is not running');
		return toolkit;
	};
}
