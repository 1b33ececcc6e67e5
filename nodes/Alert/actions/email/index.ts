import type { INodeProperties } from 'n8n-workflow';

import * as build from './build.operation';

export { build };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['email'] } },
		default: 'build',
		options: [
			{
				name: 'Build',
				value: 'build',
				action: 'Build an email',
				description: 'Make subject, text and HTML of an alert, for a node that sends mail',
			},
		],
	},
	...build.description,
];
