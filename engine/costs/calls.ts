import type { Failure, ProviderEvent } from '../events';
import { reportedCost, type CostReport } from './actual';
import { isCharged } from './estimate';
import type { CalledService, Cost, Prices } from './types';

/** What is known of a call before its end. */
export interface Call {
	service: CalledService;
	estimate: Cost;
	/** Whether an earlier call for the same result was, or may have been, paid for. */
	wasPaidBefore: boolean;
}

/** How a call ended: with a result (of its own, or one that was found instead), or with a failure. */
export type CallEnd =
	| ({ kind: 'result' } & CostReport & Pick<ProviderEvent, 'foundIn'>)
	| ({ kind: 'failure'; failure: Pick<Failure, 'class' | 'began'> } & CostReport);

/**
 * - `settled`: the call was made, and this is what it cost;
 * - `released`: nothing was begun, or the result was found without a call;
 * - `unknown`: nobody can tell, so the estimate goes on counting.
 */
export type CallState = 'settled' | 'released' | 'unknown';

/** What a call's row says after its end. */
export interface CallConclusion {
	state: CallState;
	/** For `settled`. */
	actual?: Cost;
	/** True when the provider was paid, or may have been, for a result that was paid for before. */
	isPaidAgain: boolean;
	/** Whether the provider has been, or may have been, paid for this result by now. */
	isPaidByNow: boolean;
	/** True when the result proves that the earlier call was made and paid, of which nobody knew. */
	provesEarlier: boolean;
	note?: string;
}

/** Failures that are our own view of work which a service may go on with, and charge for. */
const OUT_OF_SIGHT: ReadonlySet<Failure['class']> = new Set(['lost', 'timeout']);

const FOUND_NOTES: Record<NonNullable<ProviderEvent['foundIn']>, string> = {
	spaces: 'No call: the object of an earlier attempt was in Spaces.',
	history: 'No call: an earlier attempt’s speech was in the history of ElevenLabs.',
	other_video: 'No call: another video has the same result.',
};

function released(call: Call, note: string, provesEarlier = false): CallConclusion {
	return { state: 'released', isPaidAgain: false, isPaidByNow: call.wasPaidBefore, provesEarlier, note };
}

function settled(call: Call, prices: Prices, actual: Cost, mayCharge = true, note?: string): CallConclusion {
	const isPaid = mayCharge && isCharged(call.service, prices);
	return {
		state: 'settled',
		actual,
		isPaidAgain: isPaid && call.wasPaidBefore,
		isPaidByNow: isPaid || call.wasPaidBefore,
		provesEarlier: false,
		note,
	};
}

function concludeResult(call: Call, end: Extract<CallEnd, { kind: 'result' }>, prices: Prices): CallConclusion {
	const reported = reportedCost(call.service, end, prices);
	if (end.foundIn !== undefined && (reported === undefined || reported.units === 0)) {
		const isOfEarlier = end.foundIn !== 'other_video' && call.wasPaidBefore;
		// An object of this very attempt lies there when n8n runs the node a second time: the first run was paid for.
		const isOfThis = end.foundIn === 'spaces' && !call.wasPaidBefore;
		if (!isOfThis) return released(call, FOUND_NOTES[end.foundIn], isOfEarlier);
	}
	// Parts that were found cost nothing again; those that were missing were not paid before.
	const isRest = end.foundIn === 'history' && reported !== undefined && reported.units > 0;
	const conclusion = settled(
		call,
		prices,
		reported ?? call.estimate,
		true,
		reported ? undefined : 'The service did not say what it cost: the estimate.',
	);
	return isRest ? { ...conclusion, isPaidAgain: false } : conclusion;
}

function concludeFailure(call: Call, end: Extract<CallEnd, { kind: 'failure' }>, prices: Prices): CallConclusion {
	const { failure } = end;
	if (failure.began === 'no') return released(call, 'Nothing was begun.');
	const reported = reportedCost(call.service, end, prices);
	const isOutOfSight = failure.began === 'unknown' || OUT_OF_SIGHT.has(failure.class);
	if (reported === undefined && isOutOfSight) {
		const isPaid = isCharged(call.service, prices);
		const isPaidAgain = isPaid && call.wasPaidBefore;
		const isPaidByNow = isPaid || call.wasPaidBefore;
		return { state: 'unknown', isPaidAgain, isPaidByNow, provesEarlier: false, note: 'The call was lost.' };
	}
	// GoAPI gives the points of a failed task back; ElevenLabs has charged for what it spoke; NCA has used its seconds.
	const nothing: Cost = { usd: 0, units: 0, unit: call.estimate.unit };
	const actual = reported ?? (call.service === 'elevenLabs' ? call.estimate : nothing);
	const mayCharge = call.service === 'nca' ? actual.usd > 0 : actual.units > 0;
	return settled(call, prices, actual, mayCharge);
}

/** Decides what became of a paid call, by how it ended. */
export function concludeCall(call: Call, end: CallEnd, prices: Prices): CallConclusion {
	return end.kind === 'result' ? concludeResult(call, end, prices) : concludeFailure(call, end, prices);
}
