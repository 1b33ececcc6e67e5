import { type SandboxLog, withoutQuery } from './log';
import type { FaultInjector } from './faults';
import { jobOfUrl } from './inputHash';
import type { Recorder } from './recorder';
import type { CallbackResult, Clock, OutgoingCallback } from './types';

/** What a sender sees of a callback that the network took and will deliver later. */
const TAKEN: CallbackResult = { status: 200, dropped: false };

interface Held {
	release: () => void;
}

/** Sends the stand-ins' callbacks, and loses, doubles, delays or swaps them as the faults say. */
export class CallbackSender {
	private stopping = new AbortController();

	/** One held callback a service at most: the next one of that service overtakes it. */
	private readonly held = new Map<string, Held>();

	private readonly pending = new Set<Promise<unknown>>();

	constructor(
		private readonly clock: Clock,
		private readonly faults: FaultInjector,
		private readonly recorder: Recorder,
		private readonly log: SandboxLog,
	) {}

	/** Resolves when the callback was answered, dropped, or taken for later delivery. Never rejects. */
	async send(callback: OutgoingCallback): Promise<CallbackResult> {
		const fault = this.faults.drawCallback(callback.service);
		if (fault) this.note('fault', callback, { fault: fault.name });
		const result = await this.act(fault?.name, fault?.ms, callback);
		if (fault?.name !== 'reorder') this.held.get(callback.service)?.release();
		return result;
	}

	/** Gives up everything that is on its way, and waits until it is gone. */
	async abort(): Promise<void> {
		this.stopping.abort();
		await Promise.allSettled([...this.pending]);
		this.stopping = new AbortController();
	}

	private async act(fault: string | undefined, ms: number | undefined, callback: OutgoingCallback) {
		const { service } = callback;
		switch (fault) {
			case 'drop':
				this.recorder.countCallback(service, 'dropped');
				return { status: 0, dropped: true };
			case 'duplicate':
				this.recorder.countCallback(service, 'doubled');
				return await this.deliverTwice(callback);
			case 'delay':
				this.recorder.countCallback(service, 'delayed');
				return this.later(callback, async (signal) => await this.clock.sleep(ms ?? this.randomDelay(service), signal));
			case 'reorder':
				this.recorder.countCallback(service, 'reordered');
				return this.later(callback, async (signal) => await this.overtaken(service, ms, signal));
			default:
				return await this.deliver(callback);
		}
	}

	/** At once or one after the other, by the seed: receivers must stand both. */
	private async deliverTwice(callback: OutgoingCallback): Promise<CallbackResult> {
		const together = this.faults.random(`${callback.service} duplicate`)() < 0.5;
		if (together) return (await Promise.all([this.deliver(callback), this.deliver(callback)]))[0];
		const first = await this.deliver(callback);
		await this.deliver(callback);
		return first;
	}

	private later(callback: OutgoingCallback, wait: (signal: AbortSignal) => Promise<void>): CallbackResult {
		const { signal } = this.stopping;
		void this.track(
			wait(signal).then(
				async () => await this.deliver(callback),
				() => undefined,
			),
		);
		return TAKEN;
	}

	private randomDelay(service: string): number {
		return this.faults.random(`${service} delay`)() * this.faults.times.delayMs;
	}

	private async overtaken(service: string, ms: number | undefined, signal: AbortSignal): Promise<void> {
		this.held.get(service)?.release();
		const waiting = new AbortController();
		const held = { release: () => waiting.abort() };
		this.held.set(service, held);
		const either = AbortSignal.any([signal, waiting.signal]);
		await this.clock.sleep(ms ?? this.faults.times.reorderMs, either).catch(() => undefined);
		if (this.held.get(service) === held) this.held.delete(service);
		signal.throwIfAborted();
	}

	private async deliver(callback: OutgoingCallback): Promise<CallbackResult> {
		const { signal } = this.stopping;
		this.recorder.countCallback(callback.service, 'sent');
		const status = await this.track(post(callback, signal));
		if (status < 200 || status > 299) this.recorder.countCallback(callback.service, 'failed');
		this.note('callback', callback, { status });
		return { status, dropped: false };
	}

	private async track<T>(work: Promise<T>): Promise<T> {
		this.pending.add(work);
		return await work.finally(() => this.pending.delete(work));
	}

	private note(kind: string, callback: OutgoingCallback, more: Record<string, unknown>): void {
		const jobKey = jobOfUrl(callback.url);
		const job = jobKey === undefined ? {} : { jobKey };
		this.log.write({ kind, service: callback.service, url: withoutQuery(callback.url), ...job, ...more });
	}
}

/** Bytes and texts are sent as they are. */
function bytesOf(body: unknown): string | Uint8Array<ArrayBuffer> {
	if (typeof body === 'string') return body;
	return body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body);
}

/** The receiver's status, or 0 when it couldn't be reached in time. */
async function post(callback: OutgoingCallback, stopping: AbortSignal): Promise<number> {
	const timeout = callback.timeoutMs === undefined ? [] : [AbortSignal.timeout(callback.timeoutMs)];
	try {
		const response = await fetch(callback.url, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...callback.headers },
			body: bytesOf(callback.body),
			redirect: callback.redirect === 'error' ? 'error' : 'follow',
			signal: AbortSignal.any([stopping, ...timeout]),
		});
		await response.arrayBuffer();
		return response.status;
	} catch {
		return 0;
	}
}
