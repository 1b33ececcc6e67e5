import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Clock } from './types';

/** Turns of the event loop given to sockets and files between two timers of a virtual clock. */
const TURNS_BETWEEN_TIMERS = 5;

interface Sleeper {
	at: number;
	wake: () => void;
}

/** The machine's own time. `sleep` rejects with the signal's reason when aborted. */
export function createRealClock(): Clock {
	return {
		now: () => Date.now(),
		sleep: async (ms, signal) =>
			await new Promise<void>((resolve, reject) => {
				if (signal?.aborted) return reject(signal.reason);
				const onAbort = () => {
					clearTimeout(timer);
					reject(signal?.reason);
				};
				const timer = setTimeout(() => {
					signal?.removeEventListener('abort', onAbort);
					resolve();
				}, ms);
				signal?.addEventListener('abort', onAbort, { once: true });
			}),
	};
}

/** A clock that stands still until {@link VirtualClock.advance} is called. */
export class VirtualClock implements Clock {
	private time: number;

	private readonly sleepers = new Set<Sleeper>();

	/** @param startMs milliseconds since the epoch; the present by default, so that signed dates stay plausible */
	constructor(startMs: number = Date.now()) {
		this.time = startMs;
	}

	now(): number {
		return this.time;
	}

	/** How many sleeps are pending; tests wait on this before they advance. */
	get pending(): number {
		return this.sleepers.size;
	}

	async sleep(ms: number, signal?: AbortSignal): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			if (signal?.aborted) return reject(signal.reason);
			const onAbort = () => {
				this.sleepers.delete(sleeper);
				reject(signal?.reason);
			};
			const sleeper: Sleeper = {
				at: this.time + Math.max(0, ms),
				wake: () => {
					signal?.removeEventListener('abort', onAbort);
					resolve();
				},
			};
			this.sleepers.add(sleeper);
			signal?.addEventListener('abort', onAbort, { once: true });
		});
	}

	/** Moves time on, waking each sleeper at its own moment, in order; those that begin on the way are served too. */
	async advance(ms: number): Promise<void> {
		const end = this.time + ms;
		await this.settle();
		for (let next = this.earliest(end); next; next = this.earliest(end)) {
			this.sleepers.delete(next);
			this.time = Math.max(this.time, next.at);
			next.wake();
			await this.settle();
		}
		this.time = end;
	}

	private earliest(end: number): Sleeper | undefined {
		let first: Sleeper | undefined;
		for (const sleeper of this.sleepers) {
			if (sleeper.at <= end && (!first || sleeper.at < first.at)) first = sleeper;
		}
		return first;
	}

	private async settle(): Promise<void> {
		for (let turn = 0; turn < TURNS_BETWEEN_TIMERS; turn++) await nextTurn();
	}
}
