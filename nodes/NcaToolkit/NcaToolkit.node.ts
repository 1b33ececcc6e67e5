import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { runRouter } from '../shared/router';
import { properties } from './actions/description';
import { operations } from './actions/router';

/** Everything an NCA Toolkit can do to media, and the jobs that do it. */
export class NcaToolkit implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'NCA Toolkit',
		name: 'ncaToolkit',
		icon: { light: 'file:../../icons/nca.svg', dark: 'file:../../icons/nca.dark.svg' },
		group: ['transform'],
		version: [1],
		defaultVersion: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Combine, join, mix and inspect media with an NCA Toolkit',
		defaults: { name: 'NCA Toolkit' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'ncaToolkitApi', required: true },
			{
				name: 'videoEngineCallbackApi',
				required: true,
				displayOptions: { show: { resultMode: ['videoEngine'] } },
			},
			{
				name: 'digitalOceanSpacesApi',
				required: false,
				displayOptions: { show: { resultMode: ['queue', 'sync', 'videoEngine', 'webhook'] } },
			},
		],
		properties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runRouter(this, operations);
	}
}
