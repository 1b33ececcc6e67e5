import { formulaValue } from './cells';
import type { AirtableDatabase } from './database';
import type { FormulaValue } from './formula/evaluate';
import type { Field, Row, StoredAttachment, Table } from './model';

/** Makes the URL under which an attachment can be read for a while. */
export type AttachmentUrl = (attachment: StoredAttachment) => string;

export interface RecordBody {
	id: string;
	createdTime: string;
	fields: Record<string, unknown>;
}

/** A record as an answer shows it: empty cells left out, attachments with a fresh URL. */
export function presentRow(
	table: Table,
	row: Row,
	attachmentUrl: AttachmentUrl,
	options: { byFieldId?: boolean; only?: Set<string> } = {},
): RecordBody {
	const fields: Record<string, unknown> = {};
	for (const field of table.fields) {
		const stored = row.cells[field.id];
		if (stored === undefined || (options.only && !options.only.has(field.id))) continue;
		fields[options.byFieldId ? field.id : field.name] = presentCell(field, stored, attachmentUrl);
	}
	return { id: row.id, createdTime: row.createdTime, fields };
}

function presentCell(field: Field, stored: unknown, attachmentUrl: AttachmentUrl): unknown {
	if (field.type !== 'multipleAttachments') return stored;
	return (stored as StoredAttachment[]).map((attachment) => {
		const { id, filename, size, type } = attachment;
		const base = { id, url: attachment.sourceUrl ?? attachmentUrl(attachment), filename };
		return size === undefined ? base : { ...base, size, type };
	});
}

/** A cell as a formula or a sort sees it. */
export function cellForFormula(database: AirtableDatabase, field: Field, row: Row): FormulaValue {
	return formulaValue(field, row.cells[field.id], (recordId) => {
		const linked = database.tables.get(String(field.options?.linkedTableId));
		const target = linked && database.row(linked.id, recordId);
		return String((linked && target?.cells[linked.primaryFieldId]) ?? '');
	});
}
