import { appendFileSync, writeFileSync } from 'node:fs';

/** What happened, in order; each line also goes to a file when one is kept. */
export class Story {
	readonly deaths: number[] = [];

	constructor(
		private readonly print: (line: string) => void,
		private readonly file?: string,
	) {
		if (file !== undefined) writeFileSync(file, '');
	}

	/** @param facts no secrets and no signed URLs */
	tell(kind: string, facts: Record<string, unknown> = {}): void {
		const at = new Date();
		if (kind === 'death') this.deaths.push(at.getTime());
		if (this.file !== undefined)
			appendFileSync(this.file, `${JSON.stringify({ at: at.toISOString(), kind, ...facts })}\n`);
		const words = Object.entries(facts).map(([name, value]) => `${name}=${String(value)}`);
		this.print(`${at.toISOString().slice(11, 19)} ${[kind, ...words].join(' ')}`);
	}
}
