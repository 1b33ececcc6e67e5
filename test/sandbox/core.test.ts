import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox';
import type { SandboxContext, StandIn, StandInFactory } from '../../sandbox/core/types';

const ROUTE = 'POST /work/:id';

interface Probe {
	context?: SandboxContext;
	events: string[];
	open: Array<() => void>;
}

/** A stand-in with one route, which does what its query says. */
function probeStandIn(probe: Probe): StandInFactory {
	return async (context) => {
		probe.context = context;
		const standIn: StandIn = {
			service: 'elevenLabs',
			credentials: { apiKey: 'k' },
			faults: ['quota', 'loss'],
			routeOf: ({ method, path }) => `${method} ${path.replace(/\d+$/, ':id')}`,
			async handle(request) {
				if (request.query.has('wait')) await new Promise<void>((resolve) => probe.open.push(resolve));
				if (request.query.has('break')) throw new Error('a secret reason');
				if (request.query.has('stream')) return { status: 200, body: Readable.from([Buffer.from('stream')]) };
				if (context.drawFault('quota')) return { status: 401, body: { error: 'quota' } };
				const body: unknown = JSON.parse((await request.body()).toString('utf8') || '{}');
				const paid = request.query.has('paid') ? { body, jobKey: 'v.voiceover.001', ref: 'r1' } : undefined;
				return { status: request.query.has('submit') ? 202 : 200, body: { ok: true }, paid };
			},
			reset: async () => void probe.events.push('reset'),
			restart: async () => void probe.events.push('restart'),
			stop: async () => void probe.events.push('stop'),
		};
		return standIn;
	};
}

let sandbox: Sandbox;
let probe: Probe;
let receiver: Server;
let received: string[];
let receiverUrl: string;

async function start(options: SandboxOptions = {}): Promise<void> {
	sandbox = await startSandbox({ services: ['elevenLabs'], standIns: { elevenLabs: probeStandIn(probe) }, ...options });
}

async function call(path = '/work/1', body: object = {}): Promise<Response> {
	return await fetch(`${sandbox.baseUrl('elevenLabs')}${path}`, { method: 'POST', body: JSON.stringify(body) });
}

async function control(method: string, path: string, body?: unknown): Promise<Response> {
	return await fetch(`${sandbox.controlUrl}/_sandbox/${path}`, {
		method,
		body: body === undefined ? undefined : JSON.stringify(body),
	});
}

function routeScript(...script: string[]): object {
	return { services: { elevenLabs: { routes: { [ROUTE]: { script } } } } };
}

async function sendCallback(body: unknown): Promise<number> {
	const result = await probe.context?.sendCallback({ service: 'elevenLabs', url: `${receiverUrl}?sig=hidden`, body });
	return result?.status ?? -1;
}

/** Resolves with the first event for which `matches` holds. */
async function logged(matches: (event: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
	return await new Promise((resolve) => {
		const stop = sandbox.onLog((event) => {
			if (!matches(event)) return;
			stop();
			resolve(event);
		});
	});
}

beforeAll(async () => {
	receiver = createServer((request, response) => {
		let text = '';
		request.on('data', (chunk: Buffer) => (text += chunk.toString()));
		request.on('end', () => {
			received.push(text);
			response.end('ok');
		});
	});
	await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
	receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
});

beforeEach(() => {
	probe = { events: [], open: [] };
	received = [];
});

afterEach(async () => await sandbox.stop());

afterAll(async () => {
	receiver.closeAllConnections();
	await new Promise((resolve) => receiver.close(resolve));
});

describe('counting', () => {
	it('counts calls, statuses and bytes by route', async () => {
		await start();

		await call('/work/1', { a: 1 });
		await call('/work/2?stream');

		const figures = sandbox.report().services.elevenLabs;
		expect(figures?.routes[ROUTE]).toMatchObject({
			calls: 2,
			statuses: { '200': 2 },
			bytesIn: 7 + 2,
			bytesOut: 11 + 6,
		});
	});

	it('shows the peak of requests open at once', async () => {
		await start();

		const waiting = [call('/work/1?wait'), call('/work/2?wait'), call('/work/3?wait')];
		while (probe.open.length < 3) await new Promise(setImmediate);
		probe.open.forEach((release) => release());
		await Promise.all(waiting);
		await call('/work/4');

		expect(sandbox.report().services.elevenLabs?.routes[ROUTE].peakConcurrency).toBe(3);
	});

	it('gives equal work one hash, whatever its webhook, seed, neighbours and request ids', async () => {
		await start();

		await call('/work/1?paid', { text: 'a', seed: 1, webhook_config: { endpoint: 'x' }, previous_text: 'p' });
		await call('/work/1?paid', { next_request_ids: ['n'], text: 'a', seed: 2, request_id: 'r' });
		await call('/work/1?paid', { text: 'b' });

		const [first, second, third] = sandbox.report().paidCalls;
		expect(first).toMatchObject({ service: 'elevenLabs', route: ROUTE, jobKey: 'v.voiceover.001' });
		expect(first.inputHash).toMatch(/^[0-9a-f]{64}$/);
		expect(second.inputHash).toBe(first.inputHash);
		expect(third.inputHash).not.toBe(first.inputHash);
	});

	it('takes back a paid call whose work failed', async () => {
		await start();

		await call('/work/1?paid');
		probe.context?.refund('r1');

		expect(sandbox.report().paidCalls).toEqual([]);
	});

	it('counts an answer of 202 as a submitted job', async () => {
		await start();

		await call('/work/1?submit', { id: 'mine', webhook_url: 'http://a/?job=v.mix&sig=hidden', video: 'v' });
		await call('/work/1?submit', { id: 'other', webhook_url: 'http://b', video: 'v' });

		const submits = sandbox.report().submits;
		expect(submits).toHaveLength(2);
		expect(submits[0].inputHash).toBe(submits[1].inputHash);
		expect(submits.map(({ jobKey }) => jobKey)).toEqual(['v.mix', undefined]);
		expect(JSON.stringify(sandbox.report())).not.toContain('hidden');
	});

	it('answers 500 without the reason when a stand-in breaks, and logs the reason', async () => {
		await start();
		const bug = logged(({ kind }) => kind === 'bug');

		const response = await call('/work/1?break');

		expect(response.status).toBe(500);
		expect(await response.text()).not.toContain('secret');
		expect(String((await bug).reason)).toContain('a secret reason');
	});
});

describe('faults of requests', () => {
	it('follows a script to its end', async () => {
		await start();
		sandbox.setFaults(routeScript('429', 'ok', '503'));

		const statuses = [];
		for (let n = 0; n < 4; n++) statuses.push((await call()).status);

		expect(statuses).toEqual([429, 200, 503, 200]);
		expect(sandbox.report().services.elevenLabs?.routes[ROUTE].faults).toEqual({ '429': 1, '503': 1 });
	});

	it('draws the same faults from the same seed', async () => {
		await start();
		const draw = async (seed: number) => {
			sandbox.setFaults({ seed, services: { elevenLabs: { status: { '500': 0.5 } } } });
			const statuses = [];
			for (let n = 0; n < 20; n++) statuses.push((await call()).status);
			return statuses.join();
		};

		const first = await draw(7);

		expect(first).toContain('500');
		expect(first).toContain('200');
		expect(await draw(7)).toBe(first);
		expect(await draw(8)).not.toBe(first);
	});

	it('prefers the rules of a route to those of its service', async () => {
		await start();
		sandbox.setFaults({
			services: { elevenLabs: { status: { '500': 1 }, routes: { 'POST /work/*': { status: { '500': 0 } } } } },
		});

		expect((await call('/work/1')).status).toBe(200);
		expect((await call('/other')).status).toBe(500);
	});

	it('leaves a hanging request without answer and without work', async () => {
		await start();
		sandbox.setFaults(routeScript('hang'));
		const given = new AbortController();

		const hanging = fetch(`${sandbox.baseUrl('elevenLabs')}/work/1?paid`, { method: 'POST', signal: given.signal });
		await logged(({ kind, fault }) => kind === 'fault' && fault === 'hang');
		given.abort();

		await expect(hanging).rejects.toThrow();
		expect(sandbox.report().paidCalls).toEqual([]);
	});

	it('does the work but never answers when the answer is lost', async () => {
		await start();
		sandbox.setFaults(routeScript('lostAnswer'));
		const given = new AbortController();
		const url = `${sandbox.baseUrl('elevenLabs')}/work/1?paid`;

		const lost = fetch(url, { method: 'POST', signal: given.signal });
		while (sandbox.report().paidCalls.length === 0) await new Promise(setImmediate);
		given.abort();

		await expect(lost).rejects.toThrow();
		expect(sandbox.report().services.elevenLabs?.statuses).toEqual({ none: 1 });
	});

	it('cuts an answer in its middle', async () => {
		await start();
		sandbox.setFaults(routeScript('cut'));

		const response = await call();

		expect(response.status).toBe(200);
		await expect(response.text()).rejects.toThrow();
	});

	it('truncates an answer so that it looks whole', async () => {
		await start();
		sandbox.setFaults(routeScript('truncate'));

		expect(await (await call()).text()).toBe('{"ok"');
	});

	it('closes the connection of a reset request', async () => {
		await start();
		sandbox.setFaults(routeScript('reset'));

		await expect(call()).rejects.toThrow();
	});

	it('hands a fault of the stand-in to the request that drew it', async () => {
		await start();
		sandbox.setFaults(routeScript('ok', 'quota'));

		expect((await call()).status).toBe(200);
		expect((await call()).status).toBe(401);
		expect((await call()).status).toBe(200);
	});

	it('draws faults of work outside of requests from the script of its label, one entry a piece of work', async () => {
		await start();
		sandbox.setFaults({ services: { elevenLabs: { routes: { job: { script: ['ok', 'loss', 'quota'] } } } } });
		const job = () => ['quota', 'loss'].filter((name) => probe.context?.drawFault(name, 'job'));

		expect([job(), job(), job(), job()]).toEqual([[], ['loss'], ['quota'], []]);
	});

	it('comes back on the same port after a restart', async () => {
		await start();
		sandbox.setFaults(routeScript('restart'));
		const url = sandbox.baseUrl('elevenLabs');
		const restarted = logged(({ kind }) => kind === 'restart');

		const first = await call();
		await first.text();
		await restarted;
		const second = await call();

		expect([first.status, second.status]).toEqual([200, 200]);
		expect(probe.events).toEqual(['restart']);
		expect(sandbox.baseUrl('elevenLabs')).toBe(url);
	});
});

describe('callbacks', () => {
	it('drops them all', async () => {
		await start();
		sandbox.setFaults({ seed: 7, callbacks: { drop: 1 } });

		const result = await probe.context?.sendCallback({ service: 'elevenLabs', url: receiverUrl, body: { n: 1 } });

		expect(result).toEqual({ status: 0, dropped: true });
		expect(received).toEqual([]);
		expect(sandbox.report().callbacks).toMatchObject({ sent: 0, dropped: 1 });
	});

	it('doubles them all', async () => {
		await start();
		sandbox.setFaults({ seed: 8, callbacks: { duplicate: 1 } });

		await sendCallback({ n: 1 });

		expect(received).toEqual(['{"n":1}', '{"n":1}']);
		expect(sandbox.report().callbacks).toMatchObject({ sent: 2, doubled: 1 });
	});

	it('lets a later one overtake', async () => {
		await start();
		sandbox.setFaults({ callbacks: { script: ['reorder', 'ok'] } });
		const second = logged(({ kind }) => kind === 'callback').then(
			async () => await logged(({ kind }) => kind === 'callback'),
		);

		await sendCallback({ n: 1 });
		await sendCallback({ n: 2 });
		await second;

		expect(received).toEqual(['{"n":2}', '{"n":1}']);
	});

	it('delays them, and gives up on those still on their way at a reset', async () => {
		await start();
		sandbox.setFaults({ callbacks: { script: ['delay:1', 'delay:3600000'] } });
		const delivered = logged(({ kind }) => kind === 'callback');

		expect(await sendCallback({ n: 1 })).toBe(200);
		await sendCallback({ n: 2 });
		await delivered;
		await sandbox.reset();

		expect(received).toEqual(['{"n":1}']);
	});
});

describe('control plane', () => {
	it('sets faults, reports and resets', async () => {
		await start();

		expect((await control('POST', 'faults', { seed: 8, callbacks: { duplicate: 1 } })).status).toBe(200);
		await sendCallback({});
		const before = await (await control('GET', 'report')).json();
		expect((await control('POST', 'reset')).status).toBe(200);
		await sendCallback({});

		expect(before).toMatchObject({ callbacks: { sent: 2, doubled: 1 }, submits: [], paidCalls: [] });
		expect(sandbox.report().callbacks).toMatchObject({ sent: 1, doubled: 0 });
		expect(probe.events).toEqual(['reset']);
	});

	it.each([
		[{ callback: {} }, 'the settings: unknown "callback"'],
		[{ callbacks: { drop: 2 } }, 'callbacks.drop: use a chance from 0 to 1'],
		[{ callbacks: { drop: 0.6, delay: 0.6 } }, 'callbacks: the chances add up to more than 1'],
		[{ services: { eleven: {} } }, 'services.eleven: unknown, use one of elevenLabs'],
		[{ services: { elevenLabs: { hagn: 1 } } }, 'services.elevenLabs.hagn: unknown, use one of hang'],
		[{ services: { elevenLabs: { status: { '200': 1 } } } }, 'services.elevenLabs.status.200: use a status'],
		[{ services: { elevenLabs: { script: ['nope'] } } }, 'services.elevenLabs.script[0]: unknown'],
		[{ services: { elevenLabs: { script: '429' } } }, 'services.elevenLabs.script: use a list'],
		[{ seed: 'x' }, 'seed: use a number'],
		[[], 'the settings: use a JSON object'],
	])('refuses %j and says why', async (settings, message) => {
		await start();

		const response = await control('POST', 'faults', settings);

		expect(response.status).toBe(400);
		expect(await response.json()).toEqual({ error: expect.stringContaining(message) });
	});

	it('restarts a service that is named', async () => {
		await start();

		expect((await control('POST', 'restart', { service: 'elevenLabs' })).status).toBe(200);
		expect((await control('POST', 'restart', { service: 'nca' })).status).toBe(400);
		expect((await control('GET', 'nothing')).status).toBe(404);

		expect(probe.events).toEqual(['restart']);
	});
});

describe('files', () => {
	let dir: string;

	beforeEach(async () => {
		dir = await mkdtemp(join(tmpdir(), 'sandbox-core-'));
	});

	afterEach(async () => await rm(dir, { recursive: true, force: true }));

	it('logs calls and callbacks without queries', async () => {
		const logFile = join(dir, 'log.jsonl');
		await start({ logFile });

		await call('/work/1?X-Amz-Signature=hidden');
		await sendCallback({});
		await sandbox.stop();

		const text = readFileSync(logFile, 'utf8');
		const kinds = text
			.trim()
			.split('\n')
			.map((line) => (JSON.parse(line) as { kind: string }).kind);
		expect(kinds.sort()).toEqual(['call', 'callback']);
		expect(text).not.toContain('hidden');
	});

	it('never empties a folder that is not its own', async () => {
		await start();
		await writeFile(join(dir, 'thesis.txt'), 'x');

		await expect(startSandbox({ dir, services: [] })).rejects.toThrow('holds other files');

		expect(await readdir(dir)).toEqual(['thesis.txt']);
	});

	it('leaves a folder alone that another sandbox uses', async () => {
		await start();
		await writeFile(join(dir, '.sandbox-data'), String(process.ppid));

		await expect(startSandbox({ dir, services: [] })).rejects.toThrow('in use by another sandbox');
	});

	it('closes what it opened when a port is taken', async () => {
		await start();
		const taken = Number(new URL(sandbox.controlUrl).port);
		const ports = { elevenLabs: 0, control: taken };

		const second = startSandbox({ services: ['elevenLabs'], standIns: { elevenLabs: probeStandIn(probe) }, ports });

		await expect(second).rejects.toThrow('EADDRINUSE');
	});

	it('empties its own folder at the next start, unless told to keep it', async () => {
		const own = join(dir, 'own');
		const file = join(own, 'elevenLabs', 'a');
		await start({ dir: own });
		await writeFile(file, 'x');
		await sandbox.stop();

		await start({ dir: own, keep: true });
		expect(readFileSync(file, 'utf8')).toBe('x');
		await sandbox.stop();

		await start({ dir: own });
		expect(() => readFileSync(file)).toThrow();
	});
});
