import type { INode, INodeParameters, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeHelpers, NodeOperationError } from 'n8n-workflow';

import type { TemplateNode } from './templates';

const known = new WeakMap<TemplateNode, INode>();

/** The node as n8n holds it: its parameters completed with the defaults of its description. */
export function completeNode(type: INodeType, node: TemplateNode): INode {
	const cached = known.get(node);
	if (cached) return cached;
	const { description } = type;
	const parameters = NodeHelpers.getNodeParameters(
		description.properties,
		node.parameters as INodeParameters,
		true,
		false,
		{ typeVersion: node.typeVersion },
		description,
	);
	const { id, name, type: typeName, typeVersion, position } = node;
	const complete: INode = { id, name, type: typeName, typeVersion, position, parameters: parameters ?? {} };
	known.set(node, complete);
	return complete;
}

/** A parameter by its dotted name, as it is written, before expressions are worked out. */
export function rawParameter(node: INode, name: string): unknown {
	return name
		.split('.')
		.reduce<unknown>(
			(value, key) =>
				typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
			node.parameters,
		);
}

/** The value inside of a resource locator, as `extractValue` asks for it. */
export function extractValue(node: INode, description: INodeTypeDescription, name: string, value: unknown): unknown {
	const isLocator = typeof value === 'object' && value !== null && 'mode' in value && 'value' in value;
	if (!isLocator) return value;
	const { mode, value: inner } = value as { mode: string; value: unknown };
	const property = description.properties.find((candidate) => candidate.name === name && candidate.modes !== undefined);
	const rule = property?.modes?.find((candidate) => candidate.name === mode)?.extractValue;
	if (!rule) return inner;
	const match = new RegExp(String(rule.regex)).exec(String(inner));
	if (!match) throw new NodeOperationError(node, `The value of "${name}" is invalid.`);
	return match[1];
}
