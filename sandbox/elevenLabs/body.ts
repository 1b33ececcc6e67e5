import { invalidField } from './errors';

export type WireObject = Record<string, unknown>;

export function asObject(value: unknown): WireObject | undefined {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as WireObject) : undefined;
}

/** @throws ValidationError as FastAPI's for a body that is no JSON object */
export function parseBody(bytes: Buffer): WireObject {
	const parsed = parse(bytes.toString('utf8'));
	const body = asObject(parsed);
	if (body) return body;
	if (parsed === undefined) throw invalidField(['body', 0], 'JSON decode error', 'json_invalid');
	throw invalidField(['body'], 'Input should be a valid dictionary or object', 'model_attributes_type');
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** @throws ValidationError when it is missing or no text */
export function requireText(body: WireObject, name: string): string {
	if (body[name] === undefined) throw invalidField(['body', name], 'Field required', 'missing');
	return optionalText(body, name) ?? '';
}

/** @throws ValidationError when it is no text */
export function optionalText(body: WireObject, name: string): string | undefined {
	const value = body[name];
	if (value === undefined || value === null) return undefined;
	if (typeof value !== 'string') throw invalidField(['body', name], 'Input should be a valid string', 'string_type');
	return value;
}

/** @throws ValidationError when it is no number of that range */
export function optionalNumber(
	body: WireObject,
	path: string[],
	range: { least: number; most: number },
): number | undefined {
	const value = body[path[path.length - 1]];
	if (value === undefined || value === null) return undefined;
	const number = Number(value);
	if (typeof value === 'boolean' || Number.isNaN(number)) {
		throw invalidField(['body', ...path], 'Input should be a valid number', 'float_parsing');
	}
	if (number < range.least) {
		throw invalidField(
			['body', ...path],
			`Input should be greater than or equal to ${range.least}`,
			'greater_than_equal',
		);
	}
	if (number > range.most) {
		throw invalidField(['body', ...path], `Input should be less than or equal to ${range.most}`, 'less_than_equal');
	}
	return number;
}
