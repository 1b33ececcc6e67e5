import type { Result } from '../engine/result';

/** Frees what was acquired; calling it twice does nothing more. */
export type Release = () => void;

/** A counting gate with a queue in order of arrival. */
export interface Slots {
	/** Waits for a free slot. Rejects with the signal's reason when cancelled while waiting. */
	acquire(signal?: AbortSignal): Promise<Release>;
	/** A new limit takes effect at once for those that wait. */
	setLimit(limit: number): void;
	readonly inUse: number;
	readonly waiting: number;
}

interface Waiter {
	admit: () => void;
}

/** Builds a gate that lets `limit` holders in at a time. */
export function createSlots(limit: number): Slots {
	let capacity = Math.max(1, limit);
	let inUse = 0;
	const queue: Waiter[] = [];

	const admitNext = () => {
		while (inUse < capacity) {
			const next = queue.shift();
			if (!next) return;
			inUse += 1;
			next.admit();
		}
	};
	const releaseOnce = (): Release => {
		let isHeld = true;
		return () => {
			if (!isHeld) return;
			isHeld = false;
			inUse -= 1;
			admitNext();
		};
	};

	return {
		async acquire(signal) {
			signal?.throwIfAborted();
			return await new Promise<Release>((resolve, reject) => {
				const onAbort = () => {
					queue.splice(queue.indexOf(waiter), 1);
					reject(signal?.reason);
				};
				const waiter: Waiter = {
					admit: () => {
						signal?.removeEventListener('abort', onAbort);
						resolve(releaseOnce());
					},
				};
				signal?.addEventListener('abort', onAbort, { once: true });
				queue.push(waiter);
				admitNext();
			});
		},
		setLimit(next) {
			capacity = Math.max(1, next);
			admitNext();
		},
		get inUse() {
			return inUse;
		},
		get waiting() {
			return queue.length;
		},
	};
}

/** Runs work on one key after the other, in order of arrival; different keys do not wait for each other. */
export interface KeyedMutex {
	run<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/**
 * Runs work on one video after the other, over all processes that may work on it. Where the lock can't be had, the work
 * is not begun; where it got lost meanwhile, what the work wanted to write is dropped. Both are refused as `no_lock`.
 */
export interface VideoLocks {
	run<T>(videoId: string, work: () => Promise<Result<T>>): Promise<Result<T>>;
}

/** Builds a mutex per key that forgets a key when nobody uses it. */
export function createKeyedMutex(): KeyedMutex {
	const gates = new Map<string, Slots>();
	return {
		async run(key, work) {
			const gate = gates.get(key) ?? createSlots(1);
			gates.set(key, gate);
			const release = await gate.acquire();
			try {
				return await work();
			} finally {
				release();
				if (gate.inUse === 0 && gate.waiting === 0) gates.delete(key);
			}
		},
	};
}
