import type { INodeProperties } from 'n8n-workflow';

import * as cancel from './cancel.operation';
import * as checkNow from './checkNow.operation';
import * as claimReadySteps from './claimReadySteps.operation';
import * as create from './create.operation';
import * as getActive from './getActive.operation';
import * as getStatus from './getStatus.operation';
import * as retry from './retry.operation';
import * as skip from './skip.operation';

export { cancel, checkNow, claimReadySteps, create, getActive, getStatus, retry, skip };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['video'] } },
		default: 'getStatus',
		options: [
			{
				name: 'Cancel',
				value: 'cancel',
				action: 'Cancel a video',
				description: 'Stop what has not ended; late results change nothing',
			},
			{
				name: 'Check Now',
				value: 'checkNow',
				action: 'Check a video now',
				description: 'Make everything of it due; workflow 07 then looks at once, else the next tick does',
			},
			{
				name: 'Claim Ready Steps',
				value: 'claimReadySteps',
				action: 'Claim ready steps of a video',
				description: 'One item per step that may start, each claimed once and durably',
			},
			{
				name: 'Create',
				value: 'create',
				action: 'Create a video',
				description: 'Write a video with its segments and jobs',
			},
			{
				name: 'Get Active',
				value: 'getActive',
				action: 'Get active videos',
				description: 'Every video under way',
			},
			{
				name: 'Get Status',
				value: 'getStatus',
				action: 'Get status of a video',
				description: 'Its state, progress and jobs',
			},
			{
				name: 'Retry',
				value: 'retry',
				action: 'Retry a video',
				description: 'Run anew what failed, or one segment and what depends on it',
			},
			{
				name: 'Skip',
				value: 'skip',
				action: 'Skip a part of a video',
				description: 'Go on without one segment, or without the music',
			},
		],
	},
	...cancel.description,
	...checkNow.description,
	...claimReadySteps.description,
	...create.description,
	...getActive.description,
	...getStatus.description,
	...retry.description,
	...skip.description,
];
