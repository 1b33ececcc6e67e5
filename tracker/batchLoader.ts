import type { Result } from '../engine/result';

/**
 * Reads things by key so that those which are asked for together, or while a read is under way, are read together.
 *
 * @param readMany reads all of these keys; what it gives goes to everyone who asked for one of them
 * @param most keys in one read
 */
export function createBatchLoader<T>(
	readMany: (keys: string[]) => Promise<Result<T>>,
	most: number,
): (key: string) => Promise<Result<T>> {
	const waiting = new Map<string, Array<(result: Result<T>) => void>>();
	let isReading = false;

	const run = async () => {
		isReading = true;
		// One turn later, so that what is asked for in the same turn comes along.
		await Promise.resolve();
		while (waiting.size > 0) {
			const batch = [...waiting.entries()].slice(0, most);
			for (const [key] of batch) waiting.delete(key);
			const result = await readMany(batch.map(([key]) => key));
			for (const [, waiters] of batch) for (const give of waiters) give(result);
		}
		isReading = false;
	};

	return async (key) =>
		await new Promise((resolve) => {
			waiting.set(key, [...(waiting.get(key) ?? []), resolve]);
			if (!isReading) void run();
		});
}
