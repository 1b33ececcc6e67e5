import type { INodeProperties } from 'n8n-workflow';

import { jobContextProperties } from '../../shared/jobContext';
import { SYNC_TIMEOUT_DEFAULT_S } from '../constants';

/** A required URL of a media file. */
export function urlProperty(displayName: string, name: string, description: string): INodeProperties {
	return {
		displayName,
		name,
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. https://media.example.com/file.mp4',
		description,
	};
}

/** A required list of URLs: one per line, or a list from an expression. */
export function urlListProperty(displayName: string, name: string, description: string): INodeProperties {
	return {
		displayName,
		name,
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		required: true,
		placeholder: 'e.g. https://media.example.com/1.mp4',
		description,
	};
}

/** A required list of time spans, for cutting and splitting. */
export function spansProperty(displayName: string, name: string, description: string): INodeProperties {
	return {
		displayName,
		name,
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Span',
		default: { span: [{ start: '00:00:00.000', end: '' }] },
		required: true,
		description,
		options: [
			{
				displayName: 'Span',
				name: 'span',
				values: [
					{
						displayName: 'Start',
						name: 'start',
						type: 'string',
						default: '00:00:00.000',
						description: 'Where the span begins, as HH:MM:SS.mmm',
					},
					{
						displayName: 'End',
						name: 'end',
						type: 'string',
						default: '',
						placeholder: 'e.g. 00:00:05.000',
						description: 'Where the span ends, as HH:MM:SS.mmm',
					},
				],
			},
		],
	};
}

/** Encoder settings of the operations that encode again. Names are those of the toolkit. */
export const codecOptions: INodeProperties[] = [
	{ displayName: 'Audio Bitrate', name: 'audio_bitrate', type: 'string', default: '128k', description: 'Such as 128k' },
	{ displayName: 'Audio Codec', name: 'audio_codec', type: 'string', default: 'aac', description: 'Encoder of ffmpeg' },
	{
		displayName: 'Video Codec',
		name: 'video_codec',
		type: 'string',
		default: 'libx264',
		description: 'Encoder of ffmpeg',
	},
	{
		displayName: 'Video CRF',
		name: 'video_crf',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 51 },
		default: 23,
		description: 'Quality from 0 (lossless) to 51 (worst)',
	},
	{
		displayName: 'Video Preset',
		name: 'video_preset',
		type: 'string',
		default: 'medium',
		description: 'Speed of the encoder, from ultrafast to veryslow',
	},
];

/** Words, looks and gaps of captions, for the operations that write them. */
export const captionTextOptions: INodeProperties[] = [
	{
		displayName: 'Excluded Times JSON',
		name: 'exclude_time_ranges',
		type: 'json',
		default: '[]',
		description: 'Spans without captions, such as [{ "start": "00:00:10.000", "end": "00:00:20.000" }]',
	},
	{
		displayName: 'Language',
		name: 'language',
		type: 'string',
		default: '',
		description: 'Code of the spoken language. Empty to find out.',
	},
	{
		displayName: 'Replacements JSON',
		name: 'replace',
		type: 'json',
		default: '[]',
		description: 'Words to write in another way, such as [{ "find": "nca", "replace": "NCA" }]',
	},
	{
		displayName: 'Style JSON',
		name: 'settings',
		type: 'json',
		default: '{}',
		description: 'Font, colours, position and style, as the toolkit names them',
	},
];

/** An "Options" collection of one operation. */
export function optionsProperty(options: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options,
	};
}

/** How the result of a submitted job comes back, and which job of the tracker it is for. */
export const submitProperties: INodeProperties[] = [
	{
		displayName: 'Result',
		name: 'resultMode',
		type: 'options',
		noDataExpression: true,
		default: 'queue',
		options: [
			{
				name: 'Queue Only',
				value: 'queue',
				description: 'Queue the job and tell nobody: ask for it with Job: Get or Job: Wait for Completion',
			},
			{
				name: 'Queue and Call a URL',
				value: 'webhook',
				description: 'Queue the job; the toolkit posts the result once, unsigned, to your URL',
			},
			{
				name: 'Queue and Call the Video Engine',
				value: 'videoEngine',
				description: 'Queue the job; the toolkit posts the result to the NCA Toolkit Trigger with a signed token',
			},
			{
				name: 'Wait in This Request',
				value: 'sync',
				description:
					'For short work only: the toolkit ends requests after 300 seconds, a proxy before it mostly after 100',
			},
		],
	},
	{
		displayName: 'Webhook URL',
		name: 'webhookUrl',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. https://n8n.example.com/webhook/nca-done',
		description: 'Called once, without a signature and without a retry. Put a secret into its query.',
		displayOptions: { show: { resultMode: ['webhook'] } },
	},
	{
		displayName: 'Callback Path',
		name: 'callbackPath',
		type: 'string',
		default: 'video-engine/nca',
		required: true,
		description: 'Path of the NCA Toolkit Trigger, behind the webhook address of this n8n',
		displayOptions: { show: { resultMode: ['videoEngine'] } },
	},
	{
		displayName: 'Timeout (Seconds)',
		name: 'timeoutS',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: SYNC_TIMEOUT_DEFAULT_S,
		description: 'How long to wait for the answer',
		displayOptions: { show: { resultMode: ['sync'] } },
	},
	...jobContextProperties,
];
