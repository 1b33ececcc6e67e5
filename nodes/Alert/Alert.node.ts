import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { runRouter } from '../shared/router';
import { operations } from './actions/router';
import * as email from './actions/email';
import * as sentry from './actions/sentry';
import * as slack from './actions/slack';

/** Tells people that something went wrong, or is over. */
export class Alert implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Alert',
		name: 'alert',
		icon: { light: 'file:../../icons/alert.svg', dark: 'file:../../icons/alert.dark.svg' },
		group: ['output'],
		version: [1],
		defaultVersion: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Tell people what failed, and when it is over',
		defaults: { name: 'Alert' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'videoEngineAlertsApi', required: true, displayOptions: { show: { resource: ['sentry', 'slack'] } } },
		],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				default: 'slack',
				options: [
					{ name: 'Email', value: 'email' },
					{ name: 'Sentry', value: 'sentry' },
					{ name: 'Slack', value: 'slack' },
				],
			},
			...email.description,
			...sentry.description,
			...slack.description,
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runRouter(this, operations);
	}
}
