import type { NodeEgressFilter } from 'n8n-workflow';

export interface ResolvedAddress {
	address: string;
	family: 4 | 6;
}

/** All addresses of a host name. Rejects when there are none. */
export type ResolveHost = (hostname: string) => Promise<ResolvedAddress[]>;

export interface ForeignFetchOptions {
	method?: 'GET' | 'HEAD' | 'POST';
	headers?: Record<string, string>;
	/** Only with POST. */
	body?: string | Uint8Array;
	/** Exact `host:port` pairs of the own network that may be fetched, as `parseAllowedInternalHosts` gives them. */
	allowedInternalHosts?: readonly string[];
	/** Longer bodies are refused: at the headers when they tell, else when the limit is passed. */
	maxBytes?: number;
	/** The whole fetch, redirects and body included. */
	timeoutMs?: number;
	/** Silence while headers or the body are awaited. */
	idleTimeoutMs?: number;
	signal?: AbortSignal;
	/** Bytes to ask for, `to` included; with a `validator` (strong ETag or date) only of the same version. */
	range?: { from: number; to?: number; validator?: string };
	/** n8n's own egress policy, where the instance has one: see `egressFilterOf`. */
	egress?: NodeEgressFilter;
	/** Replaces name resolution, for tests. What it returns is checked like any other answer. */
	resolveHost?: ResolveHost;
}

export interface ForeignResponse {
	status: number;
	/** Names in lower case. */
	headers: Record<string, string>;
	/** Can be read once; throws `ForeignFetchError`. Ends the connection when left early. */
	body: AsyncIterable<Uint8Array>;
	/** Where the redirects ended. May be signed: never show it. */
	finalUrl: string;
	/** Ends the connection without reading the body. */
	discard(): Promise<void>;
}
