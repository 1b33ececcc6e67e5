import { ok, refuse, type Result } from '../../engine/result';
import { readRecords, type PendingWrite } from './batch';
import { CommitLane } from './commitLane';
import {
	DEFAULT_ENDPOINT_URL,
	MAX_LIST_RESTARTS,
	MAX_QUERY_CHARACTERS,
	MAX_RECORDS_PER_WRITE,
	PAGE_SIZE,
} from './constants';
import { Courier, type DeliveryResult } from './courier';
import { MemoryRateGate } from './rateGate';
import { refusalOf } from './refusals';
import { TABLE_POLICIES } from './schema';
import { type ApiRequest, createTransport } from './transport';
import { Turnstile } from './turnstile';
import type {
	ListOptions,
	RecordStore,
	RecordStoreOptions,
	RecordStoreStats,
	StoredRecord,
	TablePolicy,
	WriteOptions,
	WrittenRecord,
} from './types';

const ITERATOR_ENDED = 'LIST_RECORDS_ITERATOR_NOT_AVAILABLE';
const UNKNOWN_TABLE: TablePolicy = { priority: 1 };

/**
 * Opens the records of one base. Nothing is sent before the first call.
 * Limits and error bodies: airtable.com/developers/web/api/introduction.
 */
export function createRecordStore(options: RecordStoreOptions): RecordStore {
	return new AirtableRecordStore(options);
}

class AirtableRecordStore implements RecordStore {
	private readonly lanes = new Map<string, CommitLane>();

	private readonly courier: Courier;

	private readonly figures: RecordStoreStats = {
		requests: 0,
		rateLimited: 0,
		recordsPerWrite: {},
		droppedEvents: 0,
	};

	constructor(private readonly options: RecordStoreOptions) {
		const { token, baseId, clock, random } = options;
		const transport = createTransport({
			token,
			baseId,
			endpointUrl: (options.endpointUrl || DEFAULT_ENDPOINT_URL).replace(/\/+$/, ''),
			clock,
			timeoutSignal: options.timeoutSignal ?? ((ms) => AbortSignal.timeout(ms)),
			onRequest: (report) => {
				this.figures.requests++;
				if (report.status === 429) this.figures.rateLimited++;
				options.onRequest?.(report);
			},
		});
		const gate = options.gate ?? new MemoryRateGate(clock);
		const turnstile = new Turnstile(gate, clock, async (table) => await transport.probe(table));
		this.courier = new Courier({ turnstile, transport, clock, random });
	}

	async list(table: string, options: ListOptions = {}): Promise<Result<StoredRecord[]>> {
		for (let restarts = 0; restarts <= MAX_LIST_RESTARTS; restarts++) {
			const pages = await this.readPages(table, options);
			if (pages !== 'iterator_ended') return pages;
		}
		return refuse('unavailable', `Airtable broke off a list of "${table}" again and again.`);
	}

	async create(table: string, fields: PendingWrite['fields'], { keyField }: { keyField?: string } = {}) {
		return await this.write(table, { kind: 'create', fields, keyField });
	}

	async update(table: string, recordId: string, fields: PendingWrite['fields'], options?: WriteOptions) {
		return await this.write(table, { kind: 'update', recordId, fields }, options);
	}

	async upsert(table: string, keyField: string, fields: PendingWrite['fields'], options?: WriteOptions) {
		if (fields[keyField] === undefined || fields[keyField] === null) {
			return refuse('invalid_value', `A write to "${table}" lacks its key "${keyField}".`, keyField);
		}
		return await this.write(table, { kind: 'upsert', keyField, fields }, options);
	}

	async remove(table: string, recordIds: string[]): Promise<Result<void>> {
		for (let start = 0; start < recordIds.length; start += MAX_RECORDS_PER_WRITE) {
			const removed = await this.removeSome(table, recordIds.slice(start, start + MAX_RECORDS_PER_WRITE));
			if (!removed.ok) return removed;
		}
		return ok(undefined);
	}

	stats(): RecordStoreStats {
		return { ...this.figures, recordsPerWrite: { ...this.figures.recordsPerWrite } };
	}

	private async write(
		table: string,
		write: Omit<PendingWrite, 'waiters' | 'dueMs'>,
		options?: WriteOptions,
	): Promise<Result<WrittenRecord>> {
		let lane = this.lanes.get(table);
		if (!lane) {
			lane = this.openLane(table);
			this.lanes.set(table, lane);
		}
		return await lane.add(write, options);
	}

	private openLane(table: string): CommitLane {
		return new CommitLane({
			table,
			policy: this.policyOf(table),
			courier: this.courier,
			clock: this.options.clock,
			list: async (name, options) => await this.list(name, options),
			onWrite: (records) => {
				this.figures.recordsPerWrite[records] = (this.figures.recordsPerWrite[records] ?? 0) + 1;
			},
			onDrop: () => {
				this.figures.droppedEvents++;
			},
		});
	}

	private async readPages(table: string, options: ListOptions): Promise<Result<StoredRecord[]> | 'iterator_ended'> {
		const records: StoredRecord[] = [];
		let offset: unknown;
		do {
			const text = JSON.stringify({ pageSize: PAGE_SIZE, ...options, offset });
			// What is undefined would travel as an empty value, which Airtable refuses.
			const parameters: Record<string, unknown> = JSON.parse(text);
			const request =
				encodeURIComponent(text).length > MAX_QUERY_CHARACTERS
					? ({ method: 'POST', subPath: '/listRecords', body: parameters } as const)
					: ({ method: 'GET', query: parameters } as const);
			const answer = await this.deliver(table, { ...request, table, records: 0 });
			if (!answer.ok) {
				if (answer.kind === 'turned_away') return answer.refusal;
				return answer.type === ITERATOR_ENDED ? 'iterator_ended' : refusalOf(answer, table);
			}
			const page = readRecords(answer.body);
			if (!page) return refuse('unexpected', `Airtable answered a list of "${table}" without records.`);
			records.push(...page);
			offset = answer.body.offset;
		} while (offset !== undefined);
		return ok(records);
	}

	/** A record that is gone already makes Airtable refuse the whole request: then one by one. */
	private async removeSome(table: string, ids: string[]): Promise<Result<void>> {
		const answer = await this.deliver(table, { method: 'DELETE', table, query: { records: ids }, records: ids.length });
		if (answer.ok) return ok(undefined);
		if (answer.kind === 'turned_away') return answer.refusal;
		if (answer.kind !== 'refused') return refusalOf(answer, table);
		if (ids.length === 1) {
			const refusal = refusalOf(answer, table);
			return refusal.code === 'not_found' ? ok(undefined) : refusal;
		}
		for (const id of ids) {
			const removed = await this.removeSome(table, [id]);
			if (!removed.ok) return removed;
		}
		return ok(undefined);
	}

	private async deliver(table: string, request: ApiRequest): Promise<DeliveryResult> {
		const { priority } = this.policyOf(table);
		return await this.courier.deliver({ table, priority, isIdempotent: true, build: () => request });
	}

	private policyOf(table: string): TablePolicy {
		return this.options.tables?.[table] ?? TABLE_POLICIES[table] ?? UNKNOWN_TABLE;
	}
}
