import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { jobContextProperties } from '../../shared/jobContext';
import {
	MUSIC_MODEL_DEFAULT,
	MUSIC_TASK_TYPE_DEFAULT,
	VIDEO_MODEL_DEFAULT,
	VIDEO_TASK_TYPE_DEFAULT,
} from '../constants';

const options: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Callback Path',
			name: 'callbackPath',
			type: 'string',
			default: '',
			placeholder: 'e.g. video-engine/goapi',
			description: 'Path of the GoAPI Trigger, when it is not the default. Only with a Video Engine Job.',
		},
		{
			displayName: 'No Callback',
			name: 'pollOnly',
			type: 'boolean',
			default: false,
			description: 'Whether to send no callback URL; the result is then found by asking for the task',
		},
		{
			displayName: 'Service Mode',
			name: 'serviceMode',
			type: 'options',
			default: '',
			description: 'Whose account does the work',
			options: [
				{ name: 'Own Hosted Account', value: 'private' },
				{ name: 'Pay as You Go', value: 'public' },
				{ name: 'Workspace Default', value: '' },
			],
		},
		{
			displayName: 'Webhook URL',
			name: 'webhookUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://example.com/hook',
			description: 'A callback address of your own instead of the GoAPI Trigger',
		},
	],
};

const additionalInput: INodeProperties = {
	displayName: 'Additional Input',
	name: 'additionalInput',
	type: 'json',
	default: '{}',
	description: 'Further members of the input, as the model documents them. They win over the fields above.',
};

function modelProperties(defaultModel: string, defaultTaskType: string): INodeProperties[] {
	return [
		{
			displayName: 'Model',
			name: 'model',
			type: 'string',
			default: defaultModel,
			required: true,
			placeholder: 'e.g. kling',
			description: 'Name of the model, as the service documents it',
		},
		{
			displayName: 'Task Type',
			name: 'taskType',
			type: 'string',
			default: defaultTaskType,
			required: true,
			placeholder: 'e.g. video_generation',
			description: 'What the model shall do, as the service documents it',
		},
	];
}

const taskProperties: INodeProperties[] = [
	...modelProperties('', ''),
	{
		displayName: 'Input',
		name: 'input',
		type: 'json',
		default: '{}',
		required: true,
		description: 'The input of the task, as the model documents it',
	},
];

const musicProperties: INodeProperties[] = [
	...modelProperties(MUSIC_MODEL_DEFAULT, MUSIC_TASK_TYPE_DEFAULT),
	{
		displayName: 'Prompt',
		name: 'prompt',
		type: 'string',
		typeOptions: { rows: 3 },
		default: '',
		placeholder: 'e.g. calm piano, slow, hopeful',
		description: 'What the music shall be like. It may be left out when Additional Input holds it.',
	},
	{
		displayName: 'Instrumental',
		name: 'instrumental',
		type: 'boolean',
		default: true,
		description: 'Whether to make music without singing',
	},
	{
		displayName: 'Lyrics',
		name: 'lyrics',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		description: 'What to sing, with a time before each line where the model wants it',
		displayOptions: { show: { instrumental: [false] } },
	},
	additionalInput,
];

const videoProperties: INodeProperties[] = [
	...modelProperties(VIDEO_MODEL_DEFAULT, VIDEO_TASK_TYPE_DEFAULT),
	{
		displayName: 'Prompt',
		name: 'prompt',
		type: 'string',
		typeOptions: { rows: 3 },
		default: '',
		description: 'What the clip shall show. It may be left out when Additional Input holds it.',
	},
	{
		displayName: 'Aspect Ratio',
		name: 'aspectRatio',
		type: 'options',
		default: '16:9',
		description: 'Shape of the picture',
		options: [
			{ name: 'Landscape 16:9', value: '16:9' },
			{ name: 'Portrait 9:16', value: '9:16' },
			{ name: 'Square 1:1', value: '1:1' },
		],
	},
	{
		displayName: 'Duration (Seconds)',
		name: 'duration',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 60, numberPrecision: 0 },
		default: 5,
		description: 'Length of the clip; Kling takes 5 or 10',
	},
	{
		displayName: 'Image URL',
		name: 'imageUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://example.com/picture.jpg',
		description: 'A picture to bring into motion. It must stay readable until the task runs.',
	},
	additionalInput,
];

const shared = [...jobContextProperties, options];

export const createDescription: INodeProperties[] = [
	...updateDisplayOptions({ show: { resource: ['task'], operation: ['create'] } }, [...taskProperties, ...shared]),
	...updateDisplayOptions({ show: { resource: ['music'], operation: ['create'] } }, [...musicProperties, ...shared]),
	...updateDisplayOptions({ show: { resource: ['video'], operation: ['create'] } }, [...videoProperties, ...shared]),
];
