import type {
	IHookFunctions,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { handleProviderWebhook, nothingToRegister, webhookTriggerProperties } from '../shared/trigger';
import { callbackEvent } from './outcome';

/** Takes what an NCA Toolkit posts when a job is over, and proves that it belongs to a job of ours. */
export class NcaToolkitTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'NCA Toolkit Trigger',
		name: 'ncaToolkitTrigger',
		icon: { light: 'file:../../icons/nca.svg', dark: 'file:../../icons/nca.dark.svg' },
		group: ['trigger'],
		version: [1],
		defaultVersion: 1,
		subtitle: '={{ $parameter["path"] }}',
		description: 'Starts when an NCA Toolkit reports that a job is over',
		eventTriggerDescription: 'Waiting for a callback of the toolkit',
		defaults: { name: 'NCA Toolkit Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'videoEngineCallbackApi', displayName: 'Credential for Video Engine Callback API', required: true },
			{ name: 'ncaToolkitApi', required: true },
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
		properties: webhookTriggerProperties('nca'),
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
		return await handleProviderWebhook(this, {
			service: 'nca',
			parse: (body, claims) => callbackEvent(body, claims),
		});
	}
}
