import type { Failure, FailureClass } from '../../engine/events';
import type { HttpAnswer } from '../shared/http';
import { shorten } from '../shared/redact';
import { readEnvelope, readTask, type Envelope } from './wire';

const CLASS_BY_CODE: Record<number, FailureClass> = {
	400: 'invalid_input',
	401: 'auth',
	402: 'quota',
	403: 'auth',
	404: 'lost',
	422: 'invalid_input',
	429: 'rate_limited',
};

const OUT_OF_CREDIT = /insufficient|not enough (credit|point|balance|quota)|out of credit/i;

function classOf(envelope: Envelope): FailureClass {
	if (OUT_OF_CREDIT.test(envelope.message)) return 'quota';
	return CLASS_BY_CODE[envelope.code ?? 0] ?? 'unavailable';
}

/** What an envelope whose `code` is not 200 means. */
export function failureOfEnvelope(envelope: Envelope): Failure {
	const failureClass = classOf(envelope);
	const isRetryable = failureClass === 'rate_limited' || failureClass === 'unavailable';
	return {
		class: failureClass,
		message: shorten(
			envelope.message === '' ? `The service answered with code ${envelope.code ?? 'none'}.` : envelope.message,
		),
		began: failureClass === 'unavailable' ? 'unknown' : 'no',
		retryable: isRetryable,
		httpStatus: envelope.code,
	};
}

/**
 * What an answer of GoAPI that is not 2xx means. A create may answer 500 and hold a task that failed: then the
 * service did take it, and says why.
 */
export function explainGoApi(answer: HttpAnswer): Partial<Failure> | undefined {
	const envelope = readEnvelope(answer.body);
	const task = readTask(envelope.data);
	if (task.ok && task.value.failure) return { ...task.value.failure, httpStatus: answer.status };
	if (envelope.code === undefined && envelope.message === '') return undefined;
	const message = shorten(envelope.message);
	if (OUT_OF_CREDIT.test(message)) return { class: 'quota', message, began: 'no', retryable: false };
	if (answer.status === 404) return { class: 'lost', message, began: 'no', retryable: false };
	return message === '' ? undefined : { message };
}
