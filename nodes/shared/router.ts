import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { failureOf, refusalOf, ServiceError, toNodeError } from './errors';

/** What one operation of a node does for one item. Plain data becomes items paired with the input item. */
export type Operation = (
	this: IExecuteFunctions,
	itemIndex: number,
) => Promise<IDataObject | IDataObject[] | INodeExecutionData[]>;

/** Resource → operation → what it does. A node without resources uses the key `default`. */
export type Operations = Record<string, Record<string, Operation>>;

export interface RouterOptions {
	/** How many items may be worked on at a time; one when absent. */
	concurrency?: (context: IExecuteFunctions) => number;
}

type Outcome = { items: INodeExecutionData[] } | { error: unknown };

function isExecutionData(data: IDataObject[] | INodeExecutionData[]): data is INodeExecutionData[] {
	return data.every((item) => typeof item.json === 'object' && item.json !== null && !Array.isArray(item.json));
}

function pair(context: IExecuteFunctions, data: Awaited<ReturnType<Operation>>, itemIndex: number) {
	const list = Array.isArray(data) ? data : [data];
	const items = isExecutionData(list) ? list : context.helpers.returnJsonArray(list);
	return context.helpers.constructExecutionMetaData(items, { itemData: { item: itemIndex } });
}

function findOperation(context: IExecuteFunctions, operations: Operations, itemIndex: number): Operation {
	const resource = String(context.getNodeParameter('resource', itemIndex, 'default'));
	const name = String(context.getNodeParameter('operation', itemIndex, 'default'));
	const group = Object.hasOwn(operations, resource) ? operations[resource] : {};
	if (Object.hasOwn(group, name)) return group[name];
	throw new NodeOperationError(context.getNode(), `The operation "${name}" of "${resource}" does not exist`, {
		itemIndex,
	});
}

async function attempt(context: IExecuteFunctions, operations: Operations, itemIndex: number): Promise<Outcome> {
	try {
		if (context.getExecutionCancelSignal()?.aborted) {
			return {
				error: new ServiceError({
					class: 'cancelled',
					message: 'The execution was cancelled.',
					began: 'no',
					retryable: false,
				}),
			};
		}
		const operation = findOperation(context, operations, itemIndex);
		return { items: pair(context, await operation.call(context, itemIndex), itemIndex) };
	} catch (error) {
		return { error };
	}
}

/**
 * What n8n routes to the error output, with the words and the class of the failure on it. n8n replaces the JSON of an
 * item that carries an `error` object by its bare message, and takes an item for a failed one when its JSON holds only
 * `error`, `message` and `details`; it then adds the JSON of the input item.
 */
function toErrorItem(context: IExecuteFunctions, error: unknown, itemIndex: number): INodeExecutionData {
	const nodeError = toNodeError(context, error, itemIndex);
	const failure = { ...failureOf(nodeError) };
	return {
		json: { error: nodeError.message, message: failure.message, details: { ...refusalOf(nodeError), failure } },
		pairedItem: { item: itemIndex },
	};
}

/**
 * Runs the node's operation for every input item: owns the loop, pairing and error handling.
 * With "continue on fail" an item that fails becomes
 * `{ json: { error, message, details: { failure, code?, field? } }, pairedItem }`; otherwise the first error ends the node.
 * Items in work when another fails are awaited, because they may be paid for.
 *
 * @throws NodeApiError | NodeOperationError with `context.itemIndex` and `context.failure`
 */
export async function runRouter(
	context: IExecuteFunctions,
	operations: Operations,
	options: RouterOptions = {},
): Promise<INodeExecutionData[][]> {
	const count = context.getInputData().length;
	const outcomes = new Array<Outcome | undefined>(count);
	let nextIndex = 0;
	let hasFailed = false;

	const work = async () => {
		while (nextIndex < count && (!hasFailed || context.continueOnFail())) {
			const itemIndex = nextIndex++;
			const outcome = await attempt(context, operations, itemIndex);
			outcomes[itemIndex] = outcome;
			hasFailed ||= 'error' in outcome;
		}
	};
	const width = Math.max(1, Math.min(count, Math.floor(options.concurrency?.(context) ?? 1)));
	await Promise.all(Array.from({ length: width }, work));

	const output: INodeExecutionData[] = [];
	for (const [itemIndex, outcome] of outcomes.entries()) {
		if (!outcome) continue;
		if ('items' in outcome) output.push(...outcome.items);
		else if (context.continueOnFail()) output.push(toErrorItem(context, outcome.error, itemIndex));
		else throw toNodeError(context, outcome.error, itemIndex);
	}
	return [output];
}
