import type { INodeProperties } from 'n8n-workflow';

import * as setUp from './setUp.operation';

export { setUp };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['schema'] } },
		default: 'setUp',
		options: [
			{
				name: 'Set Up',
				value: 'setUp',
				action: 'Set up the schema',
				description: 'Create the tables and fields that are missing',
			},
		],
	},
	...setUp.description,
];
