import { RATE_MARGIN_MS, RATE_WINDOW_MS, REQUESTS_PER_SECOND } from './constants';
import type { RateGate, ReleaseSlot, TrackerClock } from './types';

/** One request that counts: `freeAt` is unknown as long as its answer is not there. */
interface Slot {
	freeAt?: number;
}

/**
 * A gate in memory. A slot is taken from before the request leaves until one second after its answer came: the
 * server saw it at some moment in between, so however long the way was, it never sees more than five in a second.
 */
export class MemoryRateGate implements RateGate {
	private slots: Slot[] = [];

	private silentUntil = 0;

	private last: Promise<void> = Promise.resolve();

	private wakeOnRelease: () => void = () => undefined;

	constructor(private readonly clock: TrackerClock) {}

	async acquire(signal?: AbortSignal): Promise<ReleaseSlot> {
		const before = this.last;
		let leave: () => void = () => undefined;
		this.last = new Promise((resolve) => (leave = resolve));
		await before;
		try {
			await this.waitForSlot(signal);
			const slot: Slot = {};
			this.slots.push(slot);
			return () => this.release(slot);
		} finally {
			leave();
		}
	}

	penalize(ms: number): void {
		this.silentUntil = Math.max(this.silentUntil, this.clock.now() + ms);
	}

	private release(slot: Slot): void {
		slot.freeAt ??= this.clock.now() + RATE_WINDOW_MS + RATE_MARGIN_MS;
		this.wakeOnRelease();
	}

	private async waitForSlot(signal?: AbortSignal): Promise<void> {
		for (;;) {
			const now = this.clock.now();
			this.slots = this.slots.filter(({ freeAt }) => freeAt === undefined || freeAt > now);
			if (now < this.silentUntil) await this.clock.sleep(this.silentUntil - now, signal);
			else if (this.slots.length < REQUESTS_PER_SECOND) return;
			else await this.waitForChange(now, signal);
		}
	}

	private async waitForChange(now: number, signal?: AbortSignal): Promise<void> {
		const freeAt = Math.min(...this.slots.map((slot) => slot.freeAt ?? Infinity));
		if (freeAt !== Infinity) return await this.clock.sleep(freeAt - now, signal);
		signal?.throwIfAborted();
		await new Promise<void>((resolve, reject) => {
			this.wakeOnRelease = resolve;
			signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
		});
	}
}
