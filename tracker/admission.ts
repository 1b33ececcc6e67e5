import type { PlannedClaim } from '../engine/video/planner';
import { breakerRule } from './breaker';
import { budgetRule } from './budget';
import type { TrackerContext } from './context';
import { aloneRule } from './instances';

/** Why a step that could start is held back. */
export type HoldReason = 'circuit_open' | 'budget' | 'no_lock';

export interface HeldClaim {
	claim: PlannedClaim;
	reason: HoldReason;
	/** When it may be tried again, ms since the epoch; absent where that is not known. */
	untilMs?: number;
	/** For people: what it waits for. The same words as long as nothing changes. */
	words: string;
}

export interface Admission {
	admitted: PlannedClaim[];
	held: HeldClaim[];
}

/** What a rule says of one claim; without `held` it may go on. */
export interface Ruling {
	claim: PlannedClaim;
	held?: Omit<HeldClaim, 'claim'>;
}

/**
 * Looks at claims that could start, and says which must wait. Called with what the rules before it let through.
 *
 * @param isStart true where what is admitted is started at once; false for a look, which must change nothing
 */
type Rule = (context: TrackerContext, claims: PlannedClaim[], isStart: boolean) => Ruling[] | Promise<Ruling[]>;

/** In this order; the first that holds a claim back gives the reason. The breaker is last: it hands out its probe. */
const RULES: readonly Rule[] = [aloneRule, budgetRule, breakerRule];

/**
 * Which of the steps that could start may start now. Steps that are held back stay pending and are planned again on
 * the next event or tick.
 *
 * @param isStart see {@link Rule}
 */
export async function admit(context: TrackerContext, claims: PlannedClaim[], isStart = false): Promise<Admission> {
	const held: HeldClaim[] = [];
	let admitted = claims;
	for (const rule of RULES) {
		if (admitted.length === 0) break;
		const rulings = await rule(context, admitted, isStart);
		for (const ruling of rulings) if (ruling.held) held.push({ claim: ruling.claim, ...ruling.held });
		admitted = rulings.filter((ruling) => !ruling.held).map((ruling) => ruling.claim);
	}
	return { admitted, held };
}

/** What a video waits for, in one line for people; undefined where nothing is held back. */
export function waitingWords(held: HeldClaim[]): string | undefined {
	const words = [...new Set(held.map((claim) => claim.words))];
	return words.length === 0 ? undefined : words.join('. ').replace(/\s+/g, ' ');
}
