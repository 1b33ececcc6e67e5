import { readTables, violationsOf, type Tables, type Violation } from './invariants';
import { playRun, type Played, type RunOptions } from './play';

/** A run with what was found in it. */
export interface Judged {
	played: Played;
	tables: Tables;
	violations: Violation[];
}

/** Plays a run and holds it to the invariants. A run that breaks is a finding, too. */
export async function judgeRun(options: RunOptions): Promise<Judged> {
	const played = await playRun(options);
	const tables = await readTables(played);
	return { played, tables, violations: violationsOf(played, tables) };
}

/** Names of everything in a run that could have been left out. */
export function partsOf({ world, deaths, acts }: Played): string[] {
	return [...world.faults.drawn.map(({ id }) => id), ...deaths.map(({ id }) => id), ...acts];
}
