import type { IncomingMessage, ServerResponse } from 'node:http';

import { CONTROL_BODY_LIMIT_BYTES } from './constants';
import { FaultSettingsError } from './faultSettings';
import { LoopbackServer } from './server';
import type { SandboxService } from './types';

/** What the control plane steers. */
export interface Controlled {
	services: SandboxService[];
	setFaults(settings: unknown): void;
	reset(): Promise<void>;
	restart(service: SandboxService): Promise<void>;
	report(): object;
}

interface Answer {
	status: number;
	body: object;
}

/** The sandbox's own API on a port of its own: faults, reset, restart, report. */
export class ControlPlane {
	readonly server = new LoopbackServer((request, response) => void this.serve(request, response));

	constructor(private readonly sandbox: Controlled) {}

	private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const { status, body } = await this.answer(request).catch((error: unknown) => failure(error));
		response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
		response.end(`${JSON.stringify(body)}\n`);
	}

	private async answer(request: IncomingMessage): Promise<Answer> {
		switch (`${request.method} ${request.url?.replace(/\?.*$/, '')}`) {
			case 'POST /_sandbox/faults':
				this.sandbox.setFaults(await readJson(request));
				return { status: 200, body: { ok: true } };
			case 'POST /_sandbox/reset':
				await this.sandbox.reset();
				return { status: 200, body: { ok: true } };
			case 'POST /_sandbox/restart':
				await this.sandbox.restart(this.serviceOf(await readJson(request)));
				return { status: 200, body: { ok: true } };
			case 'GET /_sandbox/report':
				return { status: 200, body: this.sandbox.report() };
			default:
				return { status: 404, body: { error: 'Unknown; see sandbox/README.md for what can be asked here' } };
		}
	}

	private serviceOf(body: unknown): SandboxService {
		const name = typeof body === 'object' && body !== null && 'service' in body ? body.service : undefined;
		const service = this.sandbox.services.find((known) => known === name);
		if (service) return service;
		throw new FaultSettingsError(`service: use one of ${this.sandbox.services.join(', ')}`);
	}
}

function failure(error: unknown): Answer {
	const message = error instanceof Error ? error.message : String(error);
	return { status: error instanceof FaultSettingsError ? 400 : 500, body: { error: message } };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > CONTROL_BODY_LIMIT_BYTES) throw new FaultSettingsError('The body is too large');
		chunks.push(chunk);
	}
	try {
		return JSON.parse(Buffer.concat(chunks).toString('utf8'));
	} catch {
		throw new FaultSettingsError('The body is not JSON');
	}
}
