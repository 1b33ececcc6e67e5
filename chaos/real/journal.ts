import { createWriteStream, type WriteStream } from 'node:fs';

/** What happened: `kind` says what, `at` when (ISO 8601, UTC). */
export interface JournalLine {
	kind: string;
	at?: string;
	[name: string]: unknown;
}

export type JournalListener = (line: JournalLine) => void;

/** Everything that happened, one JSON line each where a file is kept, and told to whoever listens. */
export class Journal {
	private readonly stream: WriteStream | undefined;

	private readonly listeners = new Set<JournalListener>();

	constructor(file?: string) {
		this.stream = file === undefined ? undefined : createWriteStream(file);
	}

	write(line: JournalLine): void {
		const whole = { at: new Date().toISOString(), ...line };
		this.stream?.write(`${JSON.stringify(whole)}\n`);
		for (const listener of this.listeners) listener(whole);
	}

	/** Returns a function that ends the subscription. */
	listen(listener: JournalListener): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	/** Resolves with the first line that fits, or with undefined after so long. */
	async next(fits: (line: JournalLine) => boolean, withinMs: number): Promise<JournalLine | undefined> {
		return await new Promise((resolve) => {
			const end = (line?: JournalLine) => {
				clearTimeout(timer);
				stop();
				resolve(line);
			};
			const timer = setTimeout(end, withinMs);
			const stop = this.listen((line) => fits(line) && end(line));
		});
	}

	async close(): Promise<void> {
		const { stream } = this;
		if (stream) await new Promise<void>((resolve) => stream.end(resolve));
	}
}
