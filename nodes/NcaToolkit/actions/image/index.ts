import type { INodeProperties } from 'n8n-workflow';

import * as screenshot from './screenshot.operation';

export { screenshot };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['image'] } },
		default: 'screenshot',
		options: [
			{
				name: 'Screenshot Webpage',
				value: 'screenshot',
				action: 'Take a screenshot of a webpage',
				description: 'Take a picture of a page',
			},
		],
	},
	...screenshot.description,
];
