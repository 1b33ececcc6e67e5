import type { ICredentialDataDecryptedObject, IDataObject, IHttpRequestMethods } from 'n8n-workflow';

import { ServiceError } from '../shared/errors';
import { request, type HttpContext } from '../shared/http';
import { hideKnown } from '../shared/redact';
import { CREDENTIAL_TYPE, REQUEST_TIMEOUT_MS, SERVICE_LABEL } from './constants';
import { explainGoApi, failureOfEnvelope } from './failures';
import { readEnvelope, readTask, type Task } from './wire';

/** What the transport needs of an n8n context. */
export interface GoApiContext extends HttpContext {
	getCredentials<T extends object = ICredentialDataDecryptedObject>(type: string, itemIndex?: number): Promise<T>;
	getExecutionCancelSignal?(): AbortSignal | undefined;
}

export interface GoApiCredentials {
	apiKey?: string;
	baseUrl?: string;
	webhookSecret?: string;
	verifyWebhooks?: boolean;
}

/** A task to be made. */
export interface TaskRequest {
	model: string;
	taskType: string;
	input: IDataObject;
	/** `public` (pay as you go), `private` (own account) or empty for the workspace's default. */
	serviceMode?: string;
	/** Signed callback URL: a secret. */
	callbackUrl?: string;
}

/** Access to GoAPI with the credential of one item. All methods throw ServiceError. */
export interface GoApiClient {
	/** Whether our trigger would take the callbacks of this credential. */
	canReceiveCallbacks: boolean;
	/** Never repeated when its outcome is unknown: the service knows no idempotency key. */
	createTask(task: TaskRequest): Promise<Task>;
	getTask(taskId: string): Promise<{ task: Task; raw: IDataObject }>;
	/** Works only while a task is pending. */
	cancelTask(taskId: string): Promise<{ task?: Task; raw: IDataObject }>;
}

function taskOf(data: unknown): Task {
	const task = readTask(data);
	if (task.ok) return task.value;
	// Without an id nothing can be asked about it later, though it may have begun.
	const failure = { class: 'unknown', message: task.message, began: 'unknown', retryable: true } as const;
	throw new ServiceError(failure, SERVICE_LABEL);
}

function toBody(task: TaskRequest, secret: string): IDataObject {
	const { model, taskType, input, serviceMode, callbackUrl } = task;
	const webhook = callbackUrl === undefined ? {} : { webhook_config: { endpoint: callbackUrl, secret } };
	return {
		model,
		task_type: taskType,
		input,
		config: { ...(serviceMode ? { service_mode: serviceMode } : {}), ...webhook },
	};
}

function buildClient(ctx: GoApiContext, credentials: GoApiCredentials): GoApiClient {
	const baseUrl = String(credentials.baseUrl ?? '')
		.trim()
		.replace(/\/+$/, '');
	const call = async (method: IHttpRequestMethods, path: string, body?: IDataObject): Promise<unknown> => {
		const secrets = [String(credentials.apiKey ?? ''), String(credentials.webhookSecret ?? '')];
		const { body: answer } = await request(ctx, {
			service: SERVICE_LABEL,
			method,
			url: `${baseUrl}${path}`,
			headers: { 'x-api-key': String(credentials.apiKey ?? '') },
			body,
			timeoutMs: REQUEST_TIMEOUT_MS,
			idempotent: method !== 'POST',
			signal: ctx.getExecutionCancelSignal?.(),
			explain: explainGoApi,
			secrets,
		});
		const envelope = readEnvelope(answer);
		if (!envelope.isOk) {
			const message = hideKnown(envelope.message, secrets);
			throw new ServiceError(failureOfEnvelope({ ...envelope, message }), SERVICE_LABEL);
		}
		return envelope.data;
	};
	const pathOf = (taskId: string) => `/api/v1/task/${encodeURIComponent(taskId)}`;

	return {
		canReceiveCallbacks: credentials.verifyWebhooks === false || String(credentials.webhookSecret ?? '') !== '',
		async createTask(task) {
			return taskOf(await call('POST', '/api/v1/task', toBody(task, String(credentials.webhookSecret ?? ''))));
		},
		async getTask(taskId) {
			const data = await call('GET', pathOf(taskId));
			return { task: taskOf(data), raw: (data ?? {}) as IDataObject };
		},
		async cancelTask(taskId) {
			const data = await call('DELETE', pathOf(taskId));
			const task = readTask(data);
			return { task: task.ok ? task.value : undefined, raw: (data ?? {}) as IDataObject };
		},
	};
}

/** Opens GoAPI with the node's credential; the key and the secret stay inside. */
export async function openGoApi(ctx: GoApiContext, itemIndex = 0): Promise<GoApiClient> {
	return buildClient(ctx, await ctx.getCredentials<GoApiCredentials>(CREDENTIAL_TYPE, itemIndex));
}
