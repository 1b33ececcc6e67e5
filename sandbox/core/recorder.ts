import type { SandboxService } from './types';

export interface RouteFigures {
	calls: number;
	/** By status; `none` for requests that got no answer. */
	statuses: Record<string, number>;
	/** Most requests open at the same time. */
	peakConcurrency: number;
	/** Bytes of bodies. */
	bytesIn: number;
	bytesOut: number;
	/** Faults acted out, by name. */
	faults?: Record<string, number>;
}

export interface ServiceFigures extends RouteFigures {
	routes: Record<string, RouteFigures>;
	/** What the stand-in counted itself. */
	counts: Record<string, number>;
	/** What the stand-in says about itself. */
	own: Record<string, unknown>;
}

export interface CallbackFigures {
	/** Deliveries that reached the receiver's address, doubles included. */
	sent: number;
	dropped: number;
	doubled: number;
	delayed: number;
	reordered: number;
	/** Deliveries that weren't answered with 2xx. */
	failed: number;
}

/** One piece of work given to a provider. */
export interface WorkRecord {
	service: SandboxService;
	route: string;
	inputHash: string;
	jobKey?: string;
	/** ISO 8601, UTC. */
	at: string;
}

interface Span {
	figures: RouteFigures;
	open: number;
}

/** Follows one request. Figures are added before the client can see their cause, so that a report is never behind. */
export class CallMeter {
	bytesIn = 0;

	bytesOut = 0;

	constructor(private readonly spans: Span[]) {
		for (const span of spans) {
			span.open += 1;
			span.figures.calls += 1;
			span.figures.peakConcurrency = Math.max(span.figures.peakConcurrency, span.open);
		}
	}

	/** The status about to be sent; `none` when no answer will come. */
	status(status: string): void {
		for (const { figures } of this.spans) figures.statuses[status] = (figures.statuses[status] ?? 0) + 1;
	}

	fault(name: string): void {
		for (const { figures } of this.spans) {
			figures.faults = { ...figures.faults, [name]: (figures.faults?.[name] ?? 0) + 1 };
		}
	}

	addIn(bytes: number): void {
		this.bytesIn += bytes;
		for (const { figures } of this.spans) figures.bytesIn += bytes;
	}

	addOut(bytes: number): void {
		this.bytesOut += bytes;
		for (const { figures } of this.spans) figures.bytesOut += bytes;
	}

	/** The request is over. */
	close(): void {
		for (const span of this.spans) span.open -= 1;
	}
}

/** Counts everything that the report shows. */
export class Recorder {
	private spans = new Map<SandboxService, { total: Span; routes: Map<string, Span> }>();

	private counts = new Map<SandboxService, Record<string, number>>();

	private callbacks = new Map<SandboxService, CallbackFigures>();

	private paid: Array<{ record: WorkRecord; ref?: string }> = [];

	private submitted: WorkRecord[] = [];

	private refunded = new Set<string>();

	reset(): void {
		this.spans = new Map();
		this.counts = new Map();
		this.callbacks = new Map();
		this.paid = [];
		this.submitted = [];
		this.refunded = new Set();
	}

	/** Counts a request that begins; what becomes of it is told to the meter. */
	begin(service: SandboxService, route: string): CallMeter {
		const known = this.spans.get(service) ?? { total: newSpan(), routes: new Map<string, Span>() };
		this.spans.set(service, known);
		const span = known.routes.get(route) ?? newSpan();
		known.routes.set(route, span);
		return new CallMeter([known.total, span]);
	}

	count(service: SandboxService, name: string, by = 1): void {
		const known = this.counts.get(service) ?? {};
		known[name] = (known[name] ?? 0) + by;
		this.counts.set(service, known);
	}

	countCallback(service: SandboxService, name: keyof CallbackFigures): void {
		const known = this.callbacks.get(service) ?? noCallbacks();
		known[name] += 1;
		this.callbacks.set(service, known);
	}

	pay(record: WorkRecord, ref?: string): void {
		if (ref === undefined || !this.refunded.has(`${record.service} ${ref}`)) this.paid.push({ record, ref });
	}

	refund(service: SandboxService, ref: string): void {
		// A task may fail before the answer that tells of it is out.
		this.refunded.add(`${service} ${ref}`);
		this.paid = this.paid.filter((call) => call.record.service !== service || call.ref !== ref);
	}

	submit(record: WorkRecord): void {
		this.submitted.push(record);
	}

	service(service: SandboxService, own: Record<string, unknown>): ServiceFigures {
		const known = this.spans.get(service);
		const routes = [...(known?.routes ?? [])].map(([route, span]) => [route, structuredClone(span.figures)] as const);
		return {
			...structuredClone(known?.total.figures ?? newSpan().figures),
			routes: Object.fromEntries(routes),
			counts: { ...this.counts.get(service) },
			own,
		};
	}

	callbackFigures(): CallbackFigures & { byService: Record<string, CallbackFigures> } {
		const total = noCallbacks();
		for (const each of this.callbacks.values()) {
			for (const name of Object.keys(total) as Array<keyof CallbackFigures>) total[name] += each[name];
		}
		return { ...total, byService: structuredClone(Object.fromEntries(this.callbacks)) };
	}

	paidCalls(): WorkRecord[] {
		return this.paid.map(({ record }) => ({ ...record }));
	}

	submits(): WorkRecord[] {
		return this.submitted.map((record) => ({ ...record }));
	}
}

function newSpan(): Span {
	return { open: 0, figures: { calls: 0, statuses: {}, peakConcurrency: 0, bytesIn: 0, bytesOut: 0 } };
}

function noCallbacks(): CallbackFigures {
	return { sent: 0, dropped: 0, doubled: 0, delayed: 0, reordered: 0, failed: 0 };
}
