import type { Dispatcher } from 'undici';
import type { ForeignTarget } from '../../../engine/net/foreignUrl';
import { ok, type Result } from '../../../engine/result';
import { CONNECT_TIMEOUT_MS, HEADER_BYTES_MAX } from './constants';
import { codeOfError, foreignRefusal } from './failure';
import type { ForeignFetchOptions, ResolvedAddress } from './types';

/** What one hop answered; `close` ends its connection. */
export interface HopAnswer {
	status: number;
	headers: Record<string, string>;
	body: AsyncIterable<Uint8Array>;
	close(): Promise<void>;
}

export interface HopRequest {
	method: NonNullable<ForeignFetchOptions['method']>;
	headers: Record<string, string>;
	body?: string | Uint8Array;
	headersTimeoutMs: number;
	idleTimeoutMs: number;
	signal: AbortSignal;
	isCancelled: () => boolean;
}

/**
 * Sends one request without following redirects, on a connection of its own.
 * Its lookup knows only the checked addresses, so that a name that resolves differently a moment later (DNS
 * rebinding) leads nowhere else. TLS still verifies the name.
 */
export async function requestPinned(
	target: ForeignTarget,
	addresses: ResolvedAddress[],
	request: HopRequest,
): Promise<Result<HopAnswer>> {
	const { Agent, request: send } = await import('undici');
	const dispatcher = new Agent({
		connect: { lookup: pinnedLookup(addresses), timeout: CONNECT_TIMEOUT_MS },
		maxHeaderSize: HEADER_BYTES_MAX,
		pipelining: 1,
	});
	const close = async () => await dispatcher.destroy();
	const answer = await settle(
		async () =>
			await send(target.url, {
				dispatcher,
				method: request.method,
				headers: request.headers,
				body: request.body,
				headersTimeout: request.headersTimeoutMs,
				bodyTimeout: request.idleTimeoutMs,
				signal: request.signal,
			}),
	);
	if (answer.ok) {
		const { statusCode, headers, body } = answer.value;
		return ok({ status: statusCode, headers: flatHeaders(headers), body, close });
	}
	await close();
	return foreignRefusal(codeOfError(answer.error, 'connect_failed', request.isCancelled()));
}

type Settled<T> = { ok: true; value: T } | { ok: false; error: unknown };

/** The outcome of a promise as data. */
export async function settle<T>(work: () => Promise<T>): Promise<Settled<T>> {
	try {
		return { ok: true, value: await work() };
	} catch (error) {
		return { ok: false, error };
	}
}

type LookupCallback = (error: Error | null, address: string | ResolvedAddress[], family?: number) => void;

function pinnedLookup(addresses: ResolvedAddress[]) {
	return (_hostname: string, options: { all?: boolean }, callback: LookupCallback) => {
		if (options.all === true) callback(null, addresses);
		else callback(null, addresses[0].address, addresses[0].family);
	};
}

function flatHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
	const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value ?? ''].flat().join(', ')]);
	return Object.fromEntries(entries);
}
