import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { jobContextProperties } from '../../shared/jobContext';
import { TRANSCRIPTION_MODEL_ID_DEFAULT } from '../constants';

const options: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Diarize',
			name: 'diarize',
			type: 'boolean',
			default: false,
			description: 'Whether to tell speakers apart',
		},
		{
			displayName: 'Language Code',
			name: 'languageCode',
			type: 'string',
			default: '',
			placeholder: 'e.g. de',
			description: 'ISO 639 code of the language; it is detected when empty',
		},
		{
			displayName: 'Number of Speakers',
			name: 'numSpeakers',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 32, numberPrecision: 0 },
			default: 1,
			description: 'How many people speak at most',
		},
		{
			displayName: 'Tag Audio Events',
			name: 'tagAudioEvents',
			type: 'boolean',
			default: true,
			description: 'Whether to mark laughter, music and the like',
		},
		{
			displayName: 'Timestamps',
			name: 'timestampsGranularity',
			type: 'options',
			default: 'word',
			description: 'What to give the times of',
			options: [
				{ name: 'Characters', value: 'character' },
				{ name: 'None', value: 'none' },
				{ name: 'Words', value: 'word' },
			],
		},
		{
			displayName: 'Webhook ID',
			name: 'webhookId',
			type: 'string',
			default: '',
			description:
				'Which webhook of the workspace to call; all webhooks for transcriptions when empty. Only with webhook.',
		},
	],
};

const createProperties: INodeProperties[] = [
	{
		displayName: 'Input',
		name: 'inputType',
		type: 'options',
		default: 'url',
		description: 'Where the audio or video comes from',
		options: [
			{ name: 'File of the Item', value: 'binary' },
			{ name: 'URL', value: 'url' },
		],
	},
	{
		displayName: 'URL',
		name: 'sourceUrl',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. https://example.com/voice.mp3',
		description: 'A public address from which ElevenLabs fetches the file',
		displayOptions: { show: { inputType: ['url'] } },
	},
	{
		displayName: 'Input File Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		required: true,
		hint: 'The name of the input binary field that holds the file',
		displayOptions: { show: { inputType: ['binary'] } },
	},
	{
		displayName: 'Model',
		name: 'transcriptionModelId',
		type: 'string',
		default: TRANSCRIPTION_MODEL_ID_DEFAULT,
		required: true,
		description: 'ID of the speech-to-text model',
	},
	{
		displayName: 'Wait for Result',
		name: 'wait',
		type: 'boolean',
		default: true,
		description:
			'Whether to wait for the transcript. Otherwise ElevenLabs sends it to the webhook of the workspace, where the ElevenLabs Trigger receives it.',
	},
	...jobContextProperties,
	options,
];

const getProperties: INodeProperties[] = [
	{
		displayName: 'Transcription ID',
		name: 'transcriptionId',
		type: 'string',
		default: '',
		required: true,
		description: 'ID of a transcription that was made before',
	},
];

export const transcriptionDescription = [
	...updateDisplayOptions({ show: { resource: ['transcription'], operation: ['create'] } }, createProperties),
	...updateDisplayOptions({ show: { resource: ['transcription'], operation: ['get'] } }, getProperties),
];
