import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { faultReply } from './faultReplies';
import { type FaultStep, isCoreFault } from './faultSettings';
import type { FaultInjector } from './faults';
import { jobKeyIn, workHash } from './inputHash';
import type { SandboxLog } from './log';
import type { CallMeter, Recorder } from './recorder';
import { LoopbackServer, adaptRequest, sendReply, type Delivery } from './server';
import type { Clock, SandboxReply, SandboxRequest, SandboxService, StandIn } from './types';

/** What the whole sandbox shares with each host. */
export interface HostTools {
	clock: Clock;
	faults: FaultInjector;
	recorder: Recorder;
	log: SandboxLog;
}

/** The request that code is running for; work started by it inherits this. */
interface CurrentRequest {
	route: string;
	meter: CallMeter;
	/** A stand-in's own fault, drawn from a script for this request and not yet used. */
	ownFault?: string;
}

interface Call {
	request: SandboxRequest;
	route: string;
	fault?: FaultStep;
	meter: CallMeter;
}

/** Keeps one stand-in on the network: its server, its counting, and the faults of its requests. */
export class StandInHost {
	readonly server = new LoopbackServer((message, response) => {
		this.serve(message, response).catch((error: unknown) => this.noteBug('', error));
	});

	standIn: StandIn | undefined;

	private isStopped = false;

	private restarting: Promise<void> | undefined;

	private readonly current = new AsyncLocalStorage<CurrentRequest>();

	constructor(
		readonly service: SandboxService,
		private readonly tools: HostTools,
	) {}

	/** See {@link SandboxContext.drawFault}. */
	drawOwnFault(name: string, label?: string): boolean {
		const { faults, recorder, log } = this.tools;
		const current = this.current.getStore();
		const isScripted = current?.ownFault === name && (label === undefined || label === current.route);
		if (isScripted) current.ownFault = undefined;
		const drawn = isScripted || faults.drawOwn(name, this.service, current?.route ?? '', label);
		if (!drawn) return false;
		if (current) current.meter.fault(name);
		else recorder.count(this.service, `fault:${name}`);
		log.write({ kind: 'fault', service: this.service, route: label ?? current?.route, fault: name });
		return true;
	}

	/** Cuts all connections, lets the stand-in forget what it holds in memory, and comes back on the same port. */
	async restart(): Promise<void> {
		// Whoever asks during a restart is served by the one that is under way.
		this.restarting ??= this.goAwayAndComeBack().finally(() => (this.restarting = undefined));
		await this.restarting;
	}

	private async goAwayAndComeBack(): Promise<void> {
		const { clock, faults, log } = this.tools;
		if (this.isStopped) return;
		const { port } = this.server;
		await this.server.close();
		await this.standIn?.restart?.();
		if (faults.times.downMs > 0) await clock.sleep(faults.times.downMs);
		if (this.isStopped) return;
		await this.server.open(port);
		log.write({ kind: 'restart', service: this.service });
	}

	async stop(): Promise<void> {
		this.isStopped = true;
		await this.server.close();
	}

	private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
		const { standIn } = this;
		if (!standIn) return void response.writeHead(503).end();
		const startedAt = this.tools.clock.now();
		const gone = new AbortController();
		const closed = new Promise<void>((resolve) => response.once('close', resolve));
		void closed.then(() => response.writableFinished || gone.abort(new Error('the client went away')));
		const meters: CallMeter[] = [];
		const request = adaptRequest(message, gone.signal, (count) => meters[0]?.addIn(count));
		const route = safeRoute(standIn, request);
		const meter = this.tools.recorder.begin(this.service, route);
		meters.push(meter);
		const fault = this.tools.faults.drawRequest(this.service, route);
		const status = await this.answer({ request, route, fault, meter }, response, closed);
		request.stream.resume();
		meter.close();
		this.note({ request, route, fault, meter }, status, this.tools.clock.now() - startedAt);
		if (fault?.name === 'restart') await this.restart();
	}

	/** Resolves with the status sent, or `none`. */
	private async answer(call: Call, response: ServerResponse, closed: Promise<void>): Promise<string> {
		const { fault, meter, request } = call;
		if (fault && isCoreFault(fault.name)) this.noteFault(call, fault.name);
		if (fault?.name === 'hang') return await this.never(meter, closed);
		if (fault?.name === 'reset') return this.hangUp(meter, response);
		if (fault?.name === 'slow') {
			const { clock, faults } = this.tools;
			await clock.sleep(fault.ms ?? faults.times.slowMs, request.signal).catch(() => undefined);
		}
		const reply = await this.replyTo(call);
		if (fault?.name === 'lostAnswer') return await this.never(meter, closed);
		if (reply.hangUp) return this.hangUp(meter, response);
		meter.status(String(reply.status));
		await sendReply(response, reply, deliveryOf(fault), (count) => meter.addOut(count)).catch((error: unknown) => {
			this.noteBug(call.route, error);
			response.destroy();
		});
		return String(reply.status);
	}

	private async replyTo(call: Call): Promise<SandboxReply> {
		const { request, route, fault, meter } = call;
		const status = Number(fault?.name);
		if (status > 0) return faultReply(this.service, status);
		const ownFault = fault && !isCoreFault(fault.name) ? fault.name : undefined;
		try {
			const standIn = this.standIn as StandIn;
			const reply = await this.current.run({ route, meter, ownFault }, async () => await standIn.handle(request));
			await this.recordWork(call, reply);
			return reply;
		} catch (error) {
			if (request.signal.aborted) return { status: 499, hangUp: true };
			this.noteBug(route, error);
			return { status: 500, body: { error: `The stand-in of ${this.service} broke; its log has the reason` } };
		}
	}

	private noteBug(route: string, error: unknown): void {
		const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
		this.tools.log.write({ kind: 'bug', service: this.service, route, reason });
	}

	/** An answer of 202 is a job taken on; so is a paid task, which GoAPI acknowledges with 200. */
	private async recordWork({ request, route }: Call, reply: SandboxReply): Promise<void> {
		const { clock, recorder } = this.tools;
		const isSubmit = reply.status === 202 || (this.service === 'goApi' && reply.paid !== undefined);
		if (!reply.paid && !isSubmit) return;
		const body = reply.paid ? reply.paid.body : parseJson(await request.body().catch(() => Buffer.alloc(0)));
		const jobKey = reply.paid?.jobKey ?? jobKeyIn(body);
		const record = {
			service: this.service,
			route,
			inputHash: workHash(request.method, request.path, body),
			...(jobKey === undefined ? {} : { jobKey }),
			at: new Date(clock.now()).toISOString(),
		};
		if (reply.paid) recorder.pay(record, reply.paid.ref);
		if (isSubmit) recorder.submit(record);
	}

	private async never(meter: CallMeter, closed: Promise<void>): Promise<string> {
		meter.status('none');
		await closed;
		return 'none';
	}

	private hangUp(meter: CallMeter, response: ServerResponse): string {
		meter.status('none');
		response.destroy();
		return 'none';
	}

	private noteFault({ route, meter }: Call, name: string): void {
		meter.fault(name);
		this.tools.log.write({ kind: 'fault', service: this.service, route, fault: name });
	}

	private note({ request, route, fault, meter }: Call, status: string, ms: number): void {
		this.tools.log.write({
			kind: 'call',
			service: this.service,
			route,
			method: request.method,
			// The path of a Slack webhook is its secret.
			...(this.service === 'slack' ? {} : { path: request.path }),
			status: status === 'none' ? null : Number(status),
			ms,
			bytesIn: meter.bytesIn,
			bytesOut: meter.bytesOut,
			...(fault ? { fault: fault.name } : {}),
		});
	}
}

function deliveryOf(fault: FaultStep | undefined): Delivery {
	return fault?.name === 'cut' || fault?.name === 'truncate' ? fault.name : 'whole';
}

function safeRoute(standIn: StandIn, request: SandboxRequest): string {
	try {
		return standIn.routeOf(request);
	} catch {
		return `${request.method} ?`;
	}
}

function parseJson(bytes: Buffer): unknown {
	try {
		return JSON.parse(bytes.toString('utf8'));
	} catch {
		return bytes.toString('base64');
	}
}
