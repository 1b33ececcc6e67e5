import { AsyncLocalStorage } from 'node:async_hooks';

/** One life of the n8n process. What belongs to a life that has ended never goes on. */
export interface Life {
	number: number;
	isAlive: boolean;
}

/** Whose code is running: that of a life of n8n, or (undefined) of the world around it. */
export const runningFor = new AsyncLocalStorage<Life | undefined>();

/** True for code of a process that has ended: it may not touch anything any more. */
export function isGhost(life: Life | undefined): boolean {
	return life !== undefined && !life.isAlive;
}

/** A promise that nobody ever hears of again. */
export async function silence<T>(): Promise<T> {
	return await new Promise<T>(() => undefined);
}
