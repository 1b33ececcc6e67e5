import type { IDataObject } from 'n8n-workflow';

import type { CostReport } from '../../engine/costs/actual';
import type { Failure, FailureClass, ProviderEvent, ServiceName } from '../../engine/events';
import { shortHash } from '../../engine/hash';
import { ok, refuse, type Result } from '../../engine/result';
import type { Evidence, JobNews } from '../../tracker/types';
import { shorten } from '../shared/redact';

const OUTCOMES = ['completed', 'failed', 'progress'];
const FAILURE_CLASSES: FailureClass[] = [
	'invalid_input',
	'auth',
	'quota',
	'rate_limited',
	'refused',
	'unavailable',
	'timeout',
	'provider_failed',
	'lost',
	'expired',
	'verification',
	'cancelled',
	'unknown',
];
const BEGAN: Array<Failure['began']> = ['no', 'yes', 'unknown'];
/** Services that the recovery flow asks. */
const ASKED: ServiceName[] = ['nca', 'goApi', 'spaces'];
const EVIDENCE: Evidence[] = ['queued', 'running', 'unknown', 'absent', 'unreachable'];

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is assumed of a failure that says nothing: it may have been paid for, and another attempt may do. */
const UNSAID: Failure = { class: 'unknown', message: 'The step failed.', began: 'unknown', retryable: true };
const UNSAID_BY_PROVIDER: Failure = {
	class: 'provider_failed',
	message: 'The provider gave no reason.',
	began: 'yes',
	retryable: true,
};

const UNANSWERED: Failure = {
	class: 'unavailable',
	message: 'The service did not answer.',
	began: 'unknown',
	retryable: true,
};

/** A failure from whatever stands in its place; words are redacted, what is missing or odd is as in the fallback. */
function toFailure(value: unknown, fallback: Failure): Failure {
	if (typeof value === 'string' && value !== '') return { ...fallback, message: shorten(value) };
	if (!isRecord(value)) return fallback;
	const { message, retryable, httpStatus, retryAfterS } = value;
	return {
		class: FAILURE_CLASSES.find((known) => known === value.class) ?? fallback.class,
		message: typeof message === 'string' && message !== '' ? shorten(message) : fallback.message,
		began: BEGAN.find((known) => known === value.began) ?? fallback.began,
		retryable: typeof retryable === 'boolean' ? retryable : fallback.retryable,
		...(typeof httpStatus === 'number' ? { httpStatus } : {}),
		...(typeof retryAfterS === 'number' ? { retryAfterS } : {}),
	};
}

/** The failure that an error item of our nodes carries, or one made from its words. */
export function readFailure(item: Record<string, unknown>): Failure {
	// `details` is where n8n lets our error items keep it; `failure` is where Match Result puts it.
	const carried = isRecord(item.details) ? item.details.failure : item.failure;
	return toFailure(isRecord(carried) ? carried : (item.failure ?? item.error), UNSAID);
}

/** What the service said of the cost of a failed call, where the item holds the event that brought the news. */
export function readReport(item: Record<string, unknown>): CostReport {
	const { usage, timings } = item;
	const amount = isRecord(usage) ? usage.amount : undefined;
	const unit = isRecord(usage) ? usage.unit : undefined;
	const runS = isRecord(timings) ? timings.runS : undefined;
	return {
		...(typeof amount === 'number' && typeof unit === 'string' ? { usage: { amount, unit } } : {}),
		...(typeof runS === 'number' ? { timings: { runS } } : {}),
	};
}

function readIdentity(item: Record<string, unknown>): Result<{ jobKey: string; attempt: number; h: string }> {
	const { jobKey, attempt, h, inputHash } = item;
	if (typeof jobKey !== 'string' || jobKey === '') return refuse('invalid_event', 'The item names no job.', 'jobKey');
	const hash = typeof h === 'string' && h !== '' ? h : shortHash(String(inputHash ?? ''));
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

/** Why a look found nothing out: the error of its item, or what the node noted beside "can't tell". */
function readProblem(item: IDataObject): Failure | undefined {
	if (item.error !== undefined) return readFailure(item);
	return typeof item.problem === 'string' ? toFailure(item.problem, UNANSWERED) : undefined;
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
	const service = ASKED.find((known) => known === item.look);
	return ok({ ...identity.value, evidence, failure: readProblem(item), service });
}

/** A failed event always says why. */
function withFailure(event: ProviderEvent): ProviderEvent {
	return event.outcome === 'failed' ? { ...event, error: toFailure(event.error, UNSAID_BY_PROVIDER) } : event;
}
