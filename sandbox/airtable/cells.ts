import { DateTime } from 'luxon';

import { invalidValue, unknownOption } from './apiError';
import { MAX_TEXT_CHARACTERS } from './constants';
import type { FormulaValue } from './formula/evaluate';
import type { Field, FieldOptions, StoredAttachment } from './model';
import type { WriteSession } from './writeSession';

/** What a cell type does with a value that comes in. `undefined` empties the cell. */
type Reader = (value: unknown, field: Field, session: WriteSession, current: unknown) => unknown;

const TEXT_TYPES = ['singleLineText', 'multilineText', 'richText', 'email', 'url', 'phoneNumber'];
const NUMBER_TYPES = ['number', 'currency', 'percent', 'duration'];

const READERS: Record<string, Reader> = {
	...Object.fromEntries(TEXT_TYPES.map((type) => [type, readText])),
	...Object.fromEntries(NUMBER_TYPES.map((type) => [type, readNumber])),
	rating: readRating,
	date: (value, field) => readInstant(value, field)?.toISODate(),
	dateTime: (value, field) => readInstant(value, field)?.toJSDate().toISOString(),
	checkbox: readCheckbox,
	singleSelect: readSingleSelect,
	multipleSelects: readMultipleSelects,
	singleCollaborator: readCollaborator,
	multipleCollaborators: (value, field) => readList(value, field).map((entry) => readCollaborator(entry, field)),
	multipleRecordLinks: readLinks,
	multipleAttachments: readAttachments,
	barcode: readBarcode,
};

/** Field types that the meta API can create: only those that hold what was written. */
export const CREATABLE_TYPES = Object.keys(READERS);

/** Turns a value of a request into what is stored; throws Airtable's 422. `undefined` means an empty cell. */
export function readCell(field: Field, value: unknown, session: WriteSession, current: unknown): unknown {
	if (value === null || value === undefined) return undefined;
	const stored = READERS[field.type](value, field, session, current);
	const isEmpty = stored === '' || stored === false || (Array.isArray(stored) && stored.length === 0);
	return isEmpty ? undefined : stored;
}

/** A stored value as a formula sees it. Linked records show their names, which `nameOf` knows. */
export function formulaValue(field: Field, stored: unknown, nameOf: (recordId: string) => string): FormulaValue {
	if (field.type === 'checkbox') return stored === true;
	if (stored === undefined) return null;
	if (field.type === 'date' || field.type === 'dateTime') return new Date(String(stored));
	if (field.type === 'multipleRecordLinks') return (stored as string[]).map(nameOf);
	if (field.type === 'multipleAttachments') return (stored as StoredAttachment[]).map((entry) => entry.filename);
	if (field.type === 'barcode') return (stored as { text: string }).text;
	if (field.type === 'singleCollaborator') return (stored as { name: string }).name;
	if (field.type === 'multipleCollaborators') return (stored as Array<{ name: string }>).map((entry) => entry.name);
	return stored as string | number | string[];
}

function readText(value: unknown, field: Field, session: WriteSession): string {
	const text = session.typecast && typeof value === 'number' ? String(value) : value;
	if (typeof text !== 'string' || text.length > MAX_TEXT_CHARACTERS) throw invalidValue(field.name);
	return text;
}

function readNumber(value: unknown, field: Field, session: WriteSession): number {
	const number = session.typecast && typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	if (typeof number !== 'number' || !Number.isFinite(number)) throw invalidValue(field.name);
	return number;
}

function readRating(value: unknown, field: Field, session: WriteSession): number {
	const rating = readNumber(value, field, session);
	if (!Number.isInteger(rating) || rating < 1 || rating > Number(field.options?.max)) throw invalidValue(field.name);
	return rating;
}

function readInstant(value: unknown, field: Field): DateTime<true> | undefined {
	if (value === '') return undefined;
	const instant = typeof value === 'string' ? DateTime.fromISO(value, { zone: 'utc' }) : undefined;
	if (!instant?.isValid) throw invalidValue(field.name);
	return instant;
}

function readCheckbox(value: unknown, field: Field, session: WriteSession): boolean {
	if (session.typecast && (value === 'true' || value === 'false')) return value === 'true';
	if (typeof value !== 'boolean') throw invalidValue(field.name);
	return value;
}

function readSingleSelect(value: unknown, field: Field, session: WriteSession): string | undefined {
	if (typeof value !== 'string') throw invalidValue(field.name);
	return value === '' ? undefined : readOption(value, field, session);
}

function readMultipleSelects(value: unknown, field: Field, session: WriteSession): string[] {
	const names = session.typecast && typeof value === 'string' ? value.split(',').map((name) => name.trim()) : value;
	return readList(names, field).map((name) => {
		if (typeof name !== 'string') throw invalidValue(field.name);
		return readOption(name, field, session);
	});
}

function readOption(name: string, field: Field, session: WriteSession): string {
	if (session.hasOption(field, name)) return name;
	if (!session.typecast || !session.mayCreateOptions) throw unknownOption(name);
	session.addOption(field, name);
	return name;
}

function readLinks(value: unknown, field: Field, session: WriteSession): string[] {
	const entries = session.typecast && typeof value === 'string' ? [value] : readList(value, field);
	const ids = entries.map((entry) => {
		const id = typeof entry === 'object' && entry !== null ? (entry as { id?: unknown }).id : entry;
		if (typeof id !== 'string') throw invalidValue(field.name);
		return session.linkTarget(field, id);
	});
	return [...new Set(ids)];
}

function readAttachments(value: unknown, field: Field, session: WriteSession, current: unknown): StoredAttachment[] {
	const before = (current ?? []) as StoredAttachment[];
	return readList(value, field).map((entry) => {
		const { id, url, filename } = (entry ?? {}) as Record<string, unknown>;
		const kept = typeof id === 'string' ? before.find((attachment) => attachment.id === id) : undefined;
		if (kept) return kept;
		if (typeof url !== 'string' || !isHttpUrl(url)) throw invalidValue(field.name);
		const name = typeof filename === 'string' && filename !== '' ? filename : fileNameOf(url);
		return session.newAttachment(url, name);
	});
}

function readCollaborator(value: unknown, field: Field): { id: string; email: string; name: string } {
	const { id, email } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
	if (typeof id !== 'string' && typeof email !== 'string') throw invalidValue(field.name);
	const address = typeof email === 'string' ? email : `${String(id)}@example.com`;
	return { id: typeof id === 'string' ? id : 'usrSandboxPerson1', email: address, name: address.split('@')[0] };
}

function readBarcode(value: unknown, field: Field): { text: string; type?: string } {
	const { text, type } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
	if (typeof text !== 'string') throw invalidValue(field.name);
	return typeof type === 'string' ? { text, type } : { text };
}

function readList(value: unknown, field: Field): unknown[] {
	if (!Array.isArray(value)) throw invalidValue(field.name);
	return value;
}

function isHttpUrl(url: string): boolean {
	return URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol);
}

function fileNameOf(url: string): string {
	return decodeURIComponent(new URL(url).pathname.split('/').pop() || 'attachment');
}

/** Checks and completes the options of a field that is to be created; `undefined` when they don't fit its type. */
export function completeOptions(
	type: string,
	options: FieldOptions | undefined,
	newChoiceId: () => string,
): { options?: FieldOptions } | undefined {
	if (type === 'singleSelect' || type === 'multipleSelects') {
		const choices = options?.choices;
		if (!Array.isArray(choices) || choices.some((choice) => typeof choice?.name !== 'string')) return undefined;
		return { options: { choices: choices.map((choice) => ({ ...choice, id: newChoiceId() })) } };
	}
	const required = REQUIRED_OPTIONS[type];
	if (required === undefined) return options === undefined || type === 'multipleAttachments' ? {} : undefined;
	return required.every((key) => options?.[key] !== undefined) ? { options } : undefined;
}

const REQUIRED_OPTIONS: Record<string, string[]> = {
	number: ['precision'],
	percent: ['precision'],
	currency: ['precision', 'symbol'],
	duration: ['durationFormat'],
	date: ['dateFormat'],
	dateTime: ['dateFormat', 'timeFormat', 'timeZone'],
	checkbox: ['icon', 'color'],
	rating: ['icon', 'max', 'color'],
	multipleRecordLinks: ['linkedTableId'],
};
