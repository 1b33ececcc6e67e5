/**
 * Small facts that all processes of an installation must agree on. In one process a map; in queue mode Redis takes its
 * place. Losing them costs a repeated message or a look at the tables, never a result.
 */
export interface SharedNotes {
	/** True for the first caller of a key until `ttlMs` have passed. */
	once(key: string, ttlMs: number): Promise<boolean>;
	/** Adds to the sum of a key and gives the new sum; the key is forgotten `ttlMs` after its last change. */
	add(key: string, amount: number, ttlMs: number): Promise<number>;
	/** The sum of a key; 0 where nothing was added. */
	sum(key: string): Promise<number>;
}

/** The notes of a single process. */
export function createSharedNotes(now: () => number): SharedNotes {
	const notes = new Map<string, { amount: number; untilMs: number }>();
	const alive = (key: string) => {
		const note = notes.get(key);
		return note && note.untilMs > now() ? note : undefined;
	};
	const forgetOld = () => {
		for (const key of notes.keys()) if (!alive(key)) notes.delete(key);
	};
	return {
		async once(key, ttlMs) {
			forgetOld();
			if (alive(key)) return false;
			notes.set(key, { amount: 0, untilMs: now() + ttlMs });
			return true;
		},
		async add(key, amount, ttlMs) {
			forgetOld();
			const sum = (alive(key)?.amount ?? 0) + amount;
			notes.set(key, { amount: sum, untilMs: now() + ttlMs });
			return sum;
		},
		async sum(key) {
			return alive(key)?.amount ?? 0;
		},
	};
}
