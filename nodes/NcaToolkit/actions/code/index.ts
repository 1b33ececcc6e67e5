import type { INodeProperties } from 'n8n-workflow';

import * as executePython from './executePython.operation';

export { executePython };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['code'] } },
		default: 'executePython',
		options: [
			{
				name: 'Execute Python',
				value: 'executePython',
				action: 'Execute python code',
				description: 'Run Python code on the toolkit',
			},
		],
	},
	...executePython.description,
];
