import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { asksInParallel } from '../shared/questions';
import { runRouter } from '../shared/router';
import { properties } from './actions/description';
import { operations } from './actions/router';
import { searchBuckets } from './methods/listSearch';

/** Turns files that will vanish into permanent objects of a Spaces bucket. */
export class SpacesPersist implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Spaces Persist',
		name: 'spacesPersist',
		icon: { light: 'file:../../icons/spaces.svg', dark: 'file:../../icons/spaces.dark.svg' },
		group: ['output'],
		version: [1],
		defaultVersion: 1,
		subtitle: '={{ $parameter["operation"] }}',
		description: 'Keep files for good in DigitalOcean Spaces',
		defaults: { name: 'Spaces Persist' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'digitalOceanSpacesApi', required: true }],
		properties,
	};

	methods = { listSearch: { searchBuckets } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runRouter(this, operations, asksInParallel('head'));
	}
}
