import type { TrackerContext } from './context';
import { SPENDING_KEPT_MS } from './constants';

const ISO_DAY_LENGTH = 'yyyy-mm-dd'.length;

/** The UTC day of a time, as `yyyy-mm-dd`. */
export function dayOf(atMs: number): string {
	return new Date(atMs).toISOString().slice(0, ISO_DAY_LENGTH);
}

/** Where the sum of a day is kept. */
export function spendingKey(day: string): string {
	return `spent:${day}`;
}

/**
 * Adds to what the UTC day of a time has cost: an estimate when a call is reserved, the difference to it when it is
 * settled. Nobody waits for it.
 */
export function addSpending(context: TrackerContext, atMs: number, usd: number): void {
	if (usd !== 0) void context.notes.add(spendingKey(dayOf(atMs)), usd, SPENDING_KEPT_MS);
}
