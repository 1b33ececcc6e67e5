/** The part of JSON Schema that the toolkit's routes use. */
export interface Schema {
	type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | readonly string[];
	properties?: Record<string, Schema>;
	required?: readonly string[];
	additionalProperties?: false;
	items?: Schema;
	minItems?: number;
	minimum?: number;
	maximum?: number;
	enum?: readonly string[];
	pattern?: string;
}

interface Problem {
	depth: number;
	text: string;
}

/**
 * Checks a value and words the most telling problem as Python's jsonschema does: the one nearest to the top wins.
 * Undefined when there is none. Formats (`uri`) aren't checked, as in the toolkit.
 */
export function findProblem(value: unknown, schema: Schema): string | undefined {
	const problems = [...check(value, schema, 0)];
	return problems.sort((a, b) => a.depth - b.depth)[0]?.text;
}

function* check(value: unknown, schema: Schema, depth: number): Generator<Problem> {
	const types = schema.type === undefined ? [] : ([] as string[]).concat(schema.type);
	if (types.length > 0 && !types.some((type) => isOfType(value, type))) {
		const names = types.map((type) => `'${type}'`).join(', ');
		return yield { depth, text: `${repr(value)} is not of type ${names}` };
	}
	if (schema.enum && !schema.enum.includes(value as string)) {
		yield { depth, text: `${repr(value)} is not one of ${repr([...schema.enum])}` };
	}
	if (typeof value === 'number') yield* checkRange(value, schema, depth);
	if (typeof value === 'string' && schema.pattern !== undefined && !new RegExp(schema.pattern).test(value)) {
		yield { depth, text: `${repr(value)} does not match ${repr(schema.pattern)}` };
	}
	if (Array.isArray(value)) yield* checkList(value, schema, depth);
	else if (typeof value === 'object' && value !== null) yield* checkMembers(value, schema, depth);
}

function* checkRange(value: number, { minimum, maximum }: Schema, depth: number): Generator<Problem> {
	if (minimum !== undefined && value < minimum) {
		yield { depth, text: `${value} is less than the minimum of ${minimum}` };
	}
	if (maximum !== undefined && value > maximum) {
		yield { depth, text: `${value} is greater than the maximum of ${maximum}` };
	}
}

function* checkList(value: unknown[], { items, minItems }: Schema, depth: number): Generator<Problem> {
	if (minItems !== undefined && value.length < minItems) yield { depth, text: `${repr(value)} is too short` };
	if (items) for (const item of value) yield* check(item, items, depth + 1);
}

function* checkMembers(value: object, schema: Schema, depth: number): Generator<Problem> {
	const { properties = {}, required = [] } = schema;
	for (const name of required) {
		if (!(name in value)) yield { depth, text: `'${name}' is a required property` };
	}
	const strangers = Object.keys(value).filter((name) => !(name in properties));
	if (schema.additionalProperties === false && strangers.length > 0) {
		const names = strangers.map((name) => `'${name}'`).join(', ');
		const verb = strangers.length === 1 ? 'was' : 'were';
		yield { depth, text: `Additional properties are not allowed (${names} ${verb} unexpected)` };
	}
	for (const [name, inner] of Object.entries(properties)) {
		if (name in value) yield* check((value as Record<string, unknown>)[name], inner, depth + 1);
	}
}

function isOfType(value: unknown, type: string): boolean {
	switch (type) {
		case 'array':
			return Array.isArray(value);
		case 'object':
			return typeof value === 'object' && value !== null && !Array.isArray(value);
		case 'integer':
			return typeof value === 'number' && Number.isInteger(value);
		case 'null':
			return value === null;
		default:
			return typeof value === type;
	}
}

/** A value as Python prints it. */
function repr(value: unknown): string {
	if (value === null || value === undefined) return 'None';
	if (value === true) return 'True';
	if (value === false) return 'False';
	if (typeof value === 'string') return value.includes("'") && !value.includes('"') ? `"${value}"` : `'${value}'`;
	if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
	if (typeof value !== 'object') return String(value);
	return `{${Object.entries(value)
		.map(([name, inner]) => `'${name}': ${repr(inner)}`)
		.join(', ')}}`;
}
