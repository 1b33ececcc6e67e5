import type { INodeProperties } from 'n8n-workflow';

import type { Operations } from '../../shared/router';
import { getAllHistory, getAllModels, getAllVoices, getHistoryAudio, getSubscription, getVoice } from './library';
import { textToSpeech, textToSpeechWithTimestamps } from './speech';
import { createTranscription, getTranscription } from './transcription';

/** What the node can do. */
export const operations: Operations = {
	speech: { textToSpeech, textToSpeechWithTimestamps },
	transcription: { create: createTranscription, get: getTranscription },
	voice: { get: getVoice, getAll: getAllVoices },
	model: { getAll: getAllModels },
	usage: { get: getSubscription },
	history: { getAll: getAllHistory, getAudio: getHistoryAudio },
};

/** One "Operation" selector per resource. */
export const operationProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		default: 'textToSpeech',
		displayOptions: { show: { resource: ['speech'] } },
		options: [
			{
				name: 'Text to Speech',
				value: 'textToSpeech',
				description: 'Speak a text',
				action: 'Speak a text',
			},
			{
				name: 'Text to Speech with Timestamps',
				value: 'textToSpeechWithTimestamps',
				description: 'Speak a text and give the time of each character',
				action: 'Speak a text with timestamps',
			},
		],
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		default: 'create',
		displayOptions: { show: { resource: ['transcription'] } },
		options: [
			{
				name: 'Create',
				value: 'create',
				description: 'Turn speech into text, at once or by webhook',
				action: 'Create a transcription',
			},
			{
				name: 'Get',
				value: 'get',
				description: 'Get a transcript that was made before',
				action: 'Get a transcription',
			},
		],
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		default: 'getAll',
		displayOptions: { show: { resource: ['voice'] } },
		options: [
			{ name: 'Get', value: 'get', description: 'Get a voice and its settings', action: 'Get a voice' },
			{ name: 'Get Many', value: 'getAll', description: 'Get voices of the account', action: 'Get many voices' },
		],
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		default: 'getAll',
		displayOptions: { show: { resource: ['model'] } },
		options: [
			{ name: 'Get Many', value: 'getAll', description: 'Get models and their limits', action: 'Get many models' },
		],
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		default: 'get',
		displayOptions: { show: { resource: ['usage'] } },
		options: [
			{ name: 'Get', value: 'get', description: 'Get the plan and what was used of it', action: 'Get the usage' },
		],
	},
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		default: 'getAll',
		displayOptions: { show: { resource: ['history'] } },
		options: [
			{
				name: 'Get Audio',
				value: 'getAudio',
				description: 'Download the sound of something made before, at no cost',
				action: 'Get the audio of a history item',
			},
			{ name: 'Get Many', value: 'getAll', description: 'Get what was made before', action: 'Get many history items' },
		],
	},
];
