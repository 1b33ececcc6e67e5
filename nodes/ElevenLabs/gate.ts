import { processState } from '../../tracker/processState';
import { CONCURRENT_REQUESTS_DEFAULT } from './constants';
import type { ElevenLabsClient } from './transport';

/** What the answers of a key have told about its plan. */
interface LearnedLimit {
	limit?: number;
}

function learnedOf(client: ElevenLabsClient): LearnedLimit {
	return processState.singleton<LearnedLimit>(`elevenLabs.limit|${client.keyId}`, () => ({}));
}

/** How many requests of this key may run at a time: the setting, bounded by what the service itself has said. */
export function concurrencyLimit(client: ElevenLabsClient): number {
	const { limit } = learnedOf(client);
	const configured = client.maxConcurrent > 0 ? client.maxConcurrent : undefined;
	if (configured !== undefined && limit !== undefined) return Math.min(configured, limit);
	return configured ?? limit ?? CONCURRENT_REQUESTS_DEFAULT;
}

/** Takes over the plan's limit from the header of an answer. */
export function learnLimit(client: ElevenLabsClient, headers: Record<string, string>): void {
	const limit = Number(headers['maximum-concurrent-requests']);
	if (Number.isSafeInteger(limit) && limit > 0) learnedOf(client).limit = limit;
}

/**
 * Waits for one of the key's slots, which all executions of this process share.
 *
 * @returns the function that frees the slot
 */
export async function acquireSlot(client: ElevenLabsClient, signal?: AbortSignal): Promise<() => void> {
	return await processState.slots(`elevenLabs|${client.keyId}`, concurrencyLimit(client)).acquire(signal);
}
