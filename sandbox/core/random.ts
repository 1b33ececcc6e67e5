import { createHash } from 'node:crypto';

/** A stream of numbers in [0, 1). */
export type Random = () => number;

const UINT32_SPAN = 4_294_967_296;

/**
 * A seeded stream of random numbers. Each purpose has a stream of its own, so that calls of one service don't
 * change what another draws, whatever the order in which they arrive. A counter is hashed: slow beside a real
 * generator, but a fault is drawn only once a request.
 */
export function createRandom(seed: number, purpose: string): Random {
	let counter = 0;
	return () => {
		const digest = createHash('sha256').update(`${seed}\n${purpose}\n${counter++}`).digest();
		return digest.readUInt32BE(0) / UINT32_SPAN;
	};
}

/** Letters and digits from a stream of numbers, for keys. */
export function randomText(random: Random, length: number): string {
	return Array.from({ length }, () => Math.floor(random() * 36).toString(36)).join('');
}
