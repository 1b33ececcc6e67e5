import { isCharged } from '../engine/costs/estimate';
import { ok, type Result } from '../engine/result';
import { videoIdOf } from '../engine/video/graph';
import type { PlannedClaim } from '../engine/video/planner';
import type { HeldClaim, Ruling } from './admission';
import { formulaField, formulaString } from './airtable/formula';
import { BUDGET_LOADING_MS, SPENDING_KEPT_MS } from './constants';
import type { TrackerContext } from './context';
import { raise, recover } from './notices';
import { estimateClaim } from './paidCalls';
import { TABLES } from './rows';
import { dayOf, spendingKey } from './spending';

const NOTICE_KEY = 'budget';
const DAY_MS = 24 * 3_600_000;
/** Sums of many small amounts are a little off. */
const ROUNDING_USD = 1e-9;

function nextDayMs(nowMs: number): number {
	return Date.parse(`${dayOf(nowMs)}T00:00:00.000Z`) + DAY_MS;
}

function usdWords(usd: number): string {
	return `$${usd.toFixed(2)}`;
}

/** What the rows of a day say that it has cost: actuals of what is settled, estimates of what is open or unknown. */
async function readSpending(context: TrackerContext, day: string): Promise<Result<number>> {
	const reservedAt = formulaField('reserved_at');
	const since = formulaString(`${day}T00:00:00.000Z`);
	// An empty date can't be compared, so the comparison is reached only where there is one.
	const isOfToday = `NOT(IS_BEFORE(${reservedAt},DATETIME_PARSE(${since})))`;
	const rows = await context.store.list(TABLES.paidCalls, {
		filterByFormula: `IF(${reservedAt},${isOfToday},0)`,
		fields: ['state', 'estimated_cost', 'actual_cost'],
	});
	if (!rows.ok) return rows;
	const costs = rows.value.map(({ fields }) => {
		const column = fields.state === 'settled' ? fields.actual_cost : fields.estimated_cost;
		return fields.state === 'released' ? 0 : Number(column ?? 0);
	});
	return ok(costs.reduce((sum, usd) => sum + usd, 0));
}

async function load(context: TrackerContext, day: string): Promise<boolean> {
	const { notes } = context;
	const loadedKey = `spent-known:${day}`;
	if ((await notes.sum(loadedKey)) > 0) return true;
	// One process reads the rows for all; should it fail, another look is due a little later.
	if (!(await notes.once(`spent-loading:${day}`, BUDGET_LOADING_MS))) return false;
	const spent = await readSpending(context, day);
	if (!spent.ok) return false;
	const known = await notes.sum(spendingKey(day));
	if (spent.value > known) await notes.add(spendingKey(day), spent.value - known, SPENDING_KEPT_MS);
	await notes.add(loadedKey, 1, SPENDING_KEPT_MS);
	return true;
}

/** Brings the sum of today up to what the rows say, once a day and process (or once for all that share Redis). */
async function isKnown(context: TrackerContext): Promise<boolean> {
	const day = dayOf(context.clock.now());
	const { memory } = context;
	// Several claims of one process wait for the same look.
	if (memory.spendingLoad?.day !== day) memory.spendingLoad = { day, work: load(context, day) };
	const isLoaded = await memory.spendingLoad.work;
	if (!isLoaded) memory.spendingLoad = undefined;
	return isLoaded;
}

/**
 * What today (UTC) has cost so far, in US dollars: what is settled by its actual costs, what is under way or unknown by
 * its estimates. The first call of a day reads the rows of `Paid Calls`; later ones cost no request.
 */
export async function spentToday(context: TrackerContext): Promise<number> {
	await isKnown(context);
	return await context.notes.sum(spendingKey(dayOf(context.clock.now())));
}

/** What a claim would cost; 0 for work that nobody charges for. */
async function priceOf(context: TrackerContext, claim: PlannedClaim): Promise<number> {
	const { service } = claim.work;
	const loaded = await context.cache.load(videoIdOf(claim.job.jobKey));
	const cost = loaded.ok ? estimateClaim(context, loaded.value.snapshot, claim) : undefined;
	return cost && service !== 'spaces' && isCharged(service, context.settings) ? cost.usd : 0;
}

function hold(context: TrackerContext, usd: number): Omit<HeldClaim, 'claim'> {
	const limit = context.settings.dailyBudgetUsd;
	if (usd > limit + ROUNDING_USD) {
		const words = `The daily budget of ${usdWords(limit)} is less than this step costs (about ${usdWords(usd)}): raise it`;
		return { reason: 'budget', words };
	}
	const untilMs = nextDayMs(context.clock.now());
	const until = `${dayOf(untilMs)} 00:00 UTC`;
	return { reason: 'budget', untilMs, words: `The daily budget of ${usdWords(limit)} is spent: goes on at ${until}` };
}

function tellPeople(context: TrackerContext): void {
	const day = dayOf(context.clock.now());
	const limit = usdWords(context.settings.dailyBudgetUsd);
	const message = `The daily budget of ${limit} is spent. No new paid step starts before the next day (UTC).`;
	raise(context, { key: NOTICE_KEY, kind: 'budget', severity: 'warning', message, version: day });
}

/**
 * Holds paid steps back that today's budget does not cover any more; all others go on. Nothing is reserved by it: that
 * is what {@link reserveSpending} does.
 */
export async function budgetRule(context: TrackerContext, claims: PlannedClaim[], isStart: boolean): Promise<Ruling[]> {
	const { dailyBudgetUsd } = context.settings;
	if (dailyBudgetUsd <= 0) return claims.map((claim) => ({ claim }));
	const prices = await Promise.all(claims.map(async (claim) => await priceOf(context, claim)));
	if (prices.every((usd) => usd === 0)) return claims.map((claim) => ({ claim }));

	if (!(await isKnown(context))) {
		const held = { reason: 'budget' as const, words: 'What today has cost is being looked up' };
		return claims.map((claim, index) => (prices[index] === 0 ? { claim } : { claim, held }));
	}
	let spent = await spentToday(context);
	const rulings = claims.map((claim, index): Ruling => {
		const usd = prices[index];
		if (usd === 0) return { claim };
		if (spent + usd > dailyBudgetUsd + ROUNDING_USD) return { claim, held: hold(context, usd) };
		spent += usd;
		return { claim };
	});
	if (isStart) noteOutcome(context, rulings, prices);
	return rulings;
}

function noteOutcome(context: TrackerContext, rulings: Ruling[], prices: number[]): void {
	if (rulings.some(({ held }) => held)) tellPeople(context);
	else if (prices.some((usd) => usd > 0))
		recover(context, NOTICE_KEY, 'Paid steps go on: the budget covers them again.');
}

/**
 * Counts what claims are about to spend, before they are written down. Several processes and videos draw on one sum at
 * the same time: what went over the limit since the look is given back and held.
 */
export async function reserveSpending(
	context: TrackerContext,
	claims: PlannedClaim[],
): Promise<{ reserved: PlannedClaim[]; held: HeldClaim[] }> {
	const { dailyBudgetUsd, alertCostUsd } = context.settings;
	const prices = await Promise.all(claims.map(async (claim) => await priceOf(context, claim)));
	// The alert on costs wants the whole day, what a former process spent included; one request a day.
	if (alertCostUsd > 0 && prices.some((usd) => usd > 0)) await isKnown(context);
	const key = spendingKey(dayOf(context.clock.now()));
	const reserved: PlannedClaim[] = [];
	const held: HeldClaim[] = [];
	for (const [index, claim] of claims.entries()) {
		const usd = prices[index];
		const sum = usd === 0 ? 0 : await context.notes.add(key, usd, SPENDING_KEPT_MS);
		if (usd === 0 || dailyBudgetUsd <= 0 || sum <= dailyBudgetUsd + ROUNDING_USD) {
			reserved.push(claim);
			continue;
		}
		await context.notes.add(key, -usd, SPENDING_KEPT_MS);
		held.push({ claim, ...hold(context, usd) });
	}
	if (held.length > 0) tellPeople(context);
	return { reserved, held };
}
