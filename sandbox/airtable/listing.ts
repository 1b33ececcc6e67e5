import { apiError, invalidFormula, invalidRequest, unknownField } from './apiError';
import { ITERATOR_LIFETIME_MS, MAX_PAGE_SIZE } from './constants';
import { type AirtableDatabase, findField } from './database';
import { type FormulaScope, isKnownFunction, namesIn, passes } from './formula/evaluate';
import { FormulaSyntaxError, type Node, parseFormula } from './formula/parse';
import type { Field, Row, Table } from './model';
import { type AttachmentUrl, cellForFormula, presentRow, type RecordBody } from './present';

/** Parameters of a list, from the query of a GET or the body of `listRecords`. */
export interface ListParameters {
	filterByFormula?: string;
	sort?: Array<{ field: string; direction?: string }>;
	fields?: string[];
	maxRecords?: number;
	pageSize?: number;
	offset?: string;
	view?: string;
	returnFieldsByFieldId?: boolean;
}

interface Iterator {
	tableId: string;
	/** Ids still to come. */
	rest: string[];
	expiresAt: number;
}

const OFFSET_PATTERN = /^(itr[A-Za-z0-9]{14})\/(rec[A-Za-z0-9]{14})$/;

/** Lists records in pages. The order and choice of records is fixed by the first page, as an iterator. */
export class RecordLister {
	private readonly iterators = new Map<string, Iterator>();

	constructor(
		private readonly database: AirtableDatabase,
		private readonly now: () => number,
		private readonly attachmentUrl: AttachmentUrl,
	) {}

	/** What a restart loses. */
	forgetIterators(): void {
		this.iterators.clear();
	}

	list(table: Table, parameters: ListParameters): { records: RecordBody[]; offset?: string } {
		checkParameters(table, parameters);
		const only = parameters.fields && new Set(parameters.fields.map((name) => requireField(table, name).id));
		const ids =
			parameters.offset === undefined ? this.select(table, parameters) : this.resume(table, parameters.offset);
		const pageSize = parameters.pageSize ?? MAX_PAGE_SIZE;
		const page = ids.slice(0, pageSize).flatMap((id) => this.database.row(table.id, id) ?? []);
		const options = { byFieldId: parameters.returnFieldsByFieldId, only };
		const records = page.map((row) => presentRow(table, row, this.attachmentUrl, options));
		const rest = ids.slice(pageSize);
		return rest.length === 0 ? { records } : { records, offset: this.keep(table, rest) };
	}

	/** Rows that pass a formula, in order of creation. */
	filter(table: Table, formula: string | undefined): Row[] {
		const rows = this.database.rowsOf(table.id);
		if (formula === undefined || formula.trim() === '') return rows;
		const node = readFormula(table, formula);
		return rows.filter((row) => passes(node, this.scope(table, row)));
	}

	private select(table: Table, parameters: ListParameters): string[] {
		const rows = this.filter(table, parameters.filterByFormula);
		for (const { field: name, direction } of [...(parameters.sort ?? [])].reverse()) {
			const field = requireField(table, name);
			const sign = direction === 'desc' ? -1 : 1;
			rows.sort((a, b) => sign * compareForSort(this.sortKey(field, a), this.sortKey(field, b)));
		}
		return rows.slice(0, parameters.maxRecords).map((row) => row.id);
	}

	private keep(table: Table, rest: string[]): string {
		const id = this.database.newId('itr');
		this.iterators.set(id, { tableId: table.id, rest, expiresAt: this.now() + ITERATOR_LIFETIME_MS });
		return `${id}/${rest[0]}`;
	}

	private resume(table: Table, offset: string): string[] {
		const match = OFFSET_PATTERN.exec(offset);
		if (!match) throw apiError(422, 'INVALID_OFFSET_VALUE', 'The value of offset is invalid');
		const iterator = this.iterators.get(match[1]);
		if (!iterator || iterator.tableId !== table.id || iterator.expiresAt <= this.now()) {
			throw apiError(
				422,
				'LIST_RECORDS_ITERATOR_NOT_AVAILABLE',
				'The requested iterator is not available. Please start a new list request.',
			);
		}
		return iterator.rest;
	}

	private scope(table: Table, row: Row): FormulaScope {
		return {
			recordId: row.id,
			createdTime: row.createdTime,
			now: this.now(),
			field: (name) => cellForFormula(this.database, requireField(table, name), row),
		};
	}

	/** Selects sort in the order of their options, as Airtable does. */
	private sortKey(field: Field, row: Row): number | string {
		if (field.type === 'singleSelect') {
			return (field.options?.choices ?? []).findIndex((choice) => choice.name === row.cells[field.id]);
		}
		const value = cellForFormula(this.database, field, row);
		if (value instanceof Date) return value.getTime();
		if (typeof value === 'number') return value;
		return value === null ? '' : String(value).toLowerCase();
	}
}

/** A blank sorts first, whatever the type of the others. */
function compareForSort(a: number | string, b: number | string): number {
	if (a === b) return 0;
	if (a === '' || b === '') return a === '' ? -1 : 1;
	return a < b ? -1 : 1;
}

function readFormula(table: Table, formula: string): Node {
	try {
		const node = parseFormula(formula);
		const { fields, functions } = namesIn(node);
		const unknownFields = [...fields].filter((name) => !findField(table, name));
		if (unknownFields.length > 0)
			throw invalidFormula(`Unknown field names: ${unknownFields.join(', ').toLowerCase()}`);
		const unknownFunctions = [...functions].filter((name) => !isKnownFunction(name));
		if (unknownFunctions.length > 0) throw invalidFormula(`Unknown function names: ${unknownFunctions.join(', ')}`);
		return node;
	} catch (error) {
		throw error instanceof FormulaSyntaxError
			? invalidFormula('Invalid formula. Please check your formula text.')
			: error;
	}
}

function checkParameters(table: Table, { pageSize, maxRecords, view, sort }: ListParameters): void {
	for (const [name, value] of Object.entries({ pageSize, maxRecords })) {
		if (value !== undefined && !(Number.isInteger(value) && value > 0))
			throw invalidRequest(`${name} must be a positive integer`);
	}
	if (pageSize !== undefined && pageSize > MAX_PAGE_SIZE)
		throw invalidRequest(`pageSize must be at most ${MAX_PAGE_SIZE}`);
	if (sort?.some(({ direction }) => direction !== undefined && direction !== 'asc' && direction !== 'desc')) {
		throw invalidRequest('direction must be asc or desc');
	}
	if (view !== undefined && view !== 'Grid view' && view !== table.viewId) {
		throw apiError(422, 'VIEW_NAME_NOT_FOUND', `View ${view} not found`);
	}
}

function requireField(table: Table, name: string): Field {
	const field = findField(table, name);
	if (!field) throw unknownField(name);
	return field;
}

/** Reads the parameters of a GET. */
export function parametersOfQuery(query: URLSearchParams): ListParameters {
	const sort: Array<{ field: string; direction?: string }> = [];
	for (const [key, value] of query) {
		const match = /^sort\[(\d+)\]\[(field|direction)\]$/.exec(key);
		if (!match) continue;
		const entry = (sort[Number(match[1])] ??= { field: '' });
		if (match[2] === 'field') entry.field = value;
		else entry.direction = value;
	}
	const fields = query.getAll('fields[]');
	const numberOf = (name: string) => (query.has(name) ? Number(query.get(name)) : undefined);
	return {
		filterByFormula: query.get('filterByFormula') ?? undefined,
		sort: sort.length > 0 ? sort.filter(Boolean) : undefined,
		fields: fields.length > 0 ? fields : undefined,
		maxRecords: numberOf('maxRecords'),
		pageSize: numberOf('pageSize'),
		offset: query.get('offset') ?? undefined,
		view: query.get('view') ?? undefined,
		returnFieldsByFieldId: query.get('returnFieldsByFieldId') === 'true',
	};
}
