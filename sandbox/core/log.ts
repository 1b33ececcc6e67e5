import { createWriteStream, type WriteStream } from 'node:fs';

import type { Clock } from './types';

/** One line of the log. `kind` is `call`, `callback`, `fault`, `faults`, `reset`, `restart`, `bug`, or `note`. */
export type LogEvent = Record<string, unknown>;

export type LogListener = (event: LogEvent) => void;

/** The sandbox's log: JSON lines to a file when one is kept, and to listeners. */
export class SandboxLog {
	private readonly stream: WriteStream | undefined;

	private readonly listeners = new Set<LogListener>();

	constructor(
		private readonly clock: Clock,
		file?: string,
	) {
		this.stream = file === undefined ? undefined : createWriteStream(file, { flags: 'a' });
		// A full disk must not take the services down with it.
		this.stream?.on('error', () => undefined);
	}

	write(event: LogEvent): void {
		const line = { at: new Date(this.clock.now()).toISOString(), ...event };
		this.stream?.write(`${JSON.stringify(line)}\n`);
		for (const listener of this.listeners) listener(line);
	}

	/** Returns a function that ends the subscription. */
	listen(listener: LogListener): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	async close(): Promise<void> {
		const stream = this.stream;
		if (!stream) return;
		await new Promise<void>((resolve) => stream.end(resolve));
	}
}

/** A URL without its query and fragment, where signatures and tokens live. */
export function withoutQuery(url: string): string {
	return url.replace(/[?#].*$/s, '');
}
