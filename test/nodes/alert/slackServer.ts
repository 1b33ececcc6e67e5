import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One answer of the fake webhook. */
export interface SlackAnswer {
	status: number;
	body: string;
	headers?: Record<string, string>;
}

/** A fake of Slack's incoming webhooks: plain words as answers, the messages kept. */
export interface SlackServer {
	url: string;
	messages: unknown[];
	/** Answers to give, in order; `ok` when none is left. */
	answers: SlackAnswer[];
	close(): Promise<void>;
}

/** Starts the fake on a free port of loopback. */
export async function startSlackServer(): Promise<SlackServer> {
	const messages: unknown[] = [];
	const answers: SlackAnswer[] = [];
	const server: Server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			messages.push(JSON.parse(Buffer.concat(chunks).toString('utf8')));
			const answer = answers.shift() ?? { status: 200, body: 'ok' };
			response.writeHead(answer.status, { 'content-type': 'text/plain', ...answer.headers }).end(answer.body);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/services/T000/B000/verysecretpart`,
		messages,
		answers,
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
