import type { INodeProperties } from 'n8n-workflow';

import * as concatenate from './concatenate.operation';

export { concatenate };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['audio'] } },
		default: 'concatenate',
		options: [
			{
				name: 'Concatenate',
				value: 'concatenate',
				action: 'Concatenate audio files',
				description: 'Join audio files of one format in their order',
			},
		],
	},
	...concatenate.description,
];
