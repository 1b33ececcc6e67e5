import type { Result } from '../engine/result';

/** What the processes of an installation do together, where there are several. */
export interface SharedWork {
	/**
	 * Runs a tick, unless another process runs one: then undefined. What is due is in memory before it, as all processes
	 * left it.
	 */
	tick<T>(work: () => Promise<Result<T>>): Promise<Result<T> | undefined>;
	/** Brings every video that is under way into memory, as all processes left it. */
	refresh(): Promise<Result<void>>;
	/** Lets the other processes see a video that was made here. */
	share(videoId: string): Promise<Result<void>>;
	/** Whether the lock can be had now; code `no_lock` says why not. */
	check(): Promise<Result<void>>;
}
