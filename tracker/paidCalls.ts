import { concludeCall, type CallConclusion, type CallEnd, type CallState } from '../engine/costs/calls';
import { estimateWork, isCharged } from '../engine/costs/estimate';
import type { CalledService, Cost } from '../engine/costs/types';
import type { Failure, ProviderEvent } from '../engine/events';
import { expectationOf } from '../engine/video/progress';
import { hashOf, videoIdOf } from '../engine/video/graph';
import type { PlannedClaim } from '../engine/video/planner';
import type { JobFacts, Step, VideoSnapshot } from '../engine/video/types';
import { LINGER_LONG_MS, LINGER_MS } from './airtable/constants';
import { formulaField, formulaString } from './airtable/formula';
import type { Fields } from './airtable/types';
import { dropOldest } from './bounded';
import { CALLS_REMEMBERED } from './constants';
import type { TrackerContext } from './context';
import { expectations } from './expectations';
import { claimRefOf } from './looks';
import { TABLES } from './rows';
import { addSpending } from './spending';
import type { Durable } from './videoCache';

/** Who is called for a step, where a call is made for it. */
const SERVICE_OF_STEP: Record<Step, CalledService> = {
	voiceover: 'elevenLabs',
	background: 'goApi',
	combine: 'nca',
	concatenate: 'nca',
	music: 'goApi',
	mix: 'nca',
};

/** Names a call: one attempt of one job. */
export function callKeyOf(jobKey: string, attempt: number): string {
	return `${jobKey}#${attempt}`;
}

/** What the call of a claim is thought to cost; undefined where none is made (a person's clip is only copied). */
export function estimateClaim(context: TrackerContext, snapshot: VideoSnapshot, claim: PlannedClaim): Cost | undefined {
	const { job, work } = claim;
	const text = typeof work.input.text === 'string' ? work.input.text : undefined;
	const expectedS = expectationOf(snapshot, job, expectations(context)).p50S;
	return estimateWork({ step: job.step, service: work.service, text, expectedS }, context.settings);
}

/** A job for whose attempt a call was, or is to be, made. */
type CalledJob = JobFacts & { inputHash: string; estimatedCostUsd: number };

function isCalled(job: JobFacts): job is CalledJob {
	return job.estimatedCostUsd !== undefined && job.inputHash !== undefined;
}

/** Whether the call of a job costs money: then it is written down before it is made. */
function isPaid(context: TrackerContext, job: JobFacts): job is CalledJob {
	return isCalled(job) && isCharged(SERVICE_OF_STEP[job.step], context.settings);
}

/** What every write of a row says, so that one that is the first makes a whole row. */
function fieldsOf(job: CalledJob, attempt: number): Fields {
	return {
		call_key: callKeyOf(job.jobKey, attempt),
		job_key: job.jobKey,
		video_id: videoIdOf(job.jobKey),
		step: job.step,
		service: SERVICE_OF_STEP[job.step],
		attempt,
		input_hash: job.inputHash,
		estimated_cost: job.estimatedCostUsd,
	};
}

/**
 * Writes down a call before it is made, with what it is thought to cost (which is counted by then). The call may be
 * made only when this is durable. Work that nobody charges for is written down at its end, in the same row.
 *
 * @param job as the claim leaves it
 */
export function reserveCall(context: TrackerContext, job: JobFacts): Durable[] {
	if (!isPaid(context, job)) return [];
	const reservedAt = new Date(context.clock.now()).toISOString();
	// A claim that did not come about may have left a row of the same key.
	const open = { state: 'reserved', reserved_at: reservedAt, settled_at: null, note: null };
	const row = { ...fieldsOf(job, job.attempt), ...open };
	return [context.store.upsert(TABLES.paidCalls, 'call_key', row)];
}

/** Takes back what was counted for a call which another process makes now, with a row of its own. */
export function forgetCall(context: TrackerContext, job: JobFacts): void {
	if (isPaid(context, job)) addSpending(context, context.clock.now(), -job.estimatedCostUsd);
}

/** Takes back the reservation of a claim that did not come about: nothing was called. */
export function withdrawCall(context: TrackerContext, job: JobFacts): void {
	if (!isPaid(context, job)) return;
	forgetCall(context, job);
	writeEnd(context, job, job.attempt, { state: 'released', note: 'The claim did not come about.' });
}

function writeEnd(
	context: TrackerContext,
	job: CalledJob,
	attempt: number,
	end: Pick<CallConclusion, 'state' | 'actual' | 'note'> & { isPaidAgain?: boolean },
): void {
	const row = {
		...fieldsOf(job, attempt),
		state: end.state,
		actual_cost: end.actual?.usd ?? null,
		units: end.actual?.units ?? null,
		unit: end.actual?.unit ?? null,
		...(attempt === job.attempt && job.claimedAtMs ? { reserved_at: new Date(job.claimedAtMs).toISOString() } : {}),
		settled_at: new Date(context.clock.now()).toISOString(),
		note: end.note ?? null,
		...(end.isPaidAgain ? { paid_again: true } : {}),
	};
	void context.store.upsert(TABLES.paidCalls, 'call_key', row, {
		mayWaitMs: isPaid(context, job) ? LINGER_MS : LINGER_LONG_MS,
	});
}

/**
 * Remembers how a call was concluded. False when nothing is left to say: repeated deliveries of one event cost nothing
 * again, but a call that was lost from sight may still turn up.
 */
function conclude(context: TrackerContext, callKey: string, state: CallState): boolean {
	const { concludedCalls } = context.memory;
	const before = concludedCalls.get(callKey);
	if (before !== undefined && (before !== 'unknown' || state === 'unknown')) return false;
	concludedCalls.delete(callKey);
	concludedCalls.set(callKey, state);
	dropOldest(concludedCalls, CALLS_REMEMBERED);
	return true;
}

/** A result has proven that the call before was made and paid, of which nobody knew: its row says so from now on. */
async function settleEarlier(context: TrackerContext, job: CalledJob): Promise<void> {
	const ofJob = `${formulaField('job_key')}=${formulaString(job.jobKey)}`;
	const filterByFormula = `AND(${ofJob},${formulaField('state')}='unknown')`;
	const rows = await context.store.list(TABLES.paidCalls, { filterByFormula });
	const attempts = rows.ok ? rows.value.map(({ fields }) => Number(fields.attempt)) : [];
	const latest = Math.max(...attempts.filter((attempt) => attempt < job.attempt));
	if (!Number.isFinite(latest)) return;
	const actual: Cost = { usd: job.estimatedCostUsd, units: 1, unit: 'calls' };
	const note = 'Its result was found later. The service did not say what it cost: the estimate.';
	writeEnd(context, job, latest, { state: 'settled', actual, note });
}

/**
 * Writes down how the call of an attempt ended, and gives the job with what follows: its cost, and whether its
 * provider was paid again. Called for every attempt that ends; an attempt without a call changes nothing.
 *
 * @param isUnderWay false for a late word of an attempt that was concluded before, maybe by a process that has ended
 */
export function concludeAttempt(
	context: TrackerContext,
	job: JobFacts,
	attempt: number,
	end: CallEnd,
	isUnderWay = true,
): JobFacts {
	if (!isCalled(job)) return job;
	const { estimatedCostUsd, inputHash } = job;
	const call = {
		service: SERVICE_OF_STEP[job.step],
		estimate: { usd: estimatedCostUsd, units: 1, unit: 'calls' },
		wasPaidBefore: job.paidHash === inputHash,
	};
	const conclusion = concludeCall(call, end, context.settings);
	const { state, actual, provesEarlier } = conclusion;
	const callKey = callKeyOf(job.jobKey, attempt);
	// A late word of an attempt that was given up settles it; only what was called after it was called again.
	const isFirstWord = isUnderWay && attempt === job.attempt && !context.memory.concludedCalls.has(callKey);
	if (!conclude(context, callKey, state)) return job;
	const isPaidAgain = conclusion.isPaidAgain && isFirstWord;
	writeEnd(context, job, attempt, { ...conclusion, isPaidAgain });
	const usd = actual?.usd ?? 0;
	if (state !== 'unknown') addSpending(context, job.claimedAtMs ?? context.clock.now(), usd - estimatedCostUsd);
	if (provesEarlier) void settleEarlier(context, job);
	return {
		...job,
		actualCostUsd:
			state === 'unknown' ? job.actualCostUsd : (job.actualCostUsd ?? 0) + usd + (provesEarlier ? estimatedCostUsd : 0),
		paidAgain: job.paidAgain + (isPaidAgain ? 1 : 0),
		paidHash: conclusion.isPaidByNow ? inputHash : job.paidHash,
	};
}

/** The end of a call that a provider's event tells of. */
export function endOfEvent(event: ProviderEvent, failure?: Failure): CallEnd {
	const { usage, timings, foundIn } = event;
	return failure ? { kind: 'failure', failure, usage, timings } : { kind: 'result', usage, timings, foundIn };
}

/** The job after its attempt was given up by us while its call may go on: a swapped clip, a person's cancel or retry. */
export function abandonAttempt(context: TrackerContext, job: JobFacts): JobFacts {
	if (job.status !== 'processing') return job;
	// It may still wait for its turn: then it must not begin.
	context.claims.revoke(claimRefOf(job));
	return concludeAttempt(context, job, job.attempt, { kind: 'failure', failure: { class: 'lost', began: 'unknown' } });
}

/**
 * Takes note of what a call cost whose result is not wanted any more (another attempt was faster, or a person has
 * cancelled). Gives the changed job, or undefined when there is nothing to note.
 */
export function concludeLate(context: TrackerContext, job: JobFacts, event: ProviderEvent): JobFacts | undefined {
	const isOver = event.outcome === 'completed' || event.outcome === 'failed';
	if (!isOver || hashOf(job) !== event.h || event.attempt > job.attempt) return undefined;
	// The attempt that completed the job was concluded with it, maybe by a process that has ended.
	const isOpen = context.memory.concludedCalls.get(callKeyOf(job.jobKey, event.attempt)) === 'unknown';
	if (event.attempt === job.attempt && job.status === 'completed' && !isOpen) return undefined;
	const end = endOfEvent(event, event.error);
	const changed = concludeAttempt(context, job, event.attempt, end, job.status === 'processing');
	return changed === job ? undefined : changed;
}

/**
 * A job that takes a result, with what its calls cost. Where the result is that of an earlier attempt, the call of the
 * present one may still be under way: it counts as lost until its own result comes.
 *
 * @param job as it was before
 * @param completed as the result leaves it
 */
export function concludeTaken(
	context: TrackerContext,
	job: JobFacts,
	completed: JobFacts,
	event: ProviderEvent,
): JobFacts {
	const isOwn = event.attempt === job.attempt;
	const given = isOwn ? job : abandonAttempt(context, job);
	const isUnderWay = job.status === 'processing';
	const end = endOfEvent(event);
	const { actualCostUsd, paidAgain, paidHash } = concludeAttempt(context, given, event.attempt, end, isUnderWay);
	return { ...completed, actualCostUsd, paidAgain, paidHash };
}
