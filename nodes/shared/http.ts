import type { IDataObject, IHttpRequestMethods, IHttpRequestOptions } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

import type { Failure } from '../../engine/events';
import {
	REQUEST_ATTEMPTS_MAX,
	REQUEST_TIMEOUT_MS,
	RETRY_AFTER_MAX_MS,
	RETRY_BACKOFF_FIRST_MS,
	RETRY_BACKOFF_MAX_MS,
} from './constants';
import { ServiceError } from './errors';
import { failureOfNetworkError, failureOfStatus } from './httpFailure';
import { hideKnownDeep, isSecretField } from './redact';
import { parseRetryAfterS } from './retryAfter';

/** The part of an n8n context that makes requests: node executions, list searches and triggers have it. */
export interface HttpContext {
	helpers: { httpRequest(options: IHttpRequestOptions): Promise<unknown> };
}

/** Waiting and chance, replaced in tests. */
export interface HttpTiming {
	random(): number;
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
	nowMs(): number;
}

export interface HttpRequest {
	/** Name for people, such as `ElevenLabs`; it opens the error message. */
	service: string;
	method: IHttpRequestMethods;
	url: string;
	headers?: Record<string, string>;
	qs?: IDataObject;
	body?: IHttpRequestOptions['body'];
	/** False when the body is not JSON, such as multipart bytes. Answers are read as JSON where they are. */
	json?: boolean;
	/** `arraybuffer` gives the body as bytes. */
	encoding?: 'json' | 'text' | 'arraybuffer';
	timeoutMs?: number;
	/** True when doing it twice does no harm; then time-outs and 5xx are tried again, too. */
	idempotent?: boolean;
	signal?: AbortSignal;
	/** Reads the service's own error words from a refused answer, to refine what the status says. */
	explain?: (answer: HttpAnswer) => Partial<Failure> | undefined;
	/** What must not come back in a refusal, besides the values of key-like headers: secrets in the body or the URL. */
	secrets?: string[];
	timing?: HttpTiming;
}

export interface HttpAnswer {
	status: number;
	/** Names in lower case. */
	headers: Record<string, string>;
	/** Parsed JSON, text (HTML bodies come through as text), or a Buffer with `encoding: 'arraybuffer'`. */
	body: unknown;
}

type Attempt = { ok: true; answer: HttpAnswer } | { ok: false; failure: Failure };

// Looked up at each call, so that a test or a virtual world that replaces them holds here, too.
const REAL_TIMING: HttpTiming = { random: () => Math.random(), sleep, nowMs: () => Date.now() };

function lowerCaseHeaders(headers: unknown): Record<string, string> {
	const entries = typeof headers === 'object' && headers !== null ? Object.entries(headers) : [];
	return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** JSON where it is JSON, text otherwise: error pages of proxies are HTML. */
export function readJsonOrText(body: unknown): unknown {
	const text = body instanceof Uint8Array ? Buffer.from(body).toString('utf8') : body;
	if (typeof text !== 'string') return text;
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}

function toOptions(request: HttpRequest): IHttpRequestOptions {
	return {
		method: request.method,
		url: request.url,
		headers: request.headers,
		qs: request.qs,
		body: request.body,
		json: request.json !== false,
		encoding: request.encoding ?? 'text',
		timeout: request.timeoutMs ?? REQUEST_TIMEOUT_MS,
		abortSignal: request.signal,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		// A key of one service must not travel to whatever host a redirect names.
		disableFollowRedirect: true,
	};
}

/** Services repeat the key that they refuse; whatever reads a refusal sees it without. */
function secretsOf({ headers = {}, secrets = [] }: HttpRequest): string[] {
	const keys = Object.entries(headers).filter(([name]) => isSecretField(name));
	return [...secrets, ...keys.map(([, value]) => value.replace(/^(?:bearer|basic)\s+/i, ''))];
}

async function tryOnce(ctx: HttpContext, request: HttpRequest, nowMs: number): Promise<Attempt> {
	try {
		const raw = (await ctx.helpers.httpRequest(toOptions(request))) as IDataObject;
		const status = Number(raw.statusCode);
		const isBinary = request.encoding === 'arraybuffer' && status < 300;
		const body = isBinary ? raw.body : readJsonOrText(raw.body);
		const headers = lowerCaseHeaders(raw.headers);
		if (status >= 200 && status < 300) return { ok: true, answer: { status, headers, body } };
		const answer: HttpAnswer = { status, headers, body: hideKnownDeep(body, secretsOf(request)) };
		const failure = failureOfStatus(answer, request.idempotent === true);
		const retryAfterS = parseRetryAfterS(answer.headers['retry-after'], nowMs);
		return { ok: false, failure: { ...failure, retryAfterS, ...request.explain?.(answer) } };
	} catch (error) {
		return { ok: false, failure: failureOfNetworkError(error, request.idempotent === true, request.signal) };
	}
}

function pauseMs(failure: Failure, attempt: number, timing: HttpTiming): number {
	if (failure.retryAfterS !== undefined) return failure.retryAfterS * 1000 + timing.random() * RETRY_BACKOFF_FIRST_MS;
	const ceiling = Math.min(RETRY_BACKOFF_MAX_MS, RETRY_BACKOFF_FIRST_MS * 2 ** attempt);
	return ceiling * (0.5 + timing.random() / 2);
}

/**
 * Whether trying again at once is safe: nothing began, or the request is idempotent. An unknown outcome of anything
 * else is never repeated here, because it may have been paid for.
 */
function mayRetry(failure: Failure, request: HttpRequest): boolean {
	if (!failure.retryable) return false;
	if ((failure.retryAfterS ?? 0) * 1000 > RETRY_AFTER_MAX_MS) return false;
	return failure.began === 'no' || request.idempotent === true;
}

async function waitOrCancel(timing: HttpTiming, ms: number, signal?: AbortSignal): Promise<boolean> {
	try {
		await timing.sleep(ms, signal);
		return true;
	} catch {
		return false;
	}
}

/**
 * One request to a service: JSON in and out by default, bytes on demand. It repeats by itself only what is idempotent
 * or what never began (connection refused, 429, 503 with Retry-After), with jitter, honouring Retry-After.
 *
 * @throws ServiceError for every answer that is not 2xx, for network errors and for cancellation
 */
export async function request(ctx: HttpContext, httpRequest: HttpRequest): Promise<HttpAnswer> {
	const timing = httpRequest.timing ?? REAL_TIMING;
	for (let attempt = 0; ; attempt++) {
		const outcome = await tryOnce(ctx, httpRequest, timing.nowMs());
		if (outcome.ok) return outcome.answer;

		const { failure } = outcome;
		const isLast = attempt + 1 >= REQUEST_ATTEMPTS_MAX;
		if (isLast || !mayRetry(failure, httpRequest)) throw new ServiceError(failure, httpRequest.service);
		if (!(await waitOrCancel(timing, pauseMs(failure, attempt, timing), httpRequest.signal))) {
			const cancelled = { ...failure, class: 'cancelled' as const, retryable: false };
			throw new ServiceError(cancelled, httpRequest.service);
		}
	}
}
