import type { IDataObject, INodeType, IWebhookFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { buildNode, createMockLogger, readParameter, type LoggedLine, type MockParameters } from './mockNode';

export interface MockWebhookOptions {
	params?: MockParameters;
	credentials?: Record<string, IDataObject>;
	/** The body as it comes in. `undefined` stands for one that can't be read, such as multipart. */
	rawBody?: Buffer | string;
	headers?: Record<string, string>;
	query?: Record<string, unknown>;
	/** Address of the caller, as express gives it behind its trusted proxies. */
	ip?: string;
	/** Address of the connection itself, before any proxy is looked at; `ip` where it is not given. */
	remoteAddress?: string;
	/** Stands for a client that goes away while the body is read. */
	readFails?: boolean;
	/** Tells apart the workflows whose rejected calls are counted. */
	workflowId?: string;
}

export interface MockWebhook {
	ctx: IWebhookFunctions;
	lines: LoggedLine[];
	/** What the trigger wrote to the response by itself. */
	response: { status?: number; body?: unknown; ended: boolean; headers: Record<string, string> };
	/** What happened, in order, to show that the raw body is read first. */
	steps: string[];
}

let workflowCounter = 0;

/** A call of a trigger's `webhook()`. Each one is of a workflow of its own unless `workflowId` says otherwise. */
export function mockWebhookCtx(type: INodeType, options: MockWebhookOptions = {}): MockWebhook {
	const node = buildNode(type, options.params ?? {});
	const { logger, lines } = createMockLogger();
	const steps: string[] = [];
	const response: MockWebhook['response'] = { ended: false, headers: {} };
	const workflowId = options.workflowId ?? `workflow-${++workflowCounter}`;
	const headers = Object.fromEntries(
		Object.entries(options.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
	);

	const request = {
		headers,
		query: options.query ?? {},
		ip: options.ip ?? '127.0.0.1',
		socket: { remoteAddress: options.remoteAddress ?? options.ip ?? '127.0.0.1' },
		rawBody: undefined as Buffer | undefined,
		async readRawBody() {
			steps.push('readRawBody');
			if (options.readFails) throw new Error('Request body stream was aborted mid-read');
			this.rawBody = options.rawBody === undefined ? undefined : Buffer.from(options.rawBody);
		},
	};
	const respond = {
		setHeader(name: string, value: string) {
			response.headers[name.toLowerCase()] = value;
			return respond;
		},
		status(code: number) {
			response.status = code;
			return respond;
		},
		json(body: unknown) {
			response.body = body;
			return respond;
		},
		end() {
			response.ended = true;
			return respond;
		},
	};

	const ctx = {
		logger,
		getNode: () => node,
		getWorkflow: () => ({ id: workflowId, name: 'Test', active: true }),
		getMode: () => 'webhook',
		getRequestObject: () => request,
		getResponseObject: () => respond,
		getHeaderData: () => headers,
		getQueryData: () => request.query,
		getNodeParameter: (name: string, fallback?: unknown, readOptions?: { extractValue?: boolean }) =>
			readParameter(node, type.description, name, fallback, readOptions),
		async getCredentials(name: string) {
			steps.push(`credentials ${name}`);
			const credentials = options.credentials?.[name];
			if (!credentials) throw new NodeOperationError(node, `Node does not have any credentials set for "${name}"`);
			return credentials;
		},
		helpers: {
			returnJsonArray: (data: IDataObject | IDataObject[]) =>
				(Array.isArray(data) ? data : [data]).map((json) => ({ json })),
		},
	};
	return { ctx: ctx as unknown as IWebhookFunctions, lines, response, steps };
}
