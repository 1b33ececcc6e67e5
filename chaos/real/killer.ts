import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../sandbox/core/random';
import { AFTER_MOMENT_MAX_MS, FIRST_LIFE_MAX_MS, LIFE_MAX_MS, LIFE_MIN_MS, MOMENT_WAIT_MS } from './constants';
import type { Journal, JournalLine } from './journal';
import type { Machine } from './machine';

const isCall = (service: string, method: string) => (line: JournalLine) =>
	line.kind === 'call' && line.service === service && line.method === method;

/** Moments after which a death hurts most, and what they look like from outside. */
const MOMENTS: Record<string, (line: JournalLine) => boolean> = {
	'any time': () => true,
	intake: ({ kind }) => kind === 'intake',
	'speech made': isCall('elevenLabs', 'POST'),
	'task taken on': isCall('goApi', 'POST'),
	'toolkit asked': isCall('nca', 'POST'),
	'callback answered': ({ kind }) => kind === 'callback',
	'output fetched': isCall('goApi', 'GET'),
	'object stored': isCall('spaces', 'PUT'),
	'row written': isCall('airtable', 'PATCH'),
};

/** Kills n8n so many times at moments of the seed's choice, or until it is told to end. */
export async function killNowAndThen(
	machine: Machine,
	journal: Journal,
	{ seed, deaths }: { seed: number; deaths: number },
	signal: AbortSignal,
): Promise<void> {
	const random = createRandom(seed, 'deaths');
	const names = Object.keys(MOMENTS);
	for (let count = 0; count < deaths && !signal.aborted; count++) {
		const longestMs = count === 0 ? FIRST_LIFE_MAX_MS : LIFE_MAX_MS;
		const lifeMs = LIFE_MIN_MS + random() * random() * (longestMs - LIFE_MIN_MS);
		const moment = names[Math.floor(random() * names.length)];
		const afterMs = random() * random() * AFTER_MOMENT_MAX_MS;
		await sleep(lifeMs, undefined, { signal }).catch(() => undefined);
		await journal.next(MOMENTS[moment], MOMENT_WAIT_MS);
		await sleep(afterMs);
		// With nothing under way any more a death would prove nothing.
		if (!signal.aborted) await machine.dieAndLive(moment);
	}
}
