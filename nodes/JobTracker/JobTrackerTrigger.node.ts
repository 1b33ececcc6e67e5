import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IHookFunctions,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { verifyAdvance } from '../../engine/callback/advance';
import { ADVANCE_PATH } from '../../engine/callback/constants';
import { processState } from '../../tracker/processState';
import { BAD_CALLS_PER_MINUTE_MAX } from '../shared/constants';
import { logger } from '../shared/log';
import { RejectionCounter } from '../shared/rejections';
import { answerRefusal, nothingToRegister } from '../shared/trigger';

const MS_PER_S = 1_000;

async function callbackSecrets(ctx: IWebhookFunctions): Promise<string[]> {
	let credentials: ICredentialDataDecryptedObject = {};
	try {
		credentials = await ctx.getCredentials('videoEngineCallbackApi');
	} catch (error) {
		// Without the credential no secret is known, and the call is refused.
		logger(ctx).warn('The callback credential of the trigger could not be read', { reason: String(error) });
	}
	return [credentials.currentSecret, credentials.previousSecret].map((secret) => String(secret ?? ''));
}

/** Lets one process of an installation start work in another: the Job Tracker calls it in queue mode, nobody else. */
export class JobTrackerTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Job Tracker Trigger',
		name: 'jobTrackerTrigger',
		icon: { light: 'file:../../icons/tracker.svg', dark: 'file:../../icons/tracker.dark.svg' },
		group: ['trigger'],
		version: [1],
		defaultVersion: 1,
		subtitle: '={{ $parameter["path"] }}',
		description: 'Starts when another process of this n8n leaves steps of a video to this one',
		eventTriggerDescription: 'Waiting for another process of this n8n',
		defaults: { name: 'Job Tracker Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'videoEngineCallbackApi', displayName: 'Credential for Video Engine Callback API', required: true },
		],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				path: ADVANCE_PATH,
				isFullPath: true,
			},
		],
		properties: [
			{
				displayName: 'In queue mode the Job Tracker calls this trigger to spread the steps of a video over workers',
				name: 'notice',
				type: 'notice',
				default: '',
			},
		],
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
		const nowS = Math.floor(Date.now() / MS_PER_S);
		const query = this.getQueryData() as Record<string, unknown>;
		const call = verifyAdvance(query, await callbackSecrets(this), nowS);
		if (call.ok) {
			const item: IDataObject = { videoId: call.value.videoId, limit: call.value.limit };
			return { workflowData: [this.helpers.returnJsonArray(item)] };
		}
		const { code } = call;
		const refused = processState.singleton('rejections|advance', () => new RejectionCounter('jobTracker'));
		refused.record(code, nowS * MS_PER_S);
		const isFlooded = refused.isFlooded(BAD_CALLS_PER_MINUTE_MAX, nowS * MS_PER_S);
		if (!isFlooded) logger(this).info('A call from another process was refused', { reason: code });
		const status = isFlooded ? 429 : 401;
		answerRefusal(this, status, call);
		return { noWebhookResponse: true };
	}
}
