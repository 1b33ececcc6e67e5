import { apiError, invalidRequest, unknownField } from './apiError';
import { MAX_MERGE_FIELDS, MAX_RECORDS_PER_WRITE } from './constants';
import { type AirtableDatabase, findField } from './database';
import type { Row, StoredAttachment, Table } from './model';
import { type AttachmentUrl, presentRow, type RecordBody } from './present';
import { requireRow, WriteSession } from './writeSession';

type Json = Record<string, unknown>;

export interface WriteContext {
	database: AirtableDatabase;
	nowIso: () => string;
	mayCreateOptions: boolean;
	attachmentUrl: AttachmentUrl;
	/** Starts the download of attachments that a write named. */
	fetchAttachments: (attachments: StoredAttachment[]) => void;
	/** Told how many records a write request carried. */
	onWrite: (records: number) => void;
}

/** `POST /{table}`: many records, or one in the single form. */
export function createRecords(context: WriteContext, table: Table, body: Json): object {
	const session = openSession(context, body);
	const entries = body.records === undefined ? [body] : readEntries(body.records);
	const rows = entries.map((entry) => session.create(table, readFields(entry)));
	const records = finish(context, session, table, rows, body);
	return body.records === undefined ? records[0] : { records };
}

/** Many records at once, past the limit of a write: as a person imports a CSV file. */
export function importRecords(context: WriteContext, table: Table, records: Json[]): object {
	const session = openSession(context, { typecast: true });
	for (const fields of records) session.create(table, fields);
	session.commit();
	return { imported: records.length };
}

/** `PATCH` or `PUT /{table}`, with or without `performUpsert`. */
export function updateRecords(context: WriteContext, table: Table, body: Json, replace: boolean): object {
	const session = openSession(context, body);
	const entries = readEntries(body.records);
	if (body.performUpsert === undefined) {
		const rows = entries.map((entry) => session.update(table, readId(entry), readFields(entry), replace));
		return { records: finish(context, session, table, rows, body) };
	}
	const mergeOn = readMergeFields(table, body.performUpsert);
	const createdRecords: string[] = [];
	const updatedRecords: string[] = [];
	const rows = entries.map((entry) => {
		const id = entry.id === undefined ? findMatch(session, table, mergeOn, readFields(entry)) : readId(entry);
		const row =
			id === undefined
				? session.create(table, readFields(entry))
				: session.update(table, id, readFields(entry), replace);
		(id === undefined ? createdRecords : updatedRecords).push(row.id);
		return row;
	});
	return { records: finish(context, session, table, rows, body), createdRecords, updatedRecords };
}

/** `PATCH` or `PUT /{table}/{recordId}`. */
export function updateRecord(
	context: WriteContext,
	table: Table,
	recordId: string,
	body: Json,
	replace: boolean,
): object {
	requireRow(context.database, table, recordId);
	const session = openSession(context, body);
	const row = session.update(table, recordId, readFields(body), replace);
	return finish(context, session, table, [row], body)[0];
}

/** `DELETE /{table}?records[]=…` */
export function deleteRecords(context: WriteContext, table: Table, ids: string[]): object {
	if (ids.length === 0 || ids.length > MAX_RECORDS_PER_WRITE) throw tooMany();
	const session = openSession(context, {});
	for (const id of ids) session.remove(table, id);
	finish(context, session, table, [], {}, ids.length);
	return { records: ids.map((id) => ({ id, deleted: true })) };
}

/** `DELETE /{table}/{recordId}` */
export function deleteRecord(context: WriteContext, table: Table, recordId: string): object {
	requireRow(context.database, table, recordId);
	deleteRecords(context, table, [recordId]);
	return { id: recordId, deleted: true };
}

function openSession(context: WriteContext, body: Json): WriteSession {
	return new WriteSession(context.database, {
		typecast: body.typecast === true,
		mayCreateOptions: context.mayCreateOptions,
		nowIso: context.nowIso(),
	});
}

function finish(
	context: WriteContext,
	session: WriteSession,
	table: Table,
	rows: Row[],
	body: Json,
	count = rows.length,
): RecordBody[] {
	session.commit();
	context.onWrite(count);
	context.fetchAttachments(session.attachments);
	const options = { byFieldId: body.returnFieldsByFieldId === true };
	return rows.map((row) => presentRow(table, session.row(table.id, row.id) ?? row, context.attachmentUrl, options));
}

function readEntries(records: unknown): Json[] {
	if (!Array.isArray(records) || records.length === 0 || records.length > MAX_RECORDS_PER_WRITE) throw tooMany();
	return records.map((entry) => {
		if (typeof entry !== 'object' || entry === null) throw tooMany();
		return entry as Json;
	});
}

function readFields(entry: Json): Json {
	if (typeof entry.fields !== 'object' || entry.fields === null || Array.isArray(entry.fields)) {
		throw invalidRequest('Could not find field "fields" in the request body');
	}
	return entry.fields as Json;
}

function readId(entry: Json): string {
	if (typeof entry.id !== 'string') throw tooMany();
	return entry.id;
}

function readMergeFields(table: Table, performUpsert: unknown): string[] {
	const names = (performUpsert as Json | null)?.fieldsToMergeOn;
	if (!Array.isArray(names) || names.length === 0 || names.length > MAX_MERGE_FIELDS) {
		throw invalidRequest(`fieldsToMergeOn must name 1 to ${MAX_MERGE_FIELDS} fields`);
	}
	return names.map((name) => {
		const field = findField(table, String(name));
		if (!field) throw unknownField(String(name));
		if (['multipleRecordLinks', 'multipleAttachments'].includes(field.type)) {
			throw invalidRequest(`field "${field.name}" can't be merged on`);
		}
		return field.id;
	});
}

function findMatch(session: WriteSession, table: Table, mergeOn: string[], fields: Json): string | undefined {
	const wanted = mergeOn.map((id) => {
		const name = Object.keys(fields).find((key) => findField(table, key)?.id === id);
		if (name === undefined) throw invalidRequest('every record must hold the fields that are merged on');
		return fields[name];
	});
	const matches = session.rows(table.id).filter((row) => mergeOn.every((id, index) => row.cells[id] === wanted[index]));
	if (matches.length > 1) {
		throw apiError(
			422,
			'INVALID_REQUEST_UNKNOWN',
			'Cannot update more than one record with the same values of the fields to merge on',
		);
	}
	return matches[0]?.id;
}

function tooMany(): Error {
	return apiError(
		422,
		'INVALID_RECORDS',
		`You must provide an array of up to ${MAX_RECORDS_PER_WRITE} record objects, each with an "id" ID field and a "fields" object for cell values.`,
	);
}
