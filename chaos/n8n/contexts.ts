import { Buffer } from 'node:buffer';

import type {
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	INode,
	INodeExecutionData,
	INodeType,
	IPairedItemData,
	IWebhookFunctions,
	Logger,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { httpHelper } from '../world/clients';
import { theWorld } from '../world/world';
import { evaluate, type Scope } from './expressions';
import { extractValue, rawParameter } from './parameters';

export type Credentials = Record<string, Record<string, unknown>>;

const QUIET = () => undefined;
const LOGGER = { debug: QUIET, info: QUIET, warn: QUIET, error: QUIET } as unknown as Logger;

function returnJsonArray(data: IDataObject | IDataObject[]): INodeExecutionData[] {
	const list = Array.isArray(data) ? data : [data];
	return list.map((item) => ('json' in item ? { ...item, json: item.json as IDataObject } : { json: item }));
}

function constructExecutionMetaData(
	items: INodeExecutionData[],
	{ itemData }: { itemData: IPairedItemData | IPairedItemData[] },
): INodeExecutionData[] {
	return items.map(({ json, ...rest }) => ({ json, pairedItem: itemData, ...rest }));
}

function credentialsOf(credentials: Credentials, node: INode) {
	return async (name: string): Promise<Record<string, unknown>> => {
		const found = credentials[name];
		if (!found) throw new NodeOperationError(node, `Node does not have any credentials set for "${name}"`);
		return found;
	};
}

/** A parameter as n8n gives it to a node: the fallback only where the node has none of that name. */
function readParameter(
	type: INodeType,
	node: INode,
	scope: Scope,
	name: string,
	fallback: unknown,
	options?: { extractValue?: boolean },
): unknown {
	const raw = rawParameter(node, name);
	const value = raw === undefined ? fallback : evaluate(raw, scope);
	if (value === undefined && raw === undefined) throw new NodeOperationError(node, `Could not get parameter "${name}"`);
	return options?.extractValue ? extractValue(node, type.description, name, value) : value;
}

export interface ExecuteSetting {
	type: INodeType;
	node: INode;
	items: INodeExecutionData[];
	credentials: Credentials;
	scopeOf: (itemIndex: number) => Scope;
	continueOnFail: boolean;
	executionId: string;
	workflow: { id: string; name: string };
}

/** What n8n gives to the `execute()` of a node: enough for ours. */
export function executeContext(setting: ExecuteSetting): IExecuteFunctions {
	const { type, node, items, credentials, scopeOf, continueOnFail, executionId, workflow } = setting;
	const { network, time } = theWorld();
	const context = {
		logger: LOGGER,
		getNode: () => node,
		getInputData: () => items,
		getNodeParameter: (name: string, itemIndex: number, fallback?: unknown, options?: { extractValue?: boolean }) =>
			readParameter(type, node, scopeOf(itemIndex), name, fallback, options),
		getCredentials: credentialsOf(credentials, node),
		continueOnFail: () => continueOnFail,
		getExecutionCancelSignal: () => undefined,
		getExecutionId: () => executionId,
		getWorkflow: () => ({ ...workflow, active: true }),
		getMode: () => 'trigger',
		isToolExecution: () => false,
		addExecutionHints: QUIET,
		customData: { set: QUIET },
		helpers: {
			returnJsonArray,
			constructExecutionMetaData,
			httpRequest: async (request: IHttpRequestOptions) => await httpHelper(network, time, request),
		},
	};
	return context as unknown as IExecuteFunctions;
}

export interface WebhookSetting {
	type: INodeType;
	node: INode;
	credentials: Credentials;
	scope: Scope;
	workflow: { id: string; name: string };
	request: { headers: Record<string, string>; query: Record<string, unknown>; body: Buffer };
	/** Told what a trigger answers by itself. */
	onAnswer: (status: number, body: unknown) => void;
}

/** What n8n gives to the `webhook()` of a trigger. */
export function webhookContext(setting: WebhookSetting): IWebhookFunctions {
	const { type, node, credentials, scope, workflow, request, onAnswer } = setting;
	let status = 200;
	const response = {
		status: (code: number) => {
			status = code;
			return response;
		},
		json: (body: unknown) => {
			onAnswer(status, body);
			return response;
		},
		setHeader: () => response,
		end: () => response,
	};
	const incoming = {
		headers: request.headers,
		query: request.query,
		ip: '203.0.113.9',
		rawBody: undefined as Buffer | undefined,
		async readRawBody() {
			this.rawBody = request.body;
		},
	};
	const context = {
		logger: LOGGER,
		getNode: () => node,
		getWorkflow: () => ({ ...workflow, active: true }),
		getMode: () => 'webhook',
		getRequestObject: () => incoming,
		getResponseObject: () => response,
		getHeaderData: () => request.headers,
		getQueryData: () => request.query,
		getNodeParameter: (name: string, fallback?: unknown, options?: { extractValue?: boolean }) =>
			readParameter(type, node, scope, name, fallback, options),
		getCredentials: credentialsOf(credentials, node),
		helpers: { returnJsonArray },
	};
	return context as unknown as IWebhookFunctions;
}
