import type { NodeEgressFilter } from 'n8n-workflow';
import { checkForeignUrl, type ForeignTarget } from '../../engine/net/foreignUrl';
import { ok, type Result } from '../../engine/result';
import { requestPinned, settle, type HopAnswer, type HopRequest } from './foreignFetch/connect';
import {
	HEADERS_FOR_OTHER_ORIGINS,
	HEADERS_TIMEOUT_MS,
	IDLE_TIMEOUT_MS,
	MAX_BYTES,
	PLAIN_ENCODINGS,
	REDIRECTS_MAX,
	TOTAL_TIMEOUT_MS,
	USER_AGENT,
} from './foreignFetch/constants';
import { codeOfError, ForeignFetchError, foreignRefusal } from './foreignFetch/failure';
import { defaultResolver, resolveTarget } from './foreignFetch/resolve';
import type { ForeignFetchOptions, ForeignResponse } from './foreignFetch/types';

export { ForeignFetchError, foreignFailure } from './foreignFetch/failure';
export type { ForeignFetchOptions, ForeignResponse, ResolvedAddress, ResolveHost } from './foreignFetch/types';

const REDIRECT_STATUSES = [301, 302, 303, 307, 308];

/** n8n's egress policy of this instance, where its version offers one; it does nothing unless it is switched on. */
export function egressFilterOf(helpers: object): NodeEgressFilter | undefined {
	if (!('getSecureEgressFilter' in helpers) || typeof helpers.getSecureEgressFilter !== 'function') return undefined;
	return helpers.getSecureEgressFilter() as NodeEgressFilter;
}

/**
 * Fetches a URL that a callback, a person or a record named. Such a URL is hostile until shown otherwise: scheme,
 * port, host and every address of it are checked before each connection, redirects included, and the connection is
 * pinned to the checked addresses. Environment proxies are not used, because they would resolve the name again.
 * Time, silence and size are bounded. Any HTTP status is a success here; messages never hold the URL.
 *
 * Codes: those of `checkForeignUrl`, `checkAddress` and `ForeignFetchCode`; `foreignFailure` makes a `Failure` of them.
 */
export async function foreignFetch(url: string, options: ForeignFetchOptions = {}): Promise<Result<ForeignResponse>> {
	const allowed = options.allowedInternalHosts ?? [];
	const limits = AbortSignal.timeout(options.timeoutMs ?? TOTAL_TIMEOUT_MS);
	const signal = options.signal === undefined ? limits : AbortSignal.any([limits, options.signal]);
	let request = toHopRequest(options, signal);
	let target = checkForeignUrl(url, allowed);

	for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
		if (!target.ok) return target;
		const answer = await fetchHop(target.value, request, options);
		if (!answer.ok) return answer;
		const location = redirectLocation(answer.value);
		if (location === undefined) return await receive(answer.value, target.value.url, options, request);

		await answer.value.close();
		if (request.method === 'POST') return foreignRefusal('redirect_refused');
		const next = checkForeignUrl(location, allowed, target.value.url);
		if (next.ok && next.value.url.origin !== target.value.url.origin) request = withoutOwnHeaders(request);
		target = next;
	}
	return foreignRefusal('redirects_too_many');
}

async function fetchHop(
	target: ForeignTarget,
	request: HopRequest,
	options: ForeignFetchOptions,
): Promise<Result<HopAnswer>> {
	if (options.egress !== undefined) {
		const allowed = await options.egress.validateUrl(target.url);
		if (!allowed.ok) return foreignRefusal('egress_refused');
	}
	const resolveHost = options.resolveHost ?? defaultResolver(options.egress);
	const addresses = await resolveTarget(target, resolveHost, request.signal);
	if (addresses.ok) return await requestPinned(target, addresses.value, request);
	return request.isCancelled() ? foreignRefusal('cancelled') : addresses;
}

async function receive(
	answer: HopAnswer,
	url: URL,
	options: ForeignFetchOptions,
	request: HopRequest,
): Promise<Result<ForeignResponse>> {
	const { status, headers } = answer;
	const maxBytes = options.maxBytes ?? MAX_BYTES;
	const declared = declaredLength(headers);
	const refusal = !PLAIN_ENCODINGS.includes(headers['content-encoding']?.trim().toLowerCase() ?? '')
		? foreignRefusal('encoding_refused')
		: declared !== undefined && declared > maxBytes && request.method !== 'HEAD'
			? foreignRefusal('too_large')
			: undefined;
	if (refusal !== undefined) {
		await answer.close();
		return refusal;
	}
	const expected = request.method === 'HEAD' ? undefined : declared;
	const body = guardBody(answer, { maxBytes, expected, isCancelled: request.isCancelled });
	return ok({ status, headers, body, finalUrl: url.href, discard: answer.close });
}

/** Passes the body on, and ends with an error when it is longer than allowed or shorter than announced. */
async function* guardBody(
	answer: HopAnswer,
	limits: { maxBytes: number; expected: number | undefined; isCancelled: () => boolean },
): AsyncGenerator<Uint8Array> {
	const chunks = answer.body[Symbol.asyncIterator]();
	let bytes = 0;
	try {
		for (;;) {
			const step = await settle(async () => await chunks.next());
			if (!step.ok) throw new ForeignFetchError(codeOfError(step.error, 'body_cut', limits.isCancelled()));
			if (step.value.done === true) break;
			bytes += step.value.value.byteLength;
			if (bytes > limits.maxBytes) throw new ForeignFetchError('too_large');
			yield step.value.value;
		}
		if (limits.expected !== undefined && bytes !== limits.expected) throw new ForeignFetchError('body_cut');
	} finally {
		await answer.close();
	}
}

function toHopRequest(options: ForeignFetchOptions, signal: AbortSignal): HopRequest {
	const { range } = options;
	const own = Object.entries(options.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
	const headers: Record<string, string> = {
		accept: '*/*',
		'user-agent': USER_AGENT,
		...Object.fromEntries(own),
		// Compressed bodies would defeat length checks and ranges, and can unpack to any size.
		'accept-encoding': 'identity',
	};
	if (range !== undefined) headers.range = `bytes=${range.from}-${range.to ?? ''}`;
	if (range?.validator !== undefined) headers['if-range'] = range.validator;
	return {
		method: options.method ?? 'GET',
		headers,
		body: options.body,
		headersTimeoutMs: Math.min(HEADERS_TIMEOUT_MS, options.idleTimeoutMs ?? HEADERS_TIMEOUT_MS),
		idleTimeoutMs: options.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
		signal,
		isCancelled: () => options.signal?.aborted === true,
	};
}

function withoutOwnHeaders(request: HopRequest): HopRequest {
	const kept = Object.entries(request.headers).filter(([name]) => HEADERS_FOR_OTHER_ORIGINS.includes(name));
	return { ...request, headers: Object.fromEntries(kept) };
}

function redirectLocation(answer: HopAnswer): string | undefined {
	return REDIRECT_STATUSES.includes(answer.status) ? answer.headers.location : undefined;
}

function declaredLength(headers: Record<string, string>): number | undefined {
	return /^\d+$/.test(headers['content-length'] ?? '') ? Number(headers['content-length']) : undefined;
}
