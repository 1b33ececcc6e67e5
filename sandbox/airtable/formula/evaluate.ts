import { DateTime } from 'luxon';

import type { Node } from './parse';

/** A value inside a formula; `null` is a blank cell. */
export type FormulaValue = string | number | boolean | Date | null | string[];

/** What a formula sees of one record. */
export interface FormulaScope {
	recordId: string;
	createdTime: string;
	/** Milliseconds since the epoch. */
	now: number;
	/** Value of a field that is known to exist. */
	field(name: string): FormulaValue;
}

/** Airtable shows such a cell as `#ERROR!`; a filter takes it as "no". */
export class FormulaValueError extends Error {}

type Evaluate = (node: Node) => FormulaValue;
type FormulaFunction = (args: FormulaValue[], scope: FormulaScope) => FormulaValue;

/** Functions of the values of their arguments. IF is not among them: it must not look at the branch it does not take. */
const FUNCTIONS: Record<string, FormulaFunction> = {
	AND: (args) => args.every(isTruthy),
	OR: (args) => args.some(isTruthy),
	NOT: ([value]) => !isTruthy(value),
	XOR: (args) => args.filter(isTruthy).length % 2 === 1,
	TRUE: () => true,
	FALSE: () => false,
	BLANK: () => null,
	RECORD_ID: (_args, scope) => scope.recordId,
	CREATED_TIME: (_args, scope) => new Date(scope.createdTime),
	FIND: ([needle, haystack, from]) => find(asText(needle), asText(haystack), from),
	SEARCH: ([needle, haystack, from]) =>
		find(asText(needle).toLowerCase(), asText(haystack).toLowerCase(), from) || null,
	ARRAYJOIN: ([list, separator]) =>
		Array.isArray(list) ? list.join(separator === undefined ? ', ' : asText(separator)) : asText(list),
	CONCATENATE: (args) => args.map(asText).join(''),
	LEN: ([value]) => asText(value).length,
	LOWER: ([value]) => asText(value).toLowerCase(),
	UPPER: ([value]) => asText(value).toUpperCase(),
	TRIM: ([value]) => asText(value).trim(),
	LEFT: ([value, count]) => asText(value).slice(0, asNumber(count)),
	EXACT: ([a, b]) => asText(a) === asText(b),
	VALUE: ([value]) => asNumber(value),
	NOW: (_args, scope) => new Date(scope.now),
	TODAY: (_args, scope) => DateTime.fromMillis(scope.now, { zone: 'utc' }).startOf('day').toJSDate(),
	DATETIME_PARSE: ([value]) => asDate(value),
	DATEADD: ([value, count, unit]) => addToDate(asDate(value), asNumber(count), asText(unit)),
	IS_BEFORE: ([a, b]) => asDate(a).getTime() < asDate(b).getTime(),
	IS_AFTER: ([a, b]) => asDate(a).getTime() > asDate(b).getTime(),
	IS_SAME: ([a, b]) => asDate(a).getTime() === asDate(b).getTime(),
};

/** Names of fields and functions that a formula uses, so that unknown ones are refused before any record is looked at. */
export function namesIn(node: Node): { fields: Set<string>; functions: Set<string> } {
	const names = { fields: new Set<string>(), functions: new Set<string>() };
	const visit = (current: Node): void => {
		if (current.kind === 'field') names.fields.add(current.name);
		if (current.kind === 'negate') visit(current.operand);
		if (current.kind === 'binary') [current.left, current.right].forEach(visit);
		if (current.kind === 'call') {
			names.functions.add(current.name);
			current.args.forEach(visit);
		}
	};
	visit(node);
	return names;
}

export function isKnownFunction(name: string): boolean {
	return name === 'IF' || Object.hasOwn(FUNCTIONS, name);
}

/** Whether a record passes the filter. A value error means no. */
export function passes(node: Node, scope: FormulaScope): boolean {
	const evaluate: Evaluate = (current) => {
		switch (current.kind) {
			case 'literal':
				return current.value;
			case 'field':
				return scope.field(current.name);
			case 'negate':
				return -asNumber(evaluate(current.operand));
			case 'binary':
				return applyOperator(current.operator, evaluate(current.left), evaluate(current.right));
			case 'call':
				return current.name === 'IF'
					? evaluateIf(current.args, evaluate)
					: FUNCTIONS[current.name](current.args.map(evaluate), scope);
		}
	};
	try {
		return isTruthy(evaluate(node));
	} catch (error) {
		if (error instanceof FormulaValueError) return false;
		throw error;
	}
}

function evaluateIf([condition, whenTrue, whenFalse]: Node[], evaluate: Evaluate): FormulaValue {
	if (condition === undefined) throw new FormulaValueError('IF without arguments');
	const branch = isTruthy(evaluate(condition)) ? whenTrue : whenFalse;
	return branch === undefined ? null : evaluate(branch);
}

function applyOperator(operator: string, left: FormulaValue, right: FormulaValue): FormulaValue {
	switch (operator) {
		case '&':
			return asText(left) + asText(right);
		case '+':
			return asNumber(left) + asNumber(right);
		case '-':
			return asNumber(left) - asNumber(right);
		case '*':
			return asNumber(left) * asNumber(right);
		case '/':
			return asNumber(left) / asNumber(right);
		case '=':
			return compare(left, right) === 0;
		case '!=':
			return compare(left, right) !== 0;
		case '<':
			return compare(left, right) < 0;
		case '>':
			return compare(left, right) > 0;
		case '<=':
			return compare(left, right) <= 0;
		default:
			return compare(left, right) >= 0;
	}
}

/** A blank counts as 0 beside a number and as '' beside anything else. */
function compare(left: FormulaValue, right: FormulaValue): number {
	if (isNumeric(left) && (isNumeric(right) || right === null)) return asNumber(left) - asNumber(right);
	if (isNumeric(right) && left === null) return -asNumber(right);
	const a = asText(left);
	const b = asText(right);
	return a === b ? 0 : a < b ? -1 : 1;
}

function isNumeric(value: FormulaValue): boolean {
	return typeof value === 'number' || typeof value === 'boolean' || value instanceof Date;
}

function isTruthy(value: FormulaValue | undefined): boolean {
	if (value === null || value === undefined) return false;
	if (Array.isArray(value)) return value.length > 0;
	if (value instanceof Date) return true;
	return typeof value === 'string' ? value !== '' : Boolean(value);
}

function asText(value: FormulaValue | undefined): string {
	if (value === null || value === undefined) return '';
	if (value instanceof Date) return value.toISOString();
	if (Array.isArray(value)) return value.join(', ');
	if (typeof value === 'boolean') return value ? '1' : '0';
	return String(value);
}

function asNumber(value: FormulaValue | undefined): number {
	if (value === null || value === undefined) return 0;
	if (value instanceof Date) return value.getTime();
	const number = Number(Array.isArray(value) ? value.join('') : value);
	if (Number.isNaN(number)) throw new FormulaValueError('not a number');
	return number;
}

function asDate(value: FormulaValue | undefined): Date {
	if (value instanceof Date) return value;
	const parsed = DateTime.fromISO(asText(value), { zone: 'utc' });
	if (!parsed.isValid) throw new FormulaValueError('not a date');
	return parsed.toJSDate();
}

function addToDate(date: Date, count: number, unit: string): Date {
	const known = ['milliseconds', 'seconds', 'minutes', 'hours', 'days', 'weeks', 'months', 'years'];
	if (!known.includes(unit)) throw new FormulaValueError(`unknown unit ${unit}`);
	return DateTime.fromJSDate(date, { zone: 'utc' })
		.plus({ [unit]: count })
		.toJSDate();
}

function find(needle: string, haystack: string, from: FormulaValue | undefined): number {
	return haystack.indexOf(needle, from === undefined ? 0 : Math.max(0, asNumber(from) - 1)) + 1;
}
