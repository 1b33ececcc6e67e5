import { AsyncLocalStorage } from 'node:async_hooks';
import { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { CUT_SHARE } from '../../sandbox/core/constants';
import { faultReply } from '../../sandbox/core/faultReplies';
import { isCoreFault, type FaultStep } from '../../sandbox/core/faultSettings';
import { jobKeyIn, workHash } from '../../sandbox/core/inputHash';
import type { SandboxReply, SandboxRequest, SandboxService, StandIn } from '../../sandbox/core/types';
import type { ChaosFaults } from './faults';
import type { Journal } from './journal';
import { isGhost, runningFor, silence, type Life } from './life';
import type { Chance } from './chance';
import type { VirtualTime } from './time';

/** A request on its way through this world. */
export interface Outgoing {
	method: string;
	url: URL;
	/** Names in lower case. */
	headers: Record<string, string>;
	body?: Buffer;
	/** The life of n8n that asks; absent for requests of the world itself. */
	life?: Life;
}

/** What came back. `cut` is an answer whose connection broke after half of its body. */
export interface Incoming {
	status: number;
	headers: Record<string, string>;
	body: Buffer;
	isCut: boolean;
}

/** No answer came back. */
export class NoAnswer extends Error {
	constructor(
		readonly code: 'ECONNREFUSED' | 'ECONNRESET' | 'ENOTFOUND' | 'ABORTED',
		words: string,
	) {
		super(`${words} (${code})`);
	}
}

/** Answers requests to one host: a service, or our own n8n. */
export interface Host {
	name: string;
	answer(request: Outgoing): Promise<Incoming>;
}

const WAY_MS = { least: 3, most: 60 };
/** A connection on which nothing moves ends after so long. */
const IDLE_CONNECTION_MS = 20 * 60_000;
/** Of the requests that a process sends as it ends, so many still arrive. */
const ARRIVES_AFTER_DEATH = 0.6;

/** Carries requests between the hosts of this world, and lets a process end on the way. */
export class Network {
	private readonly hosts = new Map<string, Host>();

	constructor(
		private readonly time: VirtualTime,
		private readonly chance: Chance,
		/** Asked at every place where a process waits for the world; true when it ends there. */
		private readonly endsHere: (life: Life, place: string) => boolean,
	) {}

	add(hostname: string, host: Host): void {
		this.hosts.set(hostname, host);
	}

	/**
	 * Sends a request and waits for the answer. A process may end before it is sent, on its way, or before its answer is
	 * read; then this never resolves, while the service may have done its work all the same.
	 */
	async send(request: Outgoing, signal?: AbortSignal): Promise<Incoming> {
		const host = this.hosts.get(request.url.hostname);
		request.life = runningFor.getStore();
		const place = `${request.method} ${host?.name ?? request.url.hostname}`;
		return await this.cross(
			place,
			async () => {
				if (!host) throw new NoAnswer('ENOTFOUND', `getaddrinfo ENOTFOUND ${request.url.hostname}`);
				return await host.answer(request);
			},
			signal,
		);
	}

	/** As {@link send}, for whatever else a process waits for. */
	async cross<T>(place: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
		const life = runningFor.getStore();
		if (isGhost(life) || (life && this.endsHere(life, `before ${place}`))) return await silence();
		return await new Promise<T>((resolve, reject) => {
			const onAbort = () => {
				if (!isGhost(life)) reject(new NoAnswer('ABORTED', 'The request was given up'));
			};
			if (signal?.aborted) return onAbort();
			signal?.addEventListener('abort', onAbort, { once: true });
			const back = (settle: () => void) => {
				this.time.after(this.way(place), () => {
					if (isGhost(life) || signal?.aborted) return;
					if (life && this.endsHere(life, `after ${place}`)) return;
					signal?.removeEventListener('abort', onAbort);
					settle();
				});
			};
			this.time.after(this.way(place), () => {
				if (isGhost(life) && !this.chance.happens('arrives after death', ARRIVES_AFTER_DEATH)) return;
				runningFor.run(undefined, () => {
					work().then(
						(value) => back(() => resolve(value)),
						(error: unknown) => back(() => reject(error)),
					);
				});
			});
		});
	}

	private way(place: string): number {
		return Math.round(this.chance.between(`way ${place}`, WAY_MS.least, WAY_MS.most));
	}
}

interface CurrentRequest {
	route: string;
	ownFault?: string;
}

/** The request that a stand-in works for. One for all runs: each storage would slow down every promise there is. */
const currentRequest = new AsyncLocalStorage<CurrentRequest>();

/** One stand-in of the sandbox on this network: does for it what the sandbox's own host does on real sockets. */
export class StandInHost implements Host {
	standIn: StandIn | undefined;

	private downUntilMs = 0;

	constructor(
		readonly name: SandboxService,
		private readonly time: VirtualTime,
		private readonly faults: ChaosFaults,
		private readonly journal: Journal,
	) {}

	/** See `SandboxContext.drawFault`. */
	drawOwnFault(name: string, label?: string): boolean {
		const current = currentRequest.getStore();
		if (current?.ownFault === name && (label === undefined || label === current.route)) {
			current.ownFault = undefined;
			return true;
		}
		return this.faults.drawOwn(name, this.name, current?.route ?? '', label);
	}

	async answer(request: Outgoing): Promise<Incoming> {
		const standIn = this.standIn as StandIn;
		const adapted = adapt(request);
		const route = standIn.routeOf(adapted);
		return await this.serve(route, request, async () => await standIn.handle(adapted));
	}

	/** Lets the faults of a request happen around the work of its service. */
	async serve(route: string, about: Outgoing, work: () => Promise<SandboxReply>): Promise<Incoming> {
		if (this.time.now < this.downUntilMs) {
			this.journal.note({ kind: 'call', service: this.name, route, outcome: 'refused' });
			throw new NoAnswer('ECONNREFUSED', 'connect ECONNREFUSED');
		}
		const fault = this.faults.drawRequest(this.name, route);
		const call = this.journal.call(this.name, route, about, fault?.name);
		if (fault?.name === 'hang' || fault?.name === 'reset') call.unanswered();
		if (fault?.name === 'hang') return await this.hang();
		if (fault?.name === 'reset') throw new NoAnswer('ECONNRESET', 'socket hang up');
		if (fault?.name === 'slow') await this.time.sleep(fault.ms ?? this.faults.times.slowMs);
		const reply = await this.replyTo(route, fault, work);
		if (reply.paid) this.notePaid(about, reply.paid, fault?.name);
		call.answered(reply);
		if (fault?.name === 'restart') void this.restart();
		if (fault?.name === 'lostAnswer') return await this.hang();
		if (reply.hangUp) throw new NoAnswer('ECONNRESET', 'socket hang up');
		return await deliver(reply, fault);
	}

	/** No answer until the client gives up; one without patience of its own is cut off by the network in the end. */
	private async hang(): Promise<never> {
		await this.time.sleep(IDLE_CONNECTION_MS);
		throw new NoAnswer('ECONNRESET', 'socket hang up');
	}

	private notePaid(about: Outgoing, { body, jobKey, ref }: NonNullable<SandboxReply['paid']>, fault?: string): void {
		const hash = workHash(about.method, about.url.pathname, body);
		const job = jobKey ?? jobKeyIn(body);
		const { text } = (body ?? {}) as { text?: string };
		this.journal.pay({
			service: this.name,
			work: job === undefined ? hash : `${job} ${hash}`,
			atMs: this.time.now,
			ref,
			isRefunded: false,
			fault,
			life: about.life?.number,
			text,
		});
	}

	/** The service goes away and comes back; what it held in memory is lost. */
	async restart(): Promise<void> {
		this.downUntilMs = this.time.now + this.faults.times.downMs;
		this.journal.note({ kind: 'restart', service: this.name });
		await this.standIn?.restart?.();
	}

	private async replyTo(
		route: string,
		fault: FaultStep | undefined,
		work: () => Promise<SandboxReply>,
	): Promise<SandboxReply> {
		const status = Number(fault?.name);
		if (status > 0) return faultReply(this.name, status);
		const ownFault = fault && !isCoreFault(fault.name) ? fault.name : undefined;
		return await currentRequest.run({ route, ownFault }, work);
	}
}

function adapt({ method, url, headers, body = Buffer.alloc(0) }: Outgoing): SandboxRequest {
	const rawQuery = url.search.slice(1);
	return {
		method,
		path: url.pathname,
		rawQuery,
		query: url.searchParams,
		headers,
		get stream() {
			return Readable.from([body]);
		},
		body: async () => body,
		signal: NEVER_ABORTED,
	};
}

const NEVER_ABORTED = new AbortController().signal;

async function deliver(reply: SandboxReply, fault: FaultStep | undefined): Promise<Incoming> {
	const headers = { ...reply.headers };
	const body = await bytesOf(reply, headers);
	if (fault?.name !== 'cut' && fault?.name !== 'truncate') {
		headers['content-length'] ??= String(body.length);
		return { status: reply.status, headers, body, isCut: false };
	}
	const part = body.subarray(0, Math.floor(body.length * CUT_SHARE));
	const isCut = fault.name === 'cut';
	headers['content-length'] = String(isCut ? body.length : part.length);
	return { status: reply.status, headers, body: part, isCut };
}

async function bytesOf({ body }: SandboxReply, headers: Record<string, string>): Promise<Buffer> {
	if (body === undefined) return Buffer.alloc(0);
	if (Buffer.isBuffer(body)) return body;
	if (typeof body === 'string') return Buffer.from(body);
	if (body instanceof Readable) return await buffer(body);
	headers['content-type'] ??= 'application/json; charset=utf-8';
	return Buffer.from(JSON.stringify(body));
}
