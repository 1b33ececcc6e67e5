import type { IDataObject, IExecuteFunctions, INode, ISupplyDataFunctions } from 'n8n-workflow';
import { isResourceLocatorValue, isSafeObjectProperty, NodeOperationError, setSafeObjectProperty } from 'n8n-workflow';

import { ok, refuse, type Result } from '../../engine/result';
import { unwrap } from './errors';

/** The part of an execution that the readers need. */
export type ParameterContext = Pick<IExecuteFunctions | ISupplyDataFunctions, 'getNodeParameter'> & {
	getNode(): INode;
};

function readRaw(ctx: ParameterContext, name: string, itemIndex: number): unknown {
	const raw: unknown = ctx.getNodeParameter(name, itemIndex, '');
	return isResourceLocatorValue(raw) ? ctx.getNodeParameter(name, itemIndex, '', { extractValue: true }) : raw;
}

function refuseField(ctx: ParameterContext, message: string, itemIndex: number): NodeOperationError {
	return new NodeOperationError(ctx.getNode(), message, { itemIndex });
}

/** Text of a parameter (resource locators give their value), trimmed, or undefined when it is empty. */
export function optionalString(ctx: ParameterContext, name: string, itemIndex: number): string | undefined {
	const value = readRaw(ctx, name, itemIndex);
	if (value === undefined || value === null || typeof value === 'object') return undefined;
	const text = String(value).trim();
	return text === '' ? undefined : text;
}

/**
 * Text of a parameter that must not be empty. Numbers from expressions become text.
 *
 * @throws NodeOperationError that names the field by its label
 */
export function requireString(ctx: ParameterContext, name: string, label: string, itemIndex: number): string {
	const text = optionalString(ctx, name, itemIndex);
	if (text === undefined) throw refuseField(ctx, `${label} is required`, itemIndex);
	return text;
}

/** A finite number of a parameter, or undefined when it is empty or no number. */
export function optionalNumber(ctx: ParameterContext, name: string, itemIndex: number): number | undefined {
	return toNumber(readRaw(ctx, name, itemIndex));
}

function toNumber(value: unknown): number | undefined {
	if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
	if (typeof value !== 'string' || value.trim() === '') return undefined;
	const number = Number(value);
	return Number.isFinite(number) ? number : undefined;
}

/**
 * A whole number above zero.
 *
 * @throws NodeOperationError that names the field by its label
 */
export function requirePositiveInteger(ctx: ParameterContext, name: string, label: string, itemIndex: number): number {
	const number = optionalNumber(ctx, name, itemIndex);
	if (number === undefined || !Number.isSafeInteger(number) || number < 1) {
		throw refuseField(ctx, `${label} must be a whole number above zero`, itemIndex);
	}
	return number;
}

/** A collection as a fresh object; keys that could reach a prototype are left out. */
export function readCollection(ctx: ParameterContext, name: string, itemIndex: number): IDataObject {
	const raw: unknown = ctx.getNodeParameter(name, itemIndex, {});
	if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return {};
	const copy: IDataObject = {};
	for (const [key, value] of Object.entries(raw)) {
		if (isSafeObjectProperty(key)) setSafeObjectProperty(copy, key, value);
	}
	return copy;
}

function parseJson(text: string, label: string): Result<unknown> {
	try {
		return ok(JSON.parse(text));
	} catch {
		return refuse('invalid_json', `${label} is not valid JSON`, label);
	}
}

/**
 * A parameter of type `json`: text is parsed, objects from expressions are taken as they are, empty is undefined.
 *
 * @throws NodeOperationError that names the field by its label
 */
export function parseJsonParameter(ctx: ParameterContext, name: string, label: string, itemIndex: number): unknown {
	const raw: unknown = ctx.getNodeParameter(name, itemIndex, '');
	if (typeof raw !== 'string') return raw ?? undefined;
	if (raw.trim() === '') return undefined;
	return unwrap(ctx, parseJson(raw, label), itemIndex);
}

/** Members of a record that are set: empty text, null and undefined are left out. */
export function withoutEmpty(record: Record<string, unknown>): IDataObject {
	const entries = Object.entries(record).filter(([, value]) => value !== undefined && value !== null && value !== '');
	return Object.fromEntries(entries) as IDataObject;
}
