import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ReceivedWebhook {
	headers: IncomingHttpHeaders;
	body: string;
}

/** A receiver of webhooks on loopback that answers what a test says. */
export class WebhookReceiver {
	readonly received: ReceivedWebhook[] = [];

	/** Statuses of the next answers; 200 afterwards. */
	statuses: number[] = [];

	private readonly waiting: Array<() => void> = [];

	private readonly server: Server = createServer((request, response) => {
		void text(request).then((body) => {
			this.received.push({ headers: request.headers, body });
			response.writeHead(this.statuses.shift() ?? 200).end();
			for (const wake of this.waiting.splice(0)) wake();
		});
	});

	async open(): Promise<string> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
	}

	/** Resolves when at least `count` webhooks have come in. */
	async wait(count: number): Promise<ReceivedWebhook[]> {
		while (this.received.length < count) await new Promise<void>((resolve) => this.waiting.push(resolve));
		return this.received;
	}

	async close(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise<void>((resolve) => this.server.close(() => resolve()));
	}
}
