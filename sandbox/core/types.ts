import type { Readable } from 'node:stream';

export type SandboxService = 'elevenLabs' | 'nca' | 'goApi' | 'airtable' | 'spaces' | 'slack' | 'smtp' | 'sentry';

/** Time as the stand-ins see it: the real clock, or a virtual one in tests. */
export interface Clock {
	/** Milliseconds since the epoch. */
	now(): number;
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** One HTTP request, as a stand-in sees it. */
export interface SandboxRequest {
	method: string;
	/** Path as sent, still percent-encoded, without the query. */
	path: string;
	/** Query as sent, without `?`. */
	rawQuery: string;
	query: URLSearchParams;
	headers: Record<string, string>;
	/** The body as a stream; read it once, or use {@link body}. */
	stream: Readable;
	/** The whole body. */
	body(): Promise<Buffer>;
	/** Aborted when the client goes away. */
	signal: AbortSignal;
}

/** What a stand-in answers. An object body becomes JSON; a stream is piped. */
export interface SandboxReply {
	status: number;
	headers?: Record<string, string>;
	body?: string | Buffer | Readable | object;
	/**
	 * Set when this answer stands for a paid call. `body` is what the input hash is made of; `ref` lets the stand-in
	 * take the call back later with {@link SandboxContext.refund}, e.g. for a task that fails.
	 */
	paid?: { body: unknown; jobKey?: string; ref?: string };
	/** Close the socket without an answer. */
	hangUp?: boolean;
}

/** A callback that a stand-in wants to send. Faults decide what becomes of it. */
export interface OutgoingCallback {
	service: SandboxService;
	url: string;
	headers?: Record<string, string>;
	/** Sent as JSON; a text or bytes are sent as they are. */
	body: unknown;
	/** No answer within this time counts as failed. */
	timeoutMs?: number;
	redirect?: 'follow' | 'error';
}

/** What the receiver answered; `status: 0` means that it could not be reached. */
export interface CallbackResult {
	status: number;
	dropped: boolean;
}

/** What the sandbox core gives to each stand-in. */
export interface SandboxContext {
	/** Folder of this stand-in, empty at start. */
	dir: string;
	clock: Clock;
	/** Seeded random number in [0, 1). */
	random(): number;
	/** Writes one JSON line to the log, when one is kept. Never pass secrets. */
	log(event: Record<string, unknown>): void;
	/** Sends a callback through the fault injector and counts it. Resolves when it was answered, dropped or given up. */
	sendCallback(callback: OutgoingCallback): Promise<CallbackResult>;
	/**
	 * True when a fault of this name, one that only the stand-in itself can act out, is drawn now. Inside `handle` the
	 * route is that of the request; work done outside of a request names a label of its own, e.g. `job`.
	 */
	drawFault(name: string, route?: string): boolean;
	/** Counts something service-specific for the report. */
	count(name: string, by?: number): void;
	/** Takes a paid call back, because its work failed and isn't charged. */
	refund(ref: string): void;
	/** Base URL of a stand-in of this sandbox (its own included), without a slash at the end. */
	baseUrl(service: SandboxService): string;
	/**
	 * What the caller of `startSandbox` set for this service. A stand-in that owns a TCP server listens on
	 * `settings.port` (0 or absent: any free port).
	 */
	settings: Record<string, unknown>;
	/** Paths of ffmpeg and ffprobe. */
	ffmpeg: { ffmpegPath: string; ffprobePath: string };
}

/** A stand-in of one outside service. The core owns the HTTP server, counting, logging and faults. */
export interface StandIn {
	service: SandboxService;
	/** Keys a client needs, e.g. `{ apiKey }`. Printed by the CLI, together with the base URL. */
	credentials: Record<string, string>;
	/** A stable label of a route for reports and faults, e.g. `POST /v1/text-to-speech/:voiceId`. */
	routeOf(request: SandboxRequest): string;
	handle(request: SandboxRequest): Promise<SandboxReply>;
	/** Forget everything, as after a fresh start. */
	reset(): Promise<void>;
	/** The service "restarts": what it holds in memory is lost, what it holds on disk stays. */
	restart?(): Promise<void>;
	stop(): Promise<void>;
	/** Names that this stand-in gives to {@link SandboxContext.drawFault}; other names in fault settings are refused. */
	faults?: readonly string[];
	/** Own figures for the report. */
	report?(): Record<string, unknown>;
}

export type StandInFactory = (context: SandboxContext) => Promise<StandIn>;
