import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { asksInParallel } from '../shared/questions';
import { runRouter } from '../shared/router';
import { createDescription } from './actions/create.description';
import { operationProperties, operations, taskDescription } from './actions/operations';

/** Music, clips and any other task of GoAPI or PiAPI. */
export class GoApi implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'GoAPI',
		name: 'goApi',
		icon: { light: 'file:../../icons/goApi.svg', dark: 'file:../../icons/goApi.dark.svg' },
		group: ['transform'],
		version: [1],
		defaultVersion: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Create music and clips with any model of GoAPI or PiAPI',
		defaults: { name: 'GoAPI' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		// "hide", because the editor takes a field of which credentials "show" every option for the choice of how to
		// authenticate, and leaves it out of the panel.
		credentials: [
			{ name: 'goApiApi', required: true },
			{
				name: 'videoEngineCallbackApi',
				displayName: 'Credential for Video Engine Callback API',
				required: false,
				displayOptions: { hide: { operation: ['cancel', 'get'] } },
			},
			{
				name: 'digitalOceanSpacesApi',
				displayName: 'Credential for DigitalOcean Spaces API',
				required: false,
				displayOptions: { hide: { operation: ['cancel', 'get'] } },
			},
		],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				default: 'task',
				options: [
					{ name: 'Music', value: 'music' },
					{ name: 'Task', value: 'task' },
					{ name: 'Video', value: 'video' },
				],
			},
			...operationProperties,
			...createDescription,
			...taskDescription,
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runRouter(this, operations, asksInParallel('get'));
	}
}
