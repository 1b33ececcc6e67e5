import type {
	IHookFunctions,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { verifyElevenLabsSignature } from '../../engine/signature/elevenLabs';
import { handleProviderWebhook, nothingToRegister, webhookTriggerProperties, type ExtraCheck } from '../shared/trigger';
import { parseElevenLabsWebhook } from './webhookEvent';

function verifySignature({ rawBody, headers, credentials, nowS }: ExtraCheck) {
	const header = headers['elevenlabs-signature'];
	const secrets = [credentials.webhookSecret, credentials.previousWebhookSecret].map((secret) => String(secret ?? ''));
	return verifyElevenLabsSignature({ rawBody, header: Array.isArray(header) ? header[0] : header, secrets, nowS });
}

/** Receives the signed webhooks of ElevenLabs. */
export class ElevenLabsTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ElevenLabs Trigger',
		name: 'elevenLabsTrigger',
		icon: { light: 'file:../../icons/elevenLabs.svg', dark: 'file:../../icons/elevenLabs.dark.svg' },
		group: ['trigger'],
		version: [1],
		defaultVersion: 1,
		subtitle: '={{ $parameter["path"] }}',
		description: 'Starts when ElevenLabs has finished a transcription',
		eventTriggerDescription: 'Waiting for a webhook of ElevenLabs',
		defaults: { name: 'ElevenLabs Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'elevenLabsApi', required: true },
			{ name: 'videoEngineCallbackApi', displayName: 'Credential for Video Engine Callback API', required: false },
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
		properties: webhookTriggerProperties('elevenLabs'),
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
			service: 'elevenLabs',
			verifyExtra: verifySignature,
			parse: (body, claims) => parseElevenLabsWebhook(body, claims, Date.now()),
		});
	}
}
