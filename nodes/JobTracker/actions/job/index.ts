import type { INodeProperties } from 'n8n-workflow';

import * as complete from './complete.operation';
import * as failOrRetry from './failOrRetry.operation';
import * as findDue from './findDue.operation';
import * as get from './get.operation';
import * as markSubmitted from './markSubmitted.operation';
import * as matchResult from './matchResult.operation';
import * as recordEvent from './recordEvent.operation';

export { complete, failOrRetry, findDue, get, markSubmitted, matchResult, recordEvent };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['job'] } },
		default: 'matchResult',
		options: [
			{
				name: 'Complete',
				value: 'complete',
				action: 'Complete a job',
				description: 'Settle it with a result that is stored in Spaces',
			},
			{
				name: 'Fail or Retry',
				value: 'failOrRetry',
				action: 'Fail or retry a job',
				description: 'Count a failed attempt: try again later, or fail for good',
			},
			{
				name: 'Find Due',
				value: 'findDue',
				action: 'Find due jobs',
				description: 'One item per thing that wants a look, of all videos or of one',
			},
			{
				name: 'Get',
				value: 'get',
				action: 'Get a job',
				description: 'One job, or a video with all of its jobs, as the API tells it',
			},
			{
				name: 'Mark Submitted',
				value: 'markSubmitted',
				action: 'Mark a job submitted',
				description: 'Note that a provider accepted it',
			},
			{
				name: 'Match Result',
				value: 'matchResult',
				action: 'Match a result',
				description: 'Decide whether to take, count or ignore a piece of news',
			},
			{
				name: 'Record Event',
				value: 'recordEvent',
				action: 'Record an event',
				description: 'Write a callback down and hand it on',
			},
		],
	},
	...complete.description,
	...failOrRetry.description,
	...findDue.description,
	...get.description,
	...markSubmitted.description,
	...matchResult.description,
	...recordEvent.description,
];
