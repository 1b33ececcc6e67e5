import type { INodeProperties } from 'n8n-workflow';

import * as get from './get.operation';
import * as getAll from './getAll.operation';
import * as getEvidence from './getEvidence.operation';
import * as waitFor from './waitFor.operation';

export { get, getAll, getEvidence, waitFor };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['job'] } },
		default: 'get',
		options: [
			{
				name: 'Get',
				value: 'get',
				action: 'Get a job',
				description: 'Ask how one job is doing',
			},
			{
				name: 'Get Evidence',
				value: 'getEvidence',
				action: 'Get evidence about jobs',
				description: 'Ask about the jobs of all items at once; what is done becomes an event',
			},
			{
				name: 'Get Many',
				value: 'getAll',
				action: 'Get many jobs',
				description: 'List the jobs of the last hours and their states',
			},
			{
				name: 'Wait for Completion',
				value: 'waitFor',
				action: 'Wait for a job',
				description: 'Ask again and again until a job is over',
			},
		],
	},
	...get.description,
	...getEvidence.description,
	...getAll.description,
	...waitFor.description,
];
