import { SETTLE_HARD_LIMIT_S, SUBMIT_HARD_LIMIT_S, SYNC_CALL_HARD_LIMIT_S } from '../engine/video/constants';
import type { JobFacts } from '../engine/video/types';
import type { ClaimPhase } from './claimRegistry';
import { MS_PER_S } from './constants';
import type { TrackerContext } from './context';
import { claimRefOf } from './looks';

/** How long a claim may stay in its phase; Infinity where only the deadline of the attempt limits it. */
function hardLimitS(phase: ClaimPhase, job: JobFacts): number {
	if (phase === 'calling') return SYNC_CALL_HARD_LIMIT_S;
	if (phase === 'settling') return SETTLE_HARD_LIMIT_S;
	// A voice may wait for a slot as long as it must: nothing was begun.
	if (job.step === 'voiceover') return Infinity;
	// A person's clip is copied by the call itself; everything else is only handed over.
	return job.step === 'background' ? SYNC_CALL_HARD_LIMIT_S : SUBMIT_HARD_LIMIT_S;
}

/** A claim is alive while its holder is, and while its call has not passed its hard limit. */
export async function isClaimAlive(context: TrackerContext, job: JobFacts, nowMs: number): Promise<boolean> {
	const claim = await context.claims.get(claimRefOf(job));
	if (!claim) return false;
	const isInTime = nowMs < (job.deadlineAtMs ?? Infinity) || claim.phase !== 'waiting';
	return isInTime && nowMs - claim.sinceMs < hardLimitS(claim.phase, job) * MS_PER_S;
}
