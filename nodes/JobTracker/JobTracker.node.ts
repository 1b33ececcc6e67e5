import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { runRouter } from '../shared/router';
import * as alert from './actions/alert';
import * as health from './actions/health';
import * as job from './actions/job';
import { operations } from './actions/router';
import * as schema from './actions/schema';
import * as video from './actions/video';
import { redisTest } from './redisTest';

/** Keeps the record of every video and decides what may happen to it next. */
export class JobTracker implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Job Tracker',
		name: 'jobTracker',
		icon: { light: 'file:../../icons/tracker.svg', dark: 'file:../../icons/tracker.dark.svg' },
		group: ['transform'],
		version: [1],
		defaultVersion: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Track the jobs of a video in Airtable, claim steps once, settle results, recover what got lost',
		defaults: { name: 'Job Tracker' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'airtableTrackerApi', required: true },
			{ name: 'videoEngineRedisApi', required: false, testedBy: 'redisTest' },
			{
				name: 'videoEngineCallbackApi',
				required: false,
				displayOptions: { show: { operation: ['claimReadySteps'] } },
			},
		],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				default: 'video',
				options: [
					{ name: 'Alert', value: 'alert' },
					{ name: 'Health', value: 'health' },
					{ name: 'Job', value: 'job' },
					{ name: 'Schema', value: 'schema' },
					{ name: 'Video', value: 'video' },
				],
			},
			...video.description,
			...job.description,
			...alert.description,
			...health.description,
			...schema.description,
		],
	};

	methods = { credentialTest: { redisTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runRouter(this, operations);
	}
}
