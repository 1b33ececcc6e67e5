import type { INodeProperties } from 'n8n-workflow';

import * as authenticate from './authenticate.operation';
import * as test from './test.operation';

export { authenticate, test };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['toolkit'] } },
		default: 'authenticate',
		options: [
			{
				name: 'Authenticate',
				value: 'authenticate',
				action: 'Check the API key',
				description: 'Ask whether the toolkit accepts the API key',
			},
			{
				name: 'Test',
				value: 'test',
				action: 'Test the toolkit and its storage',
				description: 'Make the toolkit write a small file into its storage',
			},
		],
	},
];
