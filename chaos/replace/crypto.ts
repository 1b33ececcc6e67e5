import { Buffer } from 'node:buffer';
import { createHash, createHmac, randomUUID as realUUID, timingSafeEqual } from 'node:crypto';

import { isPlaying, theMachine } from '../world/machine';

export { createHash, createHmac, timingSafeEqual };

/** As Node.js gives it, by the seed of the run. */
export function randomUUID(): string {
	if (!isPlaying()) return realUUID();
	const hex = theMachine().chance.hex('randomUUID', 32);
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** As Node.js gives it, by the seed of the run. */
export function randomBytes(count: number): Buffer {
	return Buffer.from(theMachine().chance.hex('randomBytes', count * 2), 'hex');
}
