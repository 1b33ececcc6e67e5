import type { Result } from '../../engine/result';

/** Cell values by field name, as Airtable's Web API reads and writes them. */
export type Fields = Record<string, unknown>;

/** One record of a table. Airtable leaves empty cells out of `fields`. */
export interface StoredRecord {
	id: string;
	/** ISO 8601, UTC. Airtable's own, so the oldest of two duplicates can be told. */
	createdTime: string;
	fields: Fields;
}

/** What a write left behind. `fields` is the whole record as Airtable answered it. */
export interface WrittenRecord extends StoredRecord {
	/** Fields that Airtable refused; their values stand in the table's note field instead. */
	movedToNote?: string[];
}

export interface ListOptions {
	/** Build it with `formulaString` and `formulaField`. */
	filterByFormula?: string;
	fields?: string[];
	sort?: Array<{ field: string; direction?: 'asc' | 'desc' }>;
	maxRecords?: number;
}

export interface CreateOptions {
	/**
	 * Field that is unique by our own rules. With it, a create whose outcome is unknown is looked up
	 * before it is sent again; without it such a create is refused as `outcome_unknown`.
	 */
	keyField?: string;
}

export interface WriteOptions {
	/**
	 * For what nobody waits for: so long it may wait for others to share its request with, in milliseconds.
	 * Any other write to the same table takes it along.
	 */
	mayWaitMs?: number;
	/** What this write builds on, where that matters. */
	chain?: WriteChain;
}

/**
 * Writes of one table that build on each other: after one that was refused, those that are not sent yet are refused as
 * `unavailable` too, so that the rows never show a later step of what did not happen.
 */
export interface WriteChain {
	isBroken: boolean;
}

/** How one table is treated. */
export interface TablePolicy {
	/** 0 goes first. Waiting ages a request, so that nothing starves. */
	priority: number;
	/** Long-text field that takes the values of refused fields. */
	noteField?: string;
	/** Whether a write may be refused with `dropped` when too many wait. */
	droppable?: boolean;
}

export interface RecordStoreStats {
	requests: number;
	/** Answers with status 429. */
	rateLimited: number;
	/** How many write requests carried so many records. */
	recordsPerWrite: Record<number, number>;
	droppedEvents: number;
}

/**
 * The records of one base. Nothing throws; the codes of a refusal:
 * `auth`, `forbidden`, `not_found`, `invalid_value`, `invalid_formula`, `too_large`, `unavailable`,
 * `outcome_unknown`, `quota_exceeded`, `dropped`, `unexpected`.
 */
export interface RecordStore {
	list(table: string, options?: ListOptions): Promise<Result<StoredRecord[]>>;
	/** Resolves when the record is durable. */
	create(table: string, fields: Fields, options?: CreateOptions): Promise<Result<WrittenRecord>>;
	/** Resolves when the write is durable. Writes to one record that wait together become one. */
	update(table: string, recordId: string, fields: Fields, options?: WriteOptions): Promise<Result<WrittenRecord>>;
	/** Like {@link update}, for the record whose `keyField` holds `fields[keyField]`; made when there is none. */
	upsert(table: string, keyField: string, fields: Fields, options?: WriteOptions): Promise<Result<WrittenRecord>>;
	/** Resolves when the records are gone; one that was gone before counts as removed. */
	remove(table: string, recordIds: string[]): Promise<Result<void>>;
	stats(): RecordStoreStats;
}

/** Time as the tracker sees it. */
export interface TrackerClock {
	/** Milliseconds since the epoch. */
	now(): number;
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** One request as `onRequest` reports it; no secrets, no values. */
export interface RequestReport {
	method: string;
	table: string;
	/** HTTP status; 0 when there was no answer. */
	status: number;
	records: number;
	durationMs: number;
}

export interface RecordStoreOptions {
	/** Personal access token. */
	token: string;
	baseId: string;
	/** Without `/v0`; default `https://api.airtable.com`. */
	endpointUrl?: string;
	clock: TrackerClock;
	/** In [0, 1); spreads retries. */
	random: () => number;
	onRequest?: (report: RequestReport) => void;
	/** Shared by all stores of one base; default an own one in memory. */
	gate?: RateGate;
	/** Policies by table name, on top of the defaults of `schema.ts`. */
	tables?: Record<string, TablePolicy>;
	/** Aborts after so many real milliseconds; default `AbortSignal.timeout`. */
	timeoutSignal?: (ms: number) => AbortSignal;
}

/** Gives back the slot of a request once its answer is there. */
export type ReleaseSlot = () => void;

/** Keeps a base below Airtable's limit. One per base and process, or one in Redis for all processes. */
export interface RateGate {
	/** Resolves when a request may be sent. Call what it gives when the answer has come. */
	acquire(signal?: AbortSignal): Promise<ReleaseSlot>;
	/** Nobody is let through for so long. */
	penalize(ms: number): void;
}
