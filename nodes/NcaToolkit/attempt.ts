import type { Failure } from '../../engine/events';
import { failureOf } from '../shared/errors';

/** How a call went. */
export type Attempt<T> = { value: T } | { failure: Failure };

/** Waits for a call and gives its failure as a value, for callers that decide what it means. */
export async function attempt<T>(work: Promise<T>): Promise<Attempt<T>> {
	try {
		return { value: await work };
	} catch (error) {
		return { failure: failureOf(error) };
	}
}
