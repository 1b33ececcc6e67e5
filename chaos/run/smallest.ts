import type { RunOptions } from './play';
import type { ScenarioLimits } from './scenario';
import { shrink } from './shrink';
import { judgeRun, partsOf, type Judged } from './verdict';

/** A failing run, made as small as it gets. */
export interface Smallest {
	options: RunOptions;
	judged: Judged;
	/** Faults, deaths and acts that it still takes. */
	parts: string[];
}

const SEGMENTS = [1, 2, 3, 5, 8];

/** Fewer segments, videos, faults, deaths and acts, while the same rule is still broken. */
export async function smallestOf(options: RunOptions, rule: string): Promise<Smallest> {
	const shows = (judged: Judged) => judged.violations.some((violation) => violation.rule === rule);
	const limits = await fewest(options, shows);
	const first = await judgeRun({ ...options, ...limits });
	const all = partsOf(first.played);
	const leftFor = (kept: string[]) => new Set([...(options.left ?? []), ...all.filter((part) => !kept.includes(part))]);
	const parts = await shrink(all, async (kept) =>
		shows(await judgeRun({ ...options, ...limits, left: leftFor(kept) })),
	);
	const smallest = { ...options, ...limits, left: leftFor(parts), isJournalKept: true };
	const judged = await judgeRun(smallest);
	return { options: smallest, judged, parts: partsOf(judged.played) };
}

/** The smallest bounds under which the run still fails; a scenario is drawn anew under each. */
async function fewest(options: RunOptions, shows: (judged: Judged) => boolean): Promise<ScenarioLimits> {
	for (const videosMax of [1, undefined]) {
		for (const segmentsMax of [...SEGMENTS, undefined]) {
			const limits = { videosMax: videosMax ?? options.videosMax, segmentsMax: segmentsMax ?? options.segmentsMax };
			if (shows(await judgeRun({ ...options, ...limits }))) return limits;
		}
	}
	return {};
}
