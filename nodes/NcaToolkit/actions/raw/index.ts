import type { INodeProperties } from 'n8n-workflow';

import * as request from './request.operation';

export { request };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['raw'] } },
		default: 'request',
		options: [
			{
				name: 'Request',
				value: 'request',
				action: 'Make a raw request',
				description: 'Any path of the v1 API',
			},
		],
	},
	...request.description,
];
