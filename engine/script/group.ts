import { SMALLEST_UNIT_PART } from './constants';
import { BREAK } from './types';
import type { Unit } from './types';

/** What a segment should and must be like. */
export interface GroupLimits {
	targetS: number;
	minS: number;
	maxS: number;
	maxCharacters: number;
}

/** What a break of a kind costs, against the square of the deviation from the target (1 at the edge of the window). */
const BREAK_COST: Record<Unit['breakAfter'], number> = {
	[BREAK.paragraph]: 0,
	[BREAK.sentence]: 0.1,
	[BREAK.strongClause]: 0.5,
	[BREAK.clause]: 0.8,
	[BREAK.word]: 2,
	[BREAK.cut]: 3,
};
/** A segment below the window is worse than any break; the last one may be what remains. */
const SHORT_COST = 20;
const SHORT_LAST_COST = 10;

/**
 * Joins neighbouring units into segments: as many as possible inside the window around the target, broken at the best
 * places, near the target (shortest path over the possible breaks).
 * A segment never exceeds `maxS` or `maxCharacters` unless it is a single unit.
 */
export function groupUnits(units: Unit[], limits: GroupLimits): Unit[] {
	const pieces = joinTiny(units, limits);
	const count = pieces.length;
	const secondsBefore = new Float64Array(count + 1);
	for (let i = 0; i < count; i++) secondsBefore[i + 1] = secondsBefore[i] + pieces[i].seconds;
	const { targetS, minS, maxS, maxCharacters } = limits;
	const toleranceS = Math.max(maxS - targetS, targetS - minS, targetS * SMALLEST_UNIT_PART);
	const best = new Float64Array(count + 1).fill(Infinity);
	const cameFrom = new Int32Array(count + 1);
	best[0] = 0;
	for (let end = 1; end <= count; end++) {
		const isLast = end === count;
		const breakCost = isLast ? 0 : BREAK_COST[pieces[end - 1].breakAfter];
		const shortCost = isLast ? SHORT_LAST_COST : SHORT_COST;
		for (let start = end - 1; start >= 0; start--) {
			const seconds = secondsBefore[end] - secondsBefore[start];
			const characters = pieces[end - 1].to - pieces[start].from;
			if (start < end - 1 && (seconds > maxS || characters > maxCharacters)) break;
			const deviation = (seconds - targetS) / toleranceS;
			const cost = best[start] + (deviation * deviation + (seconds < minS ? shortCost : 0) + breakCost);
			if (cost < best[end]) {
				best[end] = cost;
				cameFrom[end] = start;
			}
		}
	}
	const segments: Unit[] = [];
	for (let end = count; end > 0; end = cameFrom[end]) segments.push(join(pieces.slice(cameFrom[end], end)));
	return segments.reverse();
}

/** Joins units that are tiny against the longest segment, unless a better break than the next one would be lost. */
function joinTiny(units: Unit[], limits: GroupLimits): Unit[] {
	const tinyS = limits.maxS * SMALLEST_UNIT_PART;
	const joined: Unit[] = [];
	for (const unit of units) {
		const last = joined.at(-1);
		const fits =
			last !== undefined &&
			last.seconds < tinyS &&
			last.breakAfter >= unit.breakAfter &&
			last.seconds + unit.seconds <= limits.maxS &&
			unit.to - last.from <= limits.maxCharacters;
		if (fits) joined[joined.length - 1] = join([last, unit]);
		else joined.push(unit);
	}
	return joined;
}

function join(units: Unit[]): Unit {
	const last = units[units.length - 1];
	return {
		from: units[0].from,
		to: last.to,
		seconds: units.reduce((sum, unit) => sum + unit.seconds, 0),
		words: units.reduce((sum, unit) => sum + unit.words, 0),
		breakAfter: last.breakAfter,
	};
}
