import type { INodeProperties } from 'n8n-workflow';

import * as claim from './claim.operation';

export { claim };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['alert'] } },
		default: 'claim',
		options: [
			{
				name: 'Claim',
				value: 'claim',
				action: 'Claim an alert',
				description: 'Hand an alert on once per cause and video',
			},
		],
	},
	...claim.description,
];
