import { apiError, invalidValue, noSuchRow, notFound, unknownField } from './apiError';
import { readCell } from './cells';
import { type AirtableDatabase, findField } from './database';
import type { Choice, Field, Row, StoredAttachment, Table } from './model';

export interface WriteRules {
	typecast: boolean;
	/** False for a token without creator rights. */
	mayCreateOptions: boolean;
	nowIso: string;
}

/**
 * The writes of one request. Nothing reaches the database before {@link commit}, so a request that is
 * refused half-way leaves nothing behind.
 */
export class WriteSession {
	readonly typecast: boolean;
	readonly mayCreateOptions: boolean;
	private readonly changed = new Map<string, Row>();
	private readonly deleted = new Map<string, Row>();
	private readonly newOptions = new Map<string, Choice[]>();
	/** Attachments that are to be fetched once the write stands. */
	readonly attachments: StoredAttachment[] = [];

	constructor(
		private readonly database: AirtableDatabase,
		private readonly rules: WriteRules,
	) {
		this.typecast = rules.typecast;
		this.mayCreateOptions = rules.mayCreateOptions;
	}

	/** A record as this request has left it so far. */
	row(tableId: string, recordId: string): Row | undefined {
		if (this.deleted.has(recordId)) return undefined;
		const changed = this.changed.get(recordId);
		if (changed) return changed.tableId === tableId ? changed : undefined;
		return this.database.row(tableId, recordId);
	}

	/** All records of a table as this request has left them so far. */
	rows(tableId: string): Row[] {
		const known = new Map(this.database.rowsOf(tableId).map((row) => [row.id, row]));
		for (const row of this.changed.values()) if (row.tableId === tableId) known.set(row.id, row);
		return [...known.values()].filter((row) => !this.deleted.has(row.id));
	}

	create(table: Table, fields: Record<string, unknown>): Row {
		const row: Row = {
			id: this.database.newId('rec'),
			tableId: table.id,
			createdTime: this.rules.nowIso,
			seq: this.database.nextSeq(),
			cells: {},
		};
		this.changed.set(row.id, row);
		this.setCells(table, row, fields);
		return row;
	}

	/** `replace` clears the cells that were not sent, as PUT does. */
	update(table: Table, recordId: string, fields: Record<string, unknown>, replace: boolean): Row {
		const row = this.editable(table.id, recordId);
		if (!row) throw noSuchRow(recordId);
		const sent = Object.keys(fields).map((name) => findField(table, name)?.id);
		const rest = replace ? table.fields.filter((field) => !sent.includes(field.id)) : [];
		this.setCells(table, row, { ...Object.fromEntries(rest.map((field) => [field.id, null])), ...fields });
		return row;
	}

	remove(table: Table, recordId: string): void {
		const row = this.editable(table.id, recordId);
		if (!row) throw noSuchRow(recordId);
		for (const field of table.fields) {
			if (field.type === 'multipleRecordLinks') this.setLinks(row, field, []);
		}
		this.deleted.set(recordId, row);
	}

	hasOption(field: Field, name: string): boolean {
		const choices = [...(field.options?.choices ?? []), ...(this.newOptions.get(field.id) ?? [])];
		return choices.some((choice) => choice.name === name);
	}

	addOption(field: Field, name: string): void {
		const added = this.newOptions.get(field.id) ?? [];
		this.newOptions.set(field.id, [...added, { id: this.database.newId('sel'), name }]);
	}

	/** The id of the linked record; with typecast a name is looked up, and made where there is none. */
	linkTarget(field: Field, idOrName: string): string {
		const table = this.database.tables.get(String(field.options?.linkedTableId));
		if (!table) throw invalidValue(field.name);
		if (this.row(table.id, idOrName)) return idOrName;
		if (!this.typecast) throw noSuchRow(idOrName);
		const named = this.rows(table.id).find((row) => row.cells[table.primaryFieldId] === idOrName);
		return (named ?? this.create(table, { [table.primaryFieldId]: idOrName })).id;
	}

	newAttachment(sourceUrl: string, filename: string): StoredAttachment {
		const attachment = { id: this.database.newId('att'), filename, sourceUrl };
		this.attachments.push(attachment);
		return attachment;
	}

	commit(): void {
		for (const table of this.database.tables.values()) this.commitOptions(table);
		const changed = [...this.changed.values()].filter((row) => !this.deleted.has(row.id));
		this.database.commit(changed, [...this.deleted.values()]);
	}

	private commitOptions(table: Table): void {
		if (!table.fields.some((field) => this.newOptions.has(field.id))) return;
		const fields = table.fields.map((field) => {
			const choices = [...(field.options?.choices ?? []), ...(this.newOptions.get(field.id) ?? [])];
			return this.newOptions.has(field.id) ? { ...field, options: { ...field.options, choices } } : field;
		});
		this.database.saveTable({ ...table, fields });
	}

	private setCells(table: Table, row: Row, fields: Record<string, unknown>): void {
		for (const [name, value] of Object.entries(fields)) {
			const field = findField(table, name);
			if (!field) throw unknownField(name);
			const stored = readCell(field, value, this, row.cells[field.id]);
			if (field.type === 'multipleRecordLinks') this.setLinks(row, field, (stored ?? []) as string[]);
			else setCell(row, field.id, stored);
		}
	}

	/** Writes both ends of a link. */
	private setLinks(row: Row, field: Field, ids: string[]): void {
		const before = (row.cells[field.id] ?? []) as string[];
		setCell(row, field.id, ids.length > 0 ? ids : undefined);
		const inverseId = field.options?.inverseLinkFieldId;
		const linkedTableId = String(field.options?.linkedTableId);
		if (inverseId === undefined) return;
		for (const id of new Set([...before, ...ids])) {
			const other = this.editable(linkedTableId, id);
			if (!other) continue;
			const links = ((other.cells[inverseId] ?? []) as string[]).filter((link) => link !== row.id);
			if (ids.includes(id)) links.push(row.id);
			setCell(other, inverseId, links.length > 0 ? links : undefined);
		}
	}

	private editable(tableId: string, recordId: string): Row | undefined {
		const row = this.row(tableId, recordId);
		if (!row || this.changed.has(recordId)) return row;
		const copy = { ...row, cells: { ...row.cells } };
		this.changed.set(recordId, copy);
		return copy;
	}
}

function setCell(row: Row, fieldId: string, value: unknown): void {
	if (value === undefined) delete row.cells[fieldId];
	else row.cells[fieldId] = value;
}

/** The table of a request; an unknown one looks like one without rights. */
export function requireTable(database: AirtableDatabase, baseId: string, idOrName: string): Table {
	const table = database.findTable(baseId, idOrName);
	if (!table) throw noPermission();
	return table;
}

export function noPermission(): Error {
	return apiError(
		403,
		'INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND',
		'Invalid permissions, or the requested model was not found. Check that both your user and your token have the required permissions, and that the model names and/or ids are correct.',
	);
}

/** A record that a single-record route asks for; 404 where it does not exist. */
export function requireRow(database: AirtableDatabase, table: Table, recordId: string): Row {
	const row = database.row(table.id, recordId);
	if (!row) throw notFound();
	return row;
}
