import type {
	INode,
	INodeParameters,
	INodeType,
	INodeTypeDescription,
	Logger,
	NodeParameterValueType,
} from 'n8n-workflow';
import { NodeHelpers, NodeOperationError } from 'n8n-workflow';

/** Parameters by name; dotted names are not needed, collections are given as objects. */
export type MockParameters = Record<string, unknown>;

/** One line that a node logged. */
export interface LoggedLine {
	level: 'debug' | 'info' | 'warn' | 'error';
	message: string;
	metadata?: unknown;
}

/** A logger that keeps its lines. */
export function createMockLogger(): { logger: Logger; lines: LoggedLine[] } {
	const lines: LoggedLine[] = [];
	const writer = (level: LoggedLine['level']) => (message: string, metadata?: object) => {
		lines.push({ level, message, metadata });
	};
	const logger = { debug: writer('debug'), info: writer('info'), warn: writer('warn'), error: writer('error') };
	return { logger: logger as unknown as Logger, lines };
}

/** A node of this type as n8n would hold it, parameters completed with the defaults of its description. */
export function buildNode(type: INodeType, parameters: MockParameters, typeVersion?: number): INode {
	const { description } = type;
	const version = Array.isArray(description.version) ? Math.max(...description.version) : description.version;
	const complete = NodeHelpers.getNodeParameters(
		description.properties,
		parameters as INodeParameters,
		true,
		false,
		{ typeVersion: typeVersion ?? version },
		description,
	);
	return {
		id: '5a3b1c9e-0000-4000-8000-000000000001',
		name: description.displayName,
		type: `n8n-nodes-video-engine.${description.name}`,
		typeVersion: typeVersion ?? version,
		position: [0, 0],
		parameters: complete ?? {},
	};
}

function getPath(source: unknown, path: string): unknown {
	return path
		.split('.')
		.reduce<unknown>(
			(value, key) =>
				typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
			source,
		);
}

function extract(node: INode, description: INodeTypeDescription, name: string, value: unknown): unknown {
	const property = NodeHelpers.findDisplayedProperty(name, description.properties, node.parameters, node, description);
	if (!property) throw new NodeOperationError(node, 'Could not find property');
	if (!('type' in property) || property.type !== 'resourceLocator') return value;
	if (typeof value !== 'object' || value === null || !('mode' in value) || !('value' in value)) return value;
	const { mode, value: inner } = value as { mode: string; value: unknown };
	const rule = property.modes?.find((candidate) => candidate.name === mode)?.extractValue;
	if (!rule) return inner;
	const match = new RegExp(String(rule.regex)).exec(String(inner));
	if (!match) throw new NodeOperationError(node, `ERROR: ${property.displayName} parameter's value is invalid.`);
	return match[1];
}

/**
 * Reads a parameter as n8n does: defaults from the description, the fallback only where the parameter is unknown, and
 * a resource locator as its whole object unless `extractValue` is asked for.
 */
export function readParameter(
	node: INode,
	description: INodeTypeDescription,
	name: string,
	fallback: unknown,
	options?: { extractValue?: boolean },
): NodeParameterValueType {
	const found = getPath(node.parameters, name);
	const value = found === undefined ? fallback : found;
	if (value === undefined) throw new NodeOperationError(node, `Could not get parameter "${name}"`);
	return (options?.extractValue ? extract(node, description, name, value) : value) as NodeParameterValueType;
}
