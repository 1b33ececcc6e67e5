import type { Clock } from '../core/types';
import { QUEUE_MS } from './constants';
import { ApiError } from './errors';

/** A slot that is held; `headers` say how many are taken. */
export interface Slot {
	headers: Record<string, string>;
	release: () => void;
}

/** The concurrency limit of one kind of work: a request above it waits a moment, then gets 429. */
export class ConcurrencyLimit {
	private inFlight = 0;

	private readonly waiting: Array<() => void> = [];

	constructor(
		private readonly most: number,
		private readonly clock: Clock,
	) {}

	/** @throws ApiError 429 when no slot became free */
	async acquire(): Promise<Slot> {
		if (this.inFlight >= this.most && !(await this.waitForSlot())) {
			throw new ApiError(
				429,
				'concurrent_limit_exceeded',
				`Too many concurrent requests. Your current subscription is associated with a maximum of ${this.most} concurrent requests (running in parallel).`,
			);
		}
		this.inFlight++;
		const headers = {
			'current-concurrent-requests': String(this.inFlight),
			'maximum-concurrent-requests': String(this.most),
		};
		return { headers, release: () => this.release() };
	}

	private release(): void {
		this.inFlight--;
		this.waiting.shift()?.();
	}

	private async waitForSlot(): Promise<boolean> {
		const given = new AbortController();
		const wake = () => given.abort();
		this.waiting.push(wake);
		await this.clock.sleep(QUEUE_MS, given.signal).catch(() => undefined);
		const index = this.waiting.indexOf(wake);
		if (index >= 0) this.waiting.splice(index, 1);
		return this.inFlight < this.most;
	}
}
