import type {
	IExecuteFunctions,
	ILoadOptionsFunctions,
	INodeExecutionData,
	INodePropertyOptions,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { redisTest } from '../JobTracker/redisTest';
import { readRole, ROLE_OPTIONS, roleBookOf } from '../shared/roles';
import { handOn } from './handOn';

/** Starts the workflow that has a role with the items that come in, and does not wait for it. */
export class HandOn implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Hand On',
		name: 'handOn',
		icon: { light: 'file:../../icons/role.svg', dark: 'file:../../icons/role.dark.svg' },
		group: ['transform'],
		version: [1],
		defaultVersion: 1,
		subtitle: '={{ $parameter["role"] }}',
		description: 'Hands items on to the workflow that has a role, and goes on at once',
		defaults: { name: 'Hand On' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'videoEngineRedisApi', required: false, testedBy: 'redisTest' }],
		properties: [
			{
				displayName: 'Role',
				name: 'role',
				type: 'options',
				noDataExpression: true,
				options: ROLE_OPTIONS,
				default: 'advance',
				required: true,
				description: 'The workflow with a Video Engine Role Trigger of this role is started',
			},
			{
				displayName: 'Workflow Name or ID',
				name: 'workflow',
				type: 'options',
				typeOptions: { loadOptionsMethod: 'getHolder', loadOptionsDependsOn: ['role'] },
				default: '',
				description:
					'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
			},
			{
				displayName: 'Items',
				name: 'items',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'All Together', value: 'together', description: 'One execution takes them all' },
					{ name: 'Each by Itself', value: 'each', description: 'An execution for each of them' },
				],
				default: 'together',
			},
		],
	};

	methods = {
		credentialTest: { redisTest },
		loadOptions: {
			/** Shows in the panel who has the role now. */
			async getHolder(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
				const role = readRole(this, this.getCurrentNodeParameter('role'));
				const holder = (await (await roleBookOf(this)).holders()).get(role);
				const now = holder ? `now ${holder.workflowName} (${holder.workflowId})` : 'nobody has it now';
				return [{ name: `Whoever Has the Role: ${now}`, value: '' }];
			},
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await handOn(this)];
	}
}
