import type { ICredentialDataDecryptedObject, IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { Failure } from '../../engine/events';
import { parseNcaEnvelope } from '../../engine/nca/wire';
import { request, type HttpAnswer, type HttpTiming } from '../shared/http';
import { SERVICE_LABEL, SUBMIT_TIMEOUT_MS } from './constants';

interface NcaCredentials extends ICredentialDataDecryptedObject {
	baseUrl: string;
	apiKey: string;
}

export interface ToolkitCall {
	method?: 'GET' | 'POST';
	/** Path of the v1 API, such as `/v1/video/trim`. */
	path: string;
	body?: IDataObject;
	/** True for questions; a submit is never idempotent, because the toolkit makes a second job of it. */
	idempotent?: boolean;
	timeoutMs?: number;
	timing?: HttpTiming;
}

/** Statuses with which a proxy says that it waited in vain; the toolkit may be at work all the same. */
const PROXY_TIMEOUTS = [408, 504, 522, 524];

function isHtml(answer: HttpAnswer): boolean {
	return typeof answer.body === 'string' && /^\s*<|<html/i.test(answer.body);
}

function explainHtml({ status }: HttpAnswer, path: string): Partial<Failure> | undefined {
	if (status === 404 || status === 405) {
		const message = `This toolkit has no ${path}: it is an older version, or a part that the feature needs is not installed.`;
		return { class: 'refused', message, retryable: false };
	}
	if (PROXY_TIMEOUTS.includes(status)) {
		const message = `A proxy before the toolkit did not wait for the answer (HTTP ${status}). Queue long work instead.`;
		return { class: 'timeout', message };
	}
	return undefined;
}

/** What the toolkit's own words add to a refused answer. Its error texts hold the reason in their last useful line. */
export function explain(answer: HttpAnswer, call: ToolkitCall): Partial<Failure> | undefined {
	if (isHtml(answer)) return explainHtml(answer, call.path);
	const parsed = parseNcaEnvelope(answer.body, answer.status);
	if (!parsed.ok || parsed.value.kind === 'accepted') return undefined;
	const failure = parsed.value.kind === 'refused' ? parsed.value.failure : parsed.value.envelope.error;
	if (!failure) return undefined;
	const { message, class: failureClass, retryable } = failure;
	// An envelope of 404 comes from the status routes: they do not know the job. Asking again at once changes nothing.
	if (answer.status === 404) return { class: 'lost', message, retryable: false };
	return { class: failureClass, message, retryable, ...(call.idempotent === true ? {} : { began: failure.began }) };
}

/**
 * One request to the toolkit. Questions are asked again after trouble; a submit only when the toolkit turned it away
 * (429, connection refused), because it knows no idempotency: sent twice, it runs twice.
 *
 * @throws NodeOperationError when the credential has no base URL
 * @throws ServiceError for every answer that is not 2xx
 */
export async function callToolkit(ctx: IExecuteFunctions, call: ToolkitCall, itemIndex: number): Promise<HttpAnswer> {
	const credentials = await ctx.getCredentials<NcaCredentials>('ncaToolkitApi', itemIndex);
	const base = String(credentials.baseUrl ?? '')
		.trim()
		.replace(/\/+$/, '');
	if (!/^https?:\/\/[^\s/]+/i.test(base)) {
		throw new NodeOperationError(ctx.getNode(), 'Base URL is required in the NCA Toolkit credential', { itemIndex });
	}
	return await request(ctx, {
		service: SERVICE_LABEL,
		method: call.method ?? 'POST',
		url: `${base}${call.path}`,
		headers: { 'X-API-Key': String(credentials.apiKey ?? '') },
		body: call.body,
		timeoutMs: call.timeoutMs ?? SUBMIT_TIMEOUT_MS,
		idempotent: call.idempotent,
		signal: ctx.getExecutionCancelSignal(),
		explain: (answer) => explain(answer, call),
		timing: call.timing,
	});
}
