import type {
	IHookFunctions,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import type { CallbackTokenClaims } from '../../engine/callback/token';
import type { ProviderEvent } from '../../engine/events';
import { ok, refuse, type Result } from '../../engine/result';
import { constantTimeEquals } from '../../engine/signature/constantTime';
import { handleProviderWebhook, nothingToRegister, webhookTriggerProperties, type ExtraCheck } from '../shared/trigger';
import { taskEvent } from './taskEvent';
import { readWebhookTask } from './wire';

/** GoAPI signs nothing: it sends the secret back as it was given (piapi.ai/docs/unified-webhook). */
function verifySecret({ headers, credentials }: ExtraCheck): Result<unknown> {
	const secrets = [credentials.webhookSecret, credentials.previousWebhookSecret]
		.map((secret) => String(secret ?? ''))
		.filter((secret) => secret !== '');
	if (secrets.length === 0) return refuse('no_secret', 'No webhook secret is set in the GoAPI credential.');
	const sent = headers['x-webhook-secret'];
	if (typeof sent !== 'string' || sent === '')
		return refuse('secret_missing', 'The header x-webhook-secret is missing.');
	if (secrets.some((secret) => constantTimeEquals(sent, secret))) return ok(true);
	return refuse('secret_forged', 'The header x-webhook-secret does not hold our secret.');
}

function parseWebhook(body: unknown, claims: CallbackTokenClaims): Result<ProviderEvent> {
	const task = readWebhookTask(body);
	if (!task.ok) return task;
	return ok(taskEvent(task.value, { jobKey: claims.job, attempt: claims.attempt, h: claims.h }, Date.now()));
}

/** Receives the webhooks of GoAPI and PiAPI. */
export class GoApiTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'GoAPI Trigger',
		name: 'goApiTrigger',
		icon: { light: 'file:../../icons/goApi.svg', dark: 'file:../../icons/goApi.dark.svg' },
		group: ['trigger'],
		version: [1],
		defaultVersion: 1,
		subtitle: '={{ $parameter["path"] }}',
		description: 'Starts when a task of GoAPI or PiAPI has ended',
		eventTriggerDescription: 'Waiting for a webhook of GoAPI',
		defaults: { name: 'GoAPI Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'goApiApi', required: true },
			{ name: 'videoEngineCallbackApi', displayName: 'Credential for Video Engine Callback API', required: true },
		],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				path: '={{ $parameter["path"] }}',
				isFullPath: true,
			},
		],
		properties: webhookTriggerProperties('goApi'),
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await nothingToRegister.call(this);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return await nothingToRegister.call(this);
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await nothingToRegister.call(this);
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await handleProviderWebhook(this, { service: 'goApi', verifyExtra: verifySecret, parse: parseWebhook });
	}
}
