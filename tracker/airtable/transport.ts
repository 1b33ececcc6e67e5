import Airtable, { type Error as AirtableError } from 'airtable';

import { REQUEST_TIMEOUT_MS } from './constants';
import type { RequestReport, TrackerClock } from './types';

export interface ApiRequest {
	method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	table: string;
	/** Below the table, e.g. `/listRecords`. */
	subPath?: string;
	query?: Record<string, unknown>;
	body?: unknown;
	/** How many records it writes; 0 for reads. */
	records: number;
}

/**
 * Why a request failed:
 * - `rate_limited`: 429, nothing was done;
 * - `refused`: 404, 413 or 422, the request as a whole was refused for what it holds;
 * - `transient`: no answer or a server's fault; with `mayHaveBegun` a write may stand all the same;
 * - `final`: trying again does not help.
 */
export interface ApiFailure {
	ok: false;
	kind: 'rate_limited' | 'refused' | 'transient' | 'final';
	/** HTTP status; 0 when there was no answer. */
	status: number;
	/** Airtable's error type, e.g. `INVALID_VALUE_FOR_COLUMN`. */
	type: string;
	message: string;
	mayHaveBegun: boolean;
}

export type ApiAnswer = { ok: true; body: Record<string, unknown> } | ApiFailure;

/** What a probe found: the base answers, is locked for 30 s, or has used up its month. */
export type ProbeVerdict = 'open' | 'rate_limited' | 'quota_exceeded';

/** Sends one request at a time to Airtable and says what came of it; no retries, no limits. */
export interface Transport {
	send(request: ApiRequest): Promise<ApiAnswer>;
	/** Asks for one record, to read the body of a 429, which the airtable package does not pass on. */
	probe(table: string): Promise<ProbeVerdict>;
}

export interface TransportOptions {
	token: string;
	baseId: string;
	endpointUrl: string;
	clock: TrackerClock;
	timeoutSignal: (ms: number) => AbortSignal;
	onRequest: (report: RequestReport) => void;
}

/** The connection was never made, so nothing can have begun. */
const NOT_CONNECTED = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/;
const QUOTA_ERROR = 'PUBLIC_API_BILLING_LIMIT_EXCEEDED';

/** Builds the transport on the airtable package's `base.makeRequest`; `table.*` never settles on some answers. */
export function createTransport(options: TransportOptions): Transport {
	const { token, endpointUrl, clock, timeoutSignal, onRequest } = options;
	const baseId = encodeURIComponent(options.baseId);
	const base = new Airtable({
		// An empty key would make the package take one from the environment.
		apiKey: token === '' ? 'none' : token,
		endpointUrl,
		noRetryIfRateLimited: true,
		requestTimeout: REQUEST_TIMEOUT_MS,
	}).base(baseId);

	const attempt = async (request: ApiRequest): Promise<ApiAnswer> => {
		const { method, table, subPath = '', query, body } = request;
		try {
			const path = `/${encodeURIComponent(table)}${subPath}`;
			const answer = await base.makeRequest({ method, path, qs: query, body });
			return { ok: true, body: answer.body as Record<string, unknown> };
		} catch (error) {
			return readFailure(error, token);
		}
	};

	const report = (request: Pick<ApiRequest, 'method' | 'table' | 'records'>, status: number, startedAt: number) => {
		const { method, table, records } = request;
		onRequest({ method, table, status, records, durationMs: clock.now() - startedAt });
	};

	return {
		async send(request) {
			const startedAt = clock.now();
			// The package's own time-out ends with the headers; a body may still hang.
			const answer = await Promise.race([attempt(request), timeOut(timeoutSignal(REQUEST_TIMEOUT_MS))]);
			report(request, answer.ok ? 200 : answer.status, startedAt);
			return answer;
		},

		async probe(table) {
			const startedAt = clock.now();
			const url = `${endpointUrl}/v0/${baseId}/${encodeURIComponent(table)}?maxRecords=1&pageSize=1`;
			const { status, text } = await readText(url, token, timeoutSignal(REQUEST_TIMEOUT_MS));
			report({ method: 'GET', table, records: 0 }, status, startedAt);
			if (status !== 429) return 'open';
			return text.includes(QUOTA_ERROR) ? 'quota_exceeded' : 'rate_limited';
		},
	};
}

async function readText(url: string, token: string, signal: AbortSignal): Promise<{ status: number; text: string }> {
	try {
		const response = await fetch(url, { headers: { authorization: `Bearer ${token}` }, signal });
		return { status: response.status, text: await response.text() };
	} catch {
		return { status: 0, text: '' };
	}
}

async function timeOut(signal: AbortSignal): Promise<ApiFailure> {
	await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
	const message = `no answer within ${REQUEST_TIMEOUT_MS / 1_000} s`;
	return { ok: false, kind: 'transient', status: 0, type: 'TIMEOUT', message, mayHaveBegun: true };
}

/** The package rejects with objects of its own that are no Errors. */
function readFailure(error: unknown, token: string): ApiFailure {
	const { error: type = 'UNKNOWN', message, statusCode } = error as Partial<AirtableError> & { message: string };
	const status = statusCode ?? 0;
	return {
		ok: false,
		kind: kindOf(status),
		status,
		type,
		// What stands before the reason is the URL with its query; a proxy's page may repeat the token.
		message: message.replace(/^request to \S+ failed, reason: /, '').replaceAll(token || '\0', '[hidden]'),
		mayHaveBegun: status !== 429 && !(status === 0 && NOT_CONNECTED.test(message)),
	};
}

function kindOf(status: number): ApiFailure['kind'] {
	if (status === 429) return 'rate_limited';
	if (status === 404 || status === 413 || status === 422) return 'refused';
	// Below 300: an answer that was no JSON, for instance a proxy's page.
	return status >= 500 || status < 300 ? 'transient' : 'final';
}
