import { ok, refuse, type Result } from '../../engine/result';
import { passes, type FormulaValue } from '../../sandbox/airtable/formula/evaluate';
import { parseFormula } from '../../sandbox/airtable/formula/parse';
import type { Fields, ListOptions, RecordStore, StoredRecord, WrittenRecord } from '../../tracker/airtable/types';

/** A record store in memory: what the tracker needs of Airtable, without its limits. */
export class MemoryStore implements RecordStore {
	readonly tables = new Map<string, StoredRecord[]>();
	requests = 0;
	/** Set to refuse every write, as an outage does. */
	isDown = false;
	private nextId = 1;

	rows(table: string): StoredRecord[] {
		const rows = this.tables.get(table) ?? [];
		this.tables.set(table, rows);
		return rows;
	}

	/** The cells of the one row whose field has this value. */
	row(table: string, field: string, value: string): Fields {
		const found = this.rows(table).filter((record) => record.fields[field] === value);
		if (found.length !== 1) throw new Error(`${found.length} rows of ${table} have ${field} ${value}`);
		return found[0].fields;
	}

	async list(table: string, options: ListOptions = {}): Promise<Result<StoredRecord[]>> {
		this.requests += 1;
		if (this.isDown) return refuse('unavailable', 'The store is down.');
		return ok(
			this.rows(table)
				.filter((record) => matches(record, options.filterByFormula ?? ''))
				.map(clone),
		);
	}

	async create(table: string, fields: Fields): Promise<Result<WrittenRecord>> {
		this.requests += 1;
		await Promise.resolve();
		if (this.isDown) return refuse('unavailable', 'The store is down.');
		const number = this.nextId++;
		const record = { id: `rec${number}`, createdTime: new Date(number).toISOString(), fields: withoutEmpty(fields) };
		this.rows(table).push(record);
		return ok(clone(record));
	}

	async update(table: string, recordId: string, fields: Fields): Promise<Result<WrittenRecord>> {
		this.requests += 1;
		await Promise.resolve();
		const record = this.rows(table).find((candidate) => candidate.id === recordId);
		if (this.isDown || !record) return refuse('unavailable', 'The store is down.');
		record.fields = withoutEmpty({ ...record.fields, ...fields });
		return ok(clone(record));
	}

	async upsert(table: string, keyField: string, fields: Fields): Promise<Result<WrittenRecord>> {
		const found = this.rows(table).find((record) => record.fields[keyField] === fields[keyField]);
		return found ? await this.update(table, found.id, fields) : await this.create(table, fields);
	}

	async remove(table: string, recordIds: string[]): Promise<Result<void>> {
		this.tables.set(
			table,
			this.rows(table).filter((record) => !recordIds.includes(record.id)),
		);
		return ok(undefined);
	}

	stats() {
		return { requests: this.requests, rateLimited: 0, recordsPerWrite: {}, droppedEvents: 0 };
	}
}

function clone<T>(value: T): T {
	return structuredClone(value);
}

/** Airtable leaves empty cells out. */
function withoutEmpty(fields: Fields): Fields {
	const isSet = ([, value]: [string, unknown]) =>
		value !== null &&
		value !== undefined &&
		value !== '' &&
		value !== false &&
		!(Array.isArray(value) && value.length === 0);
	return Object.fromEntries(Object.entries(fields).filter(isSet));
}

/** The formula is understood as the stand-in of Airtable does. */
function matches(record: StoredRecord, formula: string): boolean {
	if (formula === '') return true;
	return passes(parseFormula(formula), {
		recordId: record.id,
		createdTime: record.createdTime,
		now: 0,
		field: (name) => (record.fields[name] ?? null) as FormulaValue,
	});
}
