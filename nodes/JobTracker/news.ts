import type { IDataObject } from 'n8n-workflow';

import type { Failure, ProviderEvent } from '../../engine/events';
import { ok, refuse, type Result } from '../../engine/result';
import type { Evidence, JobNews } from '../../tracker/types';

const OUTCOMES = ['completed', 'failed', 'progress'];
const EVIDENCE: Evidence[] = ['queued', 'running', 'unknown', 'absent', 'unreachable'];

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The failure that an error item of our nodes carries, or one made from its words. */
export function readFailure(item: Record<string, unknown>): Failure {
	const { failure, error } = item;
	if (isRecord(failure) && typeof failure.class === 'string' && typeof failure.message === 'string') {
		return failure as unknown as Failure;
	}
	const message = isRecord(error) ? String(error.message ?? 'The step failed') : String(error ?? 'The step failed');
	return { class: 'unknown', message, began: 'unknown', retryable: true };
}

function readIdentity(item: Record<string, unknown>): Result<{ jobKey: string; attempt: number; h: string }> {
	const { jobKey, attempt, h, inputHash } = item;
	if (typeof jobKey !== 'string' || jobKey === '') return refuse('invalid_event', 'The item names no job.', 'jobKey');
	const hash = typeof h === 'string' && h !== '' ? h : String(inputHash ?? '').slice(0, 16);
	if (!/^[0-9a-f]{16}$/.test(hash)) return refuse('invalid_event', 'The item holds no hash of its result.', 'h');
	const count = Number(attempt);
	if (!Number.isSafeInteger(count) || count < 1)
		return refuse('invalid_event', 'The item names no attempt.', 'attempt');
	return ok({ jobKey, attempt: count, h: hash });
}

/** A provider's event from an item; refused with code `invalid_event` and the field at fault. */
export function readEvent(item: unknown): Result<ProviderEvent> {
	if (!isRecord(item)) return refuse('invalid_event', 'The event is not an object.', 'event');
	const identity = readIdentity(item);
	if (!identity.ok) return identity;
	if (!OUTCOMES.includes(String(item.outcome))) {
		return refuse('invalid_event', `outcome must be one of: ${OUTCOMES.join(', ')}.`, 'outcome');
	}
	const outputs = Array.isArray(item.outputs) ? item.outputs.filter(isRecord) : [];
	if (item.outcome === 'completed' && typeof outputs[0]?.url !== 'string') {
		return refuse('invalid_event', 'A completed event must have an output with a URL.', 'outputs');
	}
	return ok({
		...(item as unknown as ProviderEvent),
		...identity.value,
		outputs: outputs as unknown as ProviderEvent['outputs'],
	});
}

/** "Can't tell" is not "gone": only a service that answered and does not know the job gives `unknown`. */
function readEvidence(item: IDataObject): Evidence {
	const evidence = EVIDENCE.find((known) => known === item.evidence);
	return evidence === undefined || (evidence === 'unknown' && item.notFound !== true) ? 'unreachable' : evidence;
}

/** News about a job from an item: an event, a finding of the recovery flow, or the error of a look that failed. */
export function readNews(item: IDataObject): Result<JobNews> {
	if (OUTCOMES.includes(String(item.outcome))) {
		const event = readEvent(item);
		if (!event.ok) return event;
		const { jobKey, attempt, h } = event.value;
		return ok({ jobKey, attempt, h, event: withFailure(event.value) });
	}
	const identity = readIdentity(item);
	if (!identity.ok) return identity;
	const evidence = readEvidence(item);
	const failure = item.error === undefined ? undefined : readFailure(item);
	return ok({ ...identity.value, evidence, failure });
}

/** A failed event always says why. */
function withFailure(event: ProviderEvent): ProviderEvent {
	if (event.outcome !== 'failed' || event.error) return event;
	const error: Failure = {
		class: 'provider_failed',
		message: 'The provider gave no reason.',
		began: 'yes',
		retryable: true,
	};
	return { ...event, error };
}
