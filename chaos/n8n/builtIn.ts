import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { evaluate, type Scope } from './expressions';
import type { TemplateNode } from './templates';

/** What a node of n8n does with its items; the list of outputs comes back. */
export type BuiltIn = (
	node: TemplateNode,
	items: INodeExecutionData[],
	scopeOf: (itemIndex: number) => Scope,
	state: Map<string, unknown>,
) => INodeExecutionData[][];

interface Condition {
	leftValue: unknown;
	rightValue: unknown;
	operator: { type: string; operation: string };
}

interface Conditions {
	combinator: 'and' | 'or';
	conditions: Condition[];
}

/** Comparisons that the templates use. Another one must be added here before it can be played. */
const OPERATIONS: Record<string, (left: unknown, right: unknown) => boolean> = {
	'string equals': (left, right) => String(left ?? '') === String(right ?? ''),
	'string notEquals': (left, right) => String(left ?? '') !== String(right ?? ''),
	'string notEmpty': (left) => String(left ?? '') !== '',
	'string empty': (left) => String(left ?? '') === '',
	'string exists': (left) => left !== undefined && left !== null,
	'boolean true': (left) => left === true || left === 'true',
	'boolean false': (left) => left === false || left === 'false',
	'boolean equals': (left, right) => String(left) === String(right),
	'number equals': (left, right) => Number(left) === Number(right),
	'number gt': (left, right) => Number(left) > Number(right),
	'number gte': (left, right) => Number(left) >= Number(right),
};

function holds({ combinator, conditions }: Conditions, scope: Scope): boolean {
	const results = conditions.map(({ leftValue, rightValue, operator }) => {
		const compare = OPERATIONS[`${operator.type} ${operator.operation}`];
		if (!compare) throw new Error(`The comparison "${operator.type} ${operator.operation}" can't be played yet`);
		return compare(evaluate(leftValue, scope), evaluate(rightValue, scope));
	});
	return combinator === 'or' ? results.includes(true) : !results.includes(false);
}

const set: BuiltIn = (node, items, scopeOf) => {
	const { assignments } = node.parameters.assignments as { assignments: Array<{ name: string; value: unknown }> };
	const keepsOthers = node.parameters.includeOtherFields === true;
	return [
		items.map((item, index) => {
			const json: IDataObject = keepsOthers ? { ...item.json } : {};
			for (const { name, value } of assignments) json[name] = evaluate(value, scopeOf(index)) as IDataObject[string];
			return { json, pairedItem: { item: index } };
		}),
	];
};

const branch: BuiltIn = (node, items, scopeOf) => {
	const outputs: INodeExecutionData[][] = [[], []];
	items.forEach((item, index) => {
		outputs[holds(node.parameters.conditions as Conditions, scopeOf(index)) ? 0 : 1].push(item);
	});
	return outputs;
};

const choose: BuiltIn = (node, items, scopeOf) => {
	const { values } = node.parameters.rules as { values: Array<{ conditions: Conditions }> };
	const { fallbackOutput } = (node.parameters.options ?? {}) as { fallbackOutput?: string };
	const outputs: INodeExecutionData[][] = [...values, {}].map(() => []);
	items.forEach((item, index) => {
		const found = values.findIndex(({ conditions }) => holds(conditions, scopeOf(index)));
		if (found >= 0) outputs[found].push(item);
		else if (fallbackOutput === 'extra') outputs[values.length].push(item);
	});
	return outputs;
};

/**
 * Gives one batch after the other at its second output, and what came back at its first when all are through. As n8n's
 * own, it takes later items for what came back, even when all are through, unless it is told to begin anew.
 */
const inBatches: BuiltIn = (node, items, scopeOf, state) => {
	const { reset } = (evaluate(node.parameters.options ?? {}, scopeOf(0)) ?? {}) as { reset?: boolean };
	const before = reset === true ? undefined : state.get(node.name);
	const known = before as { left: INodeExecutionData[]; back: INodeExecutionData[] } | undefined;
	const size = Number(node.parameters.batchSize ?? 1);
	const batches = known ?? { left: [...items], back: [] };
	if (known) batches.back.push(...items);
	const batch = batches.left.splice(0, size);
	state.set(node.name, batches);
	return batch.length > 0 ? [[], batch] : [batches.back, []];
};

const passOn: BuiltIn = (_node, items) => [items];

/** Nodes of n8n that need nobody else. */
export const BUILT_IN: Record<string, BuiltIn> = {
	'n8n-nodes-base.set': set,
	'n8n-nodes-base.if': branch,
	'n8n-nodes-base.switch': choose,
	'n8n-nodes-base.splitInBatches': inBatches,
	'n8n-nodes-base.noOp': passOn,
	'n8n-nodes-base.filter': (node, items, scopeOf, state) => [branch(node, items, scopeOf, state)[0]],
	'n8n-nodes-base.webhook': passOn,
	'n8n-nodes-base.executeWorkflowTrigger': passOn,
	'n8n-nodes-base.errorTrigger': passOn,
	'n8n-nodes-base.scheduleTrigger': passOn,
};
