import type { INode, JsonObject } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import type { Failure, FailureClass } from '../../engine/events';
import type { Result } from '../../engine/result';
import { shorten } from './redact';

export { redact } from './redact';

/** What the person can do, per class of failure. The provider's words go to the description. */
const ADVICE: Record<FailureClass, string> = {
	invalid_input: 'The service refused the input: correct the parameters named in the description',
	auth: 'The service refused the key: check the credential',
	quota: 'The plan or credit of this account is used up: raise it, then retry',
	rate_limited: 'The service asks for fewer requests: retry later or lower the concurrency',
	refused: 'The service refused to do this: see the description',
	unavailable: 'The service could not be reached or is failing: retry later',
	timeout: 'The service did not answer in time: look whether the work was done before retrying',
	provider_failed: 'The service reported that the work failed: see the description',
	expired: 'The link to the file has expired: ask for a fresh one',
	lost: 'The service no longer knows this job: submit it again',
	verification: 'The result does not match what was asked for',
	cancelled: 'The execution was cancelled',
	unknown: 'The call failed for a reason that is not known: see the description',
};

/** A failed call of an outside service, as the transports throw it. */
export class ServiceError extends Error {
	constructor(
		readonly failure: Failure,
		/** Name for people, such as `ElevenLabs`. */
		readonly service?: string,
	) {
		super(failure.message);
		this.name = 'ServiceError';
	}
}

type NodeLike = INode | { getNode(): INode };

function nodeOf(source: NodeLike): INode {
	return 'getNode' in source ? source.getNode() : source;
}

function isFailure(value: unknown): value is Failure {
	return typeof value === 'object' && value !== null && 'class' in value && 'began' in value && 'retryable' in value;
}

/** The failure behind any error: what a transport reported, or the nearest description of it. */
export function failureOf(error: unknown): Failure {
	if (error instanceof ServiceError) return error.failure;
	if (error instanceof NodeApiError || error instanceof NodeOperationError) {
		if (isFailure(error.context.failure)) return error.context.failure;
		const isInput = error instanceof NodeOperationError;
		return {
			class: isInput ? 'invalid_input' : 'unknown',
			message: shorten(error.message),
			began: 'no',
			retryable: false,
		};
	}
	// Errors of another realm are no `instanceof Error`: their members count.
	const { name, message: words } = (error ?? {}) as { name?: unknown; message?: unknown };
	if (name === 'AbortError') {
		return { class: 'cancelled', message: 'The execution was cancelled.', began: 'unknown', retryable: false };
	}
	return { class: 'unknown', message: shorten(String(words ?? error)), began: 'unknown', retryable: false };
}

/**
 * Turns any error into one that n8n shows well: the message says what to do, the description holds the provider's
 * words, `context.itemIndex` and `context.failure` are set. Errors of n8n keep their class.
 */
export function toNodeError(node: NodeLike, error: unknown, itemIndex: number): NodeApiError | NodeOperationError {
	const failure = failureOf(error);
	const nodeError = buildNodeError(nodeOf(node), error, failure, itemIndex);
	nodeError.context.itemIndex = itemIndex;
	nodeError.context.failure = failure;
	return nodeError;
}

function buildNodeError(
	node: INode,
	error: unknown,
	failure: Failure,
	itemIndex: number,
): NodeApiError | NodeOperationError {
	// n8n hands errors of its own classes back unchanged, so they are completed and not wrapped.
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	if (error instanceof ServiceError) {
		const { message } = failure;
		const details: JsonObject = { message, ...(failure.httpStatus ? { httpCode: String(failure.httpStatus) } : {}) };
		const prefix = error.service ? `${error.service}: ` : '';
		return new NodeApiError(node, details, {
			message: `${prefix}${ADVICE[failure.class]}`,
			description: message,
			httpCode: failure.httpStatus ? String(failure.httpStatus) : undefined,
			itemIndex,
		});
	}
	const message = failure.class === 'cancelled' ? ADVICE.cancelled : failure.message;
	return new NodeOperationError(node, message, { itemIndex });
}

/** Code and field of a refusal, where an error stands for one: what an API answers with. */
export function refusalOf(error: NodeApiError | NodeOperationError): { code?: string; field?: string } {
	const refusal: unknown = error.context.refusal;
	return typeof refusal === 'object' && refusal !== null ? refusal : {};
}

/**
 * The value of a {@link Result}, or its refusal as a `NodeOperationError` of this item.
 *
 * @throws NodeOperationError with the refusal's message; the field at fault is in the description
 */
export function unwrap<T>(node: NodeLike, result: Result<T>, itemIndex: number): T {
	if (result.ok) return result.value;
	const description = result.field === undefined ? undefined : `Field: ${result.field}`;
	const error = new NodeOperationError(nodeOf(node), result.message, { itemIndex, description });
	error.context.refusal = { code: result.code, ...(result.field === undefined ? {} : { field: result.field }) };
	throw error;
}
