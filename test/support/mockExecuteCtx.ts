import type {
	IBinaryData,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	INode,
	INodeExecutionData,
	INodeType,
	IPairedItemData,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { httpOverFetch } from './httpOverFetch';
import { buildNode, createMockLogger, readParameter, type LoggedLine, type MockParameters } from './mockNode';

export interface MockExecuteOptions {
	/** Parameters of the node, the same for all items or per item; missing ones take their defaults. */
	params?: MockParameters | ((itemIndex: number) => MockParameters);
	/** Input items; one empty item when absent. */
	items?: INodeExecutionData[];
	/** Credentials by type name. A type that is not given is not set. */
	credentials?: Record<string, IDataObject>;
	continueOnFail?: boolean;
	signal?: AbortSignal;
	typeVersion?: number;
	/** Replaces `helpers.httpRequest`; by default requests go to loopback servers. */
	httpRequest?: (options: IHttpRequestOptions) => Promise<unknown>;
}

export interface MockExecute {
	ctx: IExecuteFunctions;
	node: INode;
	lines: LoggedLine[];
	/** What was asked of `helpers.httpRequest`, in order. */
	requests: IHttpRequestOptions[];
}

function returnJsonArray(data: IDataObject | IDataObject[]): INodeExecutionData[] {
	const list = Array.isArray(data) ? data : [data];
	return list.map((item) => ('json' in item ? { ...item, json: item.json as IDataObject } : { json: item }));
}

/** As n8n does it: pairs every item and keeps what the item already carries. */
function constructExecutionMetaData(
	items: INodeExecutionData[],
	options: { itemData: IPairedItemData | IPairedItemData[] },
): INodeExecutionData[] {
	return items.map(({ json, ...rest }) => ({ json, pairedItem: options.itemData, ...rest }));
}

async function toBuffer(source: Buffer | Uint8Array | AsyncIterable<Uint8Array>): Promise<Buffer> {
	if (source instanceof Uint8Array) return Buffer.from(source);
	const chunks: Uint8Array[] = [];
	for await (const chunk of source) chunks.push(chunk);
	return Buffer.concat(chunks);
}

function binaryHelpers(node: INode, items: INodeExecutionData[]) {
	const assertBinaryData = (itemIndex: number, property: string | IBinaryData): IBinaryData => {
		if (typeof property !== 'string') return property;
		const binary = items[itemIndex]?.binary?.[property];
		if (!binary) throw new NodeOperationError(node, `This operation expects a file in '${property}'`, { itemIndex });
		return binary;
	};
	return {
		assertBinaryData,
		async getBinaryDataBuffer(itemIndex: number, property: string | IBinaryData) {
			return Buffer.from(assertBinaryData(itemIndex, property).data, 'base64');
		},
		async prepareBinaryData(source: Buffer | AsyncIterable<Uint8Array>, fileName?: string, mimeType?: string) {
			const buffer = await toBuffer(source);
			const data = buffer.toString('base64');
			return { data, fileName, mimeType: mimeType ?? 'application/octet-stream', bytes: buffer.length };
		},
	};
}

/** An execution of one node: enough of n8n's context to run `execute()` against servers on loopback. */
export function mockExecuteCtx(type: INodeType, options: MockExecuteOptions = {}): MockExecute {
	const items = options.items ?? [{ json: {} }];
	const paramsOf = (itemIndex: number): MockParameters =>
		typeof options.params === 'function' ? options.params(itemIndex) : (options.params ?? {});
	const nodes = new Map<number, INode>();
	const nodeOf = (itemIndex: number): INode => {
		const node = nodes.get(itemIndex) ?? buildNode(type, paramsOf(itemIndex), options.typeVersion);
		nodes.set(itemIndex, node);
		return node;
	};
	const chosen = Object.keys(options.credentials ?? {}).map((name) => [name, { id: name, name }] as const);
	const node = { ...nodeOf(0), credentials: Object.fromEntries(chosen) };
	const { logger, lines } = createMockLogger();
	const requests: IHttpRequestOptions[] = [];

	const ctx = {
		logger,
		getNode: () => node,
		getInputData: () => items,
		getNodeParameter: (name: string, itemIndex: number, fallback?: unknown, readOptions?: { extractValue?: boolean }) =>
			readParameter(nodeOf(itemIndex), type.description, name, fallback, readOptions),
		async getCredentials(name: string) {
			const credentials = options.credentials?.[name];
			if (!credentials) throw new NodeOperationError(node, `Node does not have any credentials set for "${name}"`);
			return credentials;
		},
		continueOnFail: () => options.continueOnFail ?? false,
		getExecutionCancelSignal: () => options.signal,
		getExecutionId: () => '1',
		getWorkflow: () => ({ id: 'workflow-1', name: 'Test', active: true }),
		getMode: () => 'trigger',
		isToolExecution: () => false,
		addExecutionHints: () => undefined,
		customData: { set: () => undefined },
		helpers: {
			returnJsonArray,
			constructExecutionMetaData,
			...binaryHelpers(node, items),
			async httpRequest(request: IHttpRequestOptions) {
				requests.push(request);
				return await (options.httpRequest ?? httpOverFetch)(request);
			},
		},
	};
	return { ctx: ctx as unknown as IExecuteFunctions, node, lines, requests };
}

/** Runs `execute()` of a node with a mocked context. */
export async function runNode(type: INodeType, options: MockExecuteOptions = {}): Promise<INodeExecutionData[][]> {
	const { ctx } = mockExecuteCtx(type, options);
	const output = await type.execute?.call(ctx);
	if (!Array.isArray(output)) throw new Error('The node gave no items');
	return output;
}
