/** A field of a table, as the meta API shows it. */
export interface Field {
	id: string;
	name: string;
	type: string;
	options?: FieldOptions;
	description?: string;
}

export interface FieldOptions {
	choices?: Choice[];
	precision?: number;
	max?: number;
	linkedTableId?: string;
	inverseLinkFieldId?: string;
	[key: string]: unknown;
}

export interface Choice {
	id: string;
	name: string;
	color?: string;
}

export interface Table {
	id: string;
	baseId: string;
	name: string;
	description?: string;
	primaryFieldId: string;
	viewId: string;
	fields: Field[];
}

/** One record. `cells` holds stored values by field id; an empty cell has no entry. */
export interface Row {
	id: string;
	tableId: string;
	createdTime: string;
	/** Order of creation within the base. */
	seq: number;
	cells: Record<string, unknown>;
}

/** An attachment as stored; the URL that people read is made anew with every answer. */
export interface StoredAttachment {
	id: string;
	filename: string;
	/** Where it is fetched from; gone once it was. */
	sourceUrl?: string;
	size?: number;
	type?: string;
}
