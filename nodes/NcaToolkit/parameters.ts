import type { IDataObject } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { ok, refuse, type Result } from '../../engine/result';
import { unwrap } from '../shared/errors';
import { parseJsonParameter, readCollection, withoutEmpty, type ParameterContext } from '../shared/params';

function isRecord(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string, label: string): Result<unknown> {
	try {
		return ok(JSON.parse(text));
	} catch {
		return refuse('invalid_json', `${label} is not valid JSON`, label);
	}
}

function isEmptyContainer(value: unknown): boolean {
	return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/**
 * The "Options" collection as members of a payload: what is empty is left out, `jsonFields` are parsed.
 * The option names are the toolkit's own.
 *
 * @throws NodeOperationError that names the option when it is not valid JSON
 */
export function readOptions(ctx: ParameterContext, itemIndex: number, jsonFields: string[] = []): IDataObject {
	const options = withoutEmpty(readCollection(ctx, 'options', itemIndex));
	for (const field of jsonFields) {
		const raw = options[field];
		const value = typeof raw === 'string' ? unwrap(ctx, parseJson(raw, field), itemIndex) : raw;
		if (value === undefined || isEmptyContainer(value)) delete options[field];
		else options[field] = value as IDataObject;
	}
	return options;
}

function urlOf(entry: unknown): string {
	if (isRecord(entry)) return String(entry.url ?? entry.file_url ?? entry.video_url ?? entry.audio_url ?? '').trim();
	return typeof entry === 'string' ? entry.trim() : '';
}

/**
 * A list of URLs: lines of text, JSON text, or a list of texts or of `{ url }` from an expression.
 *
 * @throws NodeOperationError that names the field by its label when it is empty or an entry is no URL
 */
export function requireUrlList(ctx: ParameterContext, name: string, label: string, itemIndex: number): string[] {
	const raw: unknown = ctx.getNodeParameter(name, itemIndex, '');
	const isJson = typeof raw === 'string' && raw.trim().startsWith('[');
	const parsed = isJson ? unwrap(ctx, parseJson(raw, label), itemIndex) : raw;
	const entries = Array.isArray(parsed) ? parsed.map(urlOf) : String(parsed).split(/\r?\n/).map(urlOf);
	const urls = Array.isArray(parsed) ? entries : entries.filter((url) => url !== '');

	const refused = (message: string) => new NodeOperationError(ctx.getNode(), message, { itemIndex });
	if (urls.length === 0) throw refused(`${label} is required`);
	const wrong = urls.findIndex((url) => !/^https?:\/\/\S+$/i.test(url));
	if (wrong >= 0) throw refused(`${label}: entry ${wrong + 1} is not a URL`);
	return urls;
}

/**
 * Time spans `[{ start, end }]`: rows of the parameter, or a list from an expression.
 *
 * @throws NodeOperationError that names the field by its label when there is none or a time is missing
 */
export function requireSpans(ctx: ParameterContext, name: string, label: string, itemIndex: number): IDataObject[] {
	const raw: unknown = ctx.getNodeParameter(name, itemIndex, {});
	const rows: unknown = isRecord(raw) ? raw.span : raw;
	const spans = (Array.isArray(rows) ? rows : []).filter(isRecord).map(({ start, end }) => ({
		start: String(start ?? '').trim(),
		end: String(end ?? '').trim(),
	}));
	const refused = (message: string) => new NodeOperationError(ctx.getNode(), message, { itemIndex });
	if (spans.length === 0) throw refused(`${label} is required`);
	const wrong = spans.findIndex(({ start, end }) => start === '' || end === '');
	if (wrong >= 0) throw refused(`${label}: entry ${wrong + 1} needs a start and an end`);
	return spans;
}

/**
 * A JSON object of a parameter.
 *
 * @throws NodeOperationError that names the field by its label
 */
export function requireJsonObject(ctx: ParameterContext, name: string, label: string, itemIndex: number): IDataObject {
	const value = parseJsonParameter(ctx, name, label, itemIndex);
	if (isRecord(value)) return value;
	throw new NodeOperationError(ctx.getNode(), `${label} must be a JSON object`, { itemIndex });
}
