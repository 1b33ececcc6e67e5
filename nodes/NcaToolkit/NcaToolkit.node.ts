import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { asksInParallel } from '../shared/questions';
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
		// "hide", because the editor takes a field of which credentials "show" every option for the choice of how to
		// authenticate, and leaves it out of the panel.
		credentials: [
			{ name: 'ncaToolkitApi', required: true },
			{
				name: 'videoEngineCallbackApi',
				displayName: 'Credential for Video Engine Callback API',
				required: true,
				displayOptions: {
					hide: { resource: ['job', 'raw', 'toolkit'], resultMode: ['queue', 'sync', 'webhook'] },
				},
			},
			{
				name: 'digitalOceanSpacesApi',
				displayName: 'Credential for DigitalOcean Spaces API',
				required: false,
				displayOptions: { hide: { resource: ['job', 'raw', 'toolkit'] } },
			},
		],
		properties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runRouter(this, operations, asksInParallel('getEvidence'));
	}
}
