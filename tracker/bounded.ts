/** Forgets the entry that came first where there are more than are to be kept; called after each one that is added. */
export function dropOldest<K>(entries: Map<K, unknown> | Set<K>, kept: number): void {
	const oldest = entries.keys().next();
	if (entries.size > kept && !oldest.done) entries.delete(oldest.value);
}
