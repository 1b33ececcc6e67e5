import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { jobContextProperties } from '../../shared/jobContext';
import type { Operations } from '../../shared/router';
import { createMusic, createTask, createVideo } from './create';
import { cancelTask, getTask } from './task';

/** What the node can do. */
export const operations: Operations = {
	task: { create: createTask, get: getTask, cancel: cancelTask },
	music: { create: createMusic },
	video: { create: createVideo },
};

const taskId: INodeProperties = {
	displayName: 'Task ID',
	name: 'taskId',
	type: 'string',
	default: '',
	required: true,
	description: 'ID of the task, as its creation gave it',
};

export const taskDescription: INodeProperties[] = [
	...updateDisplayOptions({ show: { resource: ['task'], operation: ['get', 'cancel'] } }, [taskId]),
	...updateDisplayOptions({ show: { resource: ['task'], operation: ['get'] } }, jobContextProperties),
];

/** One "Operation" selector per resource. */
export const operationProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		default: 'create',
		displayOptions: { show: { resource: ['task'] } },
		options: [
			{
				name: 'Cancel',
				value: 'cancel',
				description: 'Cancel a task that has not begun',
				action: 'Cancel a task',
			},
			{ name: 'Create', value: 'create', description: 'Create a task of any model', action: 'Create a task' },
			{ name: 'Get', value: 'get', description: 'Get how a task stands and its results', action: 'Get a task' },
		],
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		default: 'create',
		displayOptions: { show: { resource: ['music'] } },
		options: [
			{ name: 'Create', value: 'create', description: 'Create music from a description', action: 'Create music' },
		],
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		default: 'create',
		displayOptions: { show: { resource: ['video'] } },
		options: [
			{
				name: 'Create',
				value: 'create',
				description: 'Create a clip from a description or a picture',
				action: 'Create a video',
			},
		],
	},
];
