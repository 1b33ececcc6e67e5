import { Readable } from 'node:stream';

import type { SandboxRequest } from '../core/types';
import { invalidRequest, invalidValue, unknownField } from './apiError';
import type { AttachmentFiles } from './attachments';
import { MAX_UPLOAD_BYTES } from './constants';
import { type AirtableDatabase, findField } from './database';
import type { RecordLister } from './listing';
import type { Field, StoredAttachment, Table } from './model';
import { presentRow } from './present';
import { requireRow, requireTable } from './writeSession';

/** What uploads and people's edits work on. */
export interface PeopleContext {
	database: AirtableDatabase;
	files: AttachmentFiles;
	lister: RecordLister;
	baseId: string;
}

/** `POST /v0/{baseId}/{recordId}/{field}/uploadAttachment`: base64 of at most 5 MB, added to the cell. */
export async function uploadAttachment(
	context: PeopleContext,
	baseId: string,
	recordId: string,
	fieldName: string,
	body: Record<string, unknown>,
): Promise<object> {
	const { contentType, file, filename } = body;
	if (typeof contentType !== 'string' || typeof file !== 'string' || typeof filename !== 'string') {
		throw invalidRequest('contentType, file and filename are needed');
	}
	const bytes = Buffer.from(file, 'base64');
	if (bytes.length > MAX_UPLOAD_BYTES) throw invalidRequest('the file is larger than 5 MB');
	const table = context.database.tablesOf(baseId).find((each) => context.database.row(each.id, recordId));
	const owner = table ?? requireTable(context.database, baseId, '');
	const field = requireAttachmentField(owner, fieldName);
	await attach(context, owner, recordId, field, { bytes: Readable.from(bytes), filename, type: contentType });
	const row = requireRow(context.database, owner, recordId);
	return presentRow(owner, row, context.files.urlOf, { byFieldId: true, only: new Set([field.id]) });
}

/**
 * `POST /_people/upload?table=&record=&field=&filename=`: a file dropped into a cell by a person, as its raw bytes.
 * It costs no API request, as it would not in Airtable's own editor.
 */
export async function uploadAsPerson(context: PeopleContext, request: SandboxRequest): Promise<object> {
	const { query } = request;
	const table = requireTable(context.database, context.baseId, query.get('table') ?? '');
	const field = requireAttachmentField(table, query.get('field') ?? '');
	const recordId = query.get('record') ?? '';
	requireRow(context.database, table, recordId);
	const filename = query.get('filename') ?? 'upload';
	const type = request.headers['content-type'] ?? 'application/octet-stream';
	await attach(context, table, recordId, field, { bytes: request.stream, filename, type });
	return presentRow(table, requireRow(context.database, table, recordId), context.files.urlOf);
}

/** `GET /_people/records?table=&filterByFormula=`: what a person sees in the editor; costs no API request. */
export function recordsAsPerson(context: PeopleContext, query: URLSearchParams): object {
	const table = requireTable(context.database, context.baseId, query.get('table') ?? '');
	const rows = context.lister.filter(table, query.get('filterByFormula') ?? undefined);
	return { records: rows.map((row) => presentRow(table, row, context.files.urlOf)) };
}

async function attach(
	{ database, files }: PeopleContext,
	table: Table,
	recordId: string,
	field: Field,
	file: { bytes: Readable; filename: string; type: string },
): Promise<void> {
	const id = database.newId('att');
	const size = await files.store(id, file.bytes);
	const row = requireRow(database, table, recordId);
	const entries = (row.cells[field.id] ?? []) as StoredAttachment[];
	const added: StoredAttachment = { id, filename: file.filename, size, type: file.type };
	database.commit([{ ...row, cells: { ...row.cells, [field.id]: [...entries, added] } }]);
}

function requireAttachmentField(table: Table, name: string): Field {
	const field = findField(table, name);
	if (!field) throw unknownField(name);
	if (field.type !== 'multipleAttachments') throw invalidValue(field.name);
	return field;
}
