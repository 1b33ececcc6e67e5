import { apiError, invalidRequest, notFound } from './apiError';
import { completeOptions, CREATABLE_TYPES } from './cells';
import { BASES_PER_PAGE } from './constants';
import { type AirtableDatabase, findField } from './database';
import type { Field, FieldOptions, Table } from './model';

type Json = Record<string, unknown>;

const PRIMARY_TYPES = [
	'singleLineText',
	'multilineText',
	'email',
	'url',
	'phoneNumber',
	'number',
	'currency',
	'percent',
	'duration',
	'date',
	'dateTime',
	'barcode',
];

/** `GET /v0/meta/bases` */
export function listBases(database: AirtableDatabase, offset: string | null): object {
	const all = [...database.bases].map(([id, name]) => ({ id, name, permissionLevel: 'create' }));
	const start = offset === null ? 0 : Number(offset.split('/')[1] ?? 0);
	const bases = all.slice(start, start + BASES_PER_PAGE);
	return start + BASES_PER_PAGE < all.length ? { bases, offset: `itr/${start + BASES_PER_PAGE}` } : { bases };
}

/** `POST /v0/meta/bases` */
export function createBase(database: AirtableDatabase, body: Json): object {
	const { name, workspaceId, tables } = body;
	if (typeof name !== 'string' || typeof workspaceId !== 'string' || !Array.isArray(tables) || tables.length === 0) {
		throw invalidRequest('name, workspaceId and at least one table are needed');
	}
	const id = database.newId('app');
	database.addBase(id, name);
	return { id, tables: tables.map((table: Json) => createTable(database, id, table)) };
}

/** `GET /v0/meta/bases/{baseId}/tables` */
export function listTables(database: AirtableDatabase, baseId: string): object {
	return { tables: database.tablesOf(baseId).map(presentTable) };
}

/** `POST /v0/meta/bases/{baseId}/tables` */
export function createTable(database: AirtableDatabase, baseId: string, body: Json): object {
	const { name, description, fields } = body;
	if (typeof name !== 'string' || name.trim() === '') throw invalidRequest('a table needs a name');
	if (!Array.isArray(fields) || fields.length === 0) throw invalidRequest('a table needs at least one field');
	if (database.tablesOf(baseId).some((table) => sameName(table.name, name))) {
		throw apiError(422, 'DUPLICATE_TABLE_NAME', `A table named "${name}" already exists`);
	}
	const table: Table = {
		id: database.newId('tbl'),
		baseId,
		name,
		...(typeof description === 'string' ? { description } : {}),
		primaryFieldId: '',
		viewId: database.newId('viw'),
		fields: [],
	};
	for (const field of fields) table.fields.push(buildField(database, table, field as Json));
	if (!PRIMARY_TYPES.includes(table.fields[0].type)) {
		throw apiError(422, 'INVALID_PRIMARY_FIELD_TYPE', `${table.fields[0].type} can't be the type of a primary field`);
	}
	table.primaryFieldId = table.fields[0].id;
	database.saveTable(table);
	for (const field of table.fields) linkBack(database, table, field);
	return presentTable(database.tables.get(table.id) ?? table);
}

/** `PATCH /v0/meta/bases/{baseId}/tables/{tableIdOrName}`: name and description. */
export function updateTable(database: AirtableDatabase, table: Table, body: Json): object {
	const updated = { ...table, ...readNameAndDescription(body) };
	database.saveTable(updated);
	return presentTable(updated);
}

/** `POST /v0/meta/bases/{baseId}/tables/{tableId}/fields` */
export function createField(database: AirtableDatabase, table: Table, body: Json): object {
	const field = buildField(database, table, body);
	database.saveTable({ ...table, fields: [...table.fields, field] });
	linkBack(database, table, field);
	return findField(database.tables.get(table.id) ?? table, field.id) ?? field;
}

/** `PATCH …/fields/{fieldId}`: name and description; options only where the setting says so. */
export function updateField(
	database: AirtableDatabase,
	table: Table,
	fieldId: string,
	body: Json,
	mayUpdateOptions: boolean,
): object {
	const field = findField(table, fieldId);
	if (!field) throw notFound();
	if (body.options !== undefined && !mayUpdateOptions) {
		throw invalidRequest('parameter validation failed. Check your request data.');
	}
	const updated: Field = { ...field, ...readNameAndDescription(body) };
	if (body.options !== undefined) {
		const choices = ((body.options as FieldOptions).choices ?? []).map((choice) => ({
			...choice,
			id: choice.id ?? database.newId('sel'),
		}));
		updated.options = { ...field.options, choices };
	}
	database.saveTable({ ...table, fields: table.fields.map((other) => (other.id === field.id ? updated : other)) });
	return updated;
}

function readNameAndDescription(body: Json): { name?: string; description?: string } {
	const { name, description } = body;
	return {
		...(typeof name === 'string' && name !== '' ? { name } : {}),
		...(typeof description === 'string' ? { description } : {}),
	};
}

function buildField(database: AirtableDatabase, table: Table, body: Json): Field {
	const { name, type, description } = body;
	if (typeof name !== 'string' || name.trim() === '' || table.fields.some((field) => sameName(field.name, name))) {
		throw apiError(422, 'DUPLICATE_OR_EMPTY_FIELD_NAME', `Field name "${String(name)}" is empty or already taken`);
	}
	if (typeof type !== 'string' || !CREATABLE_TYPES.includes(type)) {
		throw apiError(
			422,
			'UNSUPPORTED_FIELD_TYPE_FOR_CREATE',
			`Invalid options for ${table.name}.${name}: Creating ${String(type)} fields is not supported at this time`,
		);
	}
	const options = body.options as FieldOptions | undefined;
	const completed = completeOptions(type, options, () => database.newId('sel'));
	const linkedTableId = options?.linkedTableId;
	if (!completed || (linkedTableId !== undefined && database.tables.get(linkedTableId)?.baseId !== table.baseId)) {
		throw apiError(422, 'INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE', `Invalid options for ${table.name}.${name}`);
	}
	const text = typeof description === 'string' ? { description } : {};
	return { id: database.newId('fld'), name, type, ...completed, ...text };
}

/** A link shows in the linked table too: Airtable makes that field by itself. */
function linkBack(database: AirtableDatabase, table: Table, field: Field): void {
	if (field.type !== 'multipleRecordLinks') return;
	const linked = database.tables.get(String(field.options?.linkedTableId));
	if (!linked) return;
	const back: Field = {
		id: database.newId('fld'),
		name: freeName(linked, table.name),
		type: 'multipleRecordLinks',
		options: linkOptions(table.id, field.id),
	};
	database.saveTable({ ...linked, fields: [...linked.fields, back] });
	const current = database.tables.get(table.id) ?? table;
	const fields = current.fields.map((other) =>
		other.id === field.id ? { ...field, options: linkOptions(linked.id, back.id) } : other,
	);
	database.saveTable({ ...current, fields });
}

function linkOptions(linkedTableId: string, inverseLinkFieldId: string): FieldOptions {
	return { linkedTableId, isReversed: false, prefersSingleRecordLink: false, inverseLinkFieldId };
}

function freeName(table: Table, wanted: string): string {
	let name = wanted;
	for (let n = 2; table.fields.some((field) => sameName(field.name, name)); n++) name = `${wanted} ${n}`;
	return name;
}

function sameName(a: string, b: string): boolean {
	return a.toLowerCase() === b.toLowerCase();
}

function presentTable(table: Table): object {
	const { id, name, description, primaryFieldId, fields, viewId } = table;
	const views = [{ id: viewId, name: 'Grid view', type: 'grid' }];
	return { id, name, ...(description === undefined ? {} : { description }), primaryFieldId, fields, views };
}
