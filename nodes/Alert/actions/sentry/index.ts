import type { INodeProperties } from 'n8n-workflow';

import * as sendEvent from './sendEvent.operation';

export { sendEvent };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['sentry'] } },
		default: 'sendEvent',
		options: [
			{
				name: 'Send Event',
				value: 'sendEvent',
				action: 'Send an event to sentry',
				description: 'Report an alert, or that it is over; alerts of one cause become one issue',
			},
		],
	},
	...sendEvent.description,
];
