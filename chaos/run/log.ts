import { appendFileSync, writeFileSync } from 'node:fs';

import type { Row } from './table';
import type { Judged } from './verdict';

/** The log of runs: JSON lines, from which another program can check what this one says. */
export class RunLog {
	constructor(private readonly file: string) {
		writeFileSync(file, '');
	}

	/** Adds a run: what was planned, everything that happened, what the tables say at the end, and what was found. */
	add({ played, tables, violations }: Judged): void {
		const { seed, scenario, world, isOver, deaths, videoIds } = played;
		const { videos, segments, jobs, events } = tables;
		const rows = (list: Row[], names?: string[]) => list.map((row) => rowOf(row, names));
		const lines = [
			{ kind: 'run', seed, at: new Date(world.startedAtMs).toISOString(), scenario },
			...world.journal.lines,
			{
				kind: 'end',
				seed,
				isOver,
				deaths: deaths.length,
				accepted: [...videoIds.values()],
				videos: rows(videos),
				segments: rows(segments, ['video_id', 'order', 'text', 'clip_error', 'Video']),
				jobs: rows(jobs),
				events: rows(events, ['event_key', 'verdict', 'deliveries']),
			},
			...violations.map((violation) => ({ kind: 'violation', seed, ...violation })),
		];
		appendFileSync(this.file, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
	}
}

/** A row as one object, with all of its fields or some. */
function rowOf({ id, fields }: Row, names = Object.keys(fields)): Record<string, unknown> {
	return { id, ...Object.fromEntries(names.map((name) => [name, fields[name]])) };
}
