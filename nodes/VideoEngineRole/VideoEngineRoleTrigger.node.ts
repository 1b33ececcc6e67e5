import type {
	IHookFunctions,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { redisTest } from '../JobTracker/redisTest';
import { readRole, ROLE_OPTIONS, roleBookOf, roleName } from '../shared/roles';
import { logger } from '../shared/log';
import { answerRefusal } from '../shared/trigger';

const NOT_FOUND = 404;

/**
 * Gives its workflow a role: Hand On finds it by that, whatever ID an import gave it. The role's address lets n8n itself
 * keep a second workflow from taking a role that another one has; nothing is ever to be had there.
 */
export class VideoEngineRoleTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Video Engine Role Trigger',
		name: 'videoEngineRoleTrigger',
		icon: { light: 'file:../../icons/role.svg', dark: 'file:../../icons/role.dark.svg' },
		group: ['trigger'],
		version: [1],
		defaultVersion: 1,
		subtitle: '={{ $parameter["role"] }}',
		description: 'Gives this workflow a role, by which Hand On finds it',
		eventTriggerDescription: 'It starts nothing: the node "When Executed by Another Workflow" beside it does',
		defaults: { name: 'Video Engine Role Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'videoEngineRedisApi', required: false, testedBy: 'redisTest' }],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'GET',
				responseMode: 'onReceived',
				path: '=video-engine/role/{{ $parameter["role"] }}',
				isFullPath: true,
			},
		],
		properties: [
			{
				displayName:
					'Put it beside the node "When Executed by Another Workflow", and publish the workflow. Only one published workflow can have a role: to move it, unpublish the one that has it, then publish the other.',
				name: 'notice',
				type: 'notice',
				default: '',
			},
			{
				displayName: 'Role',
				name: 'role',
				type: 'options',
				options: ROLE_OPTIONS,
				default: 'advance',
				required: true,
				description: 'What this workflow does for the others of the video engine',
			},
		],
	};

	methods = { credentialTest: { redisTest } };

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				const role = readRole(this, this.getNodeParameter('role'));
				const holder = (await (await roleBookOf(this)).holders()).get(role);
				return holder !== undefined && holder.workflowId === this.getWorkflow().id;
			},
			async create(this: IHookFunctions): Promise<boolean> {
				const role = readRole(this, this.getNodeParameter('role'));
				const { id = '', name = '' } = this.getWorkflow();
				await (await roleBookOf(this)).note(role, { workflowId: id, workflowName: name });
				logger(this).debug(`The workflow ${name} has the role ${roleName(role)}`);
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				const role = readRole(this, this.getNodeParameter('role'));
				await (await roleBookOf(this)).forget(role, this.getWorkflow().id ?? '');
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		answerRefusal(this, NOT_FOUND, { code: 'not_found', message: 'Nothing is to be had here.' });
		return { noWebhookResponse: true };
	}
}
