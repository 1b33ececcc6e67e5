import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { jobContextProperties } from '../../shared/jobContext';
import { MODEL_ID_DEFAULT, OUTPUT_FORMAT_DEFAULT } from '../constants';
import { voiceProperty } from './fields';

const voiceSettings: INodeProperties = {
	displayName: 'Voice Settings',
	name: 'voiceSettings',
	type: 'collection',
	placeholder: 'Add Setting',
	default: {},
	description: "Settings that replace the voice's own",
	options: [
		{
			displayName: 'Similarity Boost',
			name: 'similarityBoost',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 1, numberPrecision: 2 },
			default: 0.75,
			description: 'How close to stay to the original voice, from 0 to 1',
		},
		{
			displayName: 'Speed',
			name: 'speed',
			type: 'number',
			typeOptions: { minValue: 0.7, maxValue: 1.2, numberPrecision: 2 },
			default: 1,
			description: 'How fast to speak: 1 is the normal pace',
		},
		{
			displayName: 'Stability',
			name: 'stability',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 1, numberPrecision: 2 },
			default: 0.5,
			description: 'How even to speak, from 0 (lively) to 1 (even)',
		},
		{
			displayName: 'Style',
			name: 'style',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 1, numberPrecision: 2 },
			default: 0,
			description: 'How much to exaggerate the style of the voice, from 0 to 1',
		},
		{
			displayName: 'Use Speaker Boost',
			name: 'useSpeakerBoost',
			type: 'boolean',
			default: true,
			description: 'Whether to bring the sound closer to the original speaker, which takes a little longer',
		},
	],
};

const options: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Enable Logging',
			name: 'enableLogging',
			type: 'boolean',
			default: true,
			description:
				'Whether ElevenLabs may keep the request. Without it (enterprise plans only) there is no history and no stitching.',
		},
		{
			displayName: 'Language Code',
			name: 'languageCode',
			type: 'string',
			default: '',
			placeholder: 'e.g. de',
			description: 'ISO 639-1 code that forces a language; not every model takes one',
		},
		{
			displayName: 'Max Characters per Request',
			name: 'maxCharacters',
			type: 'number',
			typeOptions: { minValue: 100, numberPrecision: 0 },
			default: 2500,
			description: 'Longer texts are spoken in parts. By default the limit of the model decides.',
		},
		{
			displayName: 'Next Text',
			name: 'nextText',
			type: 'string',
			default: '',
			description: 'What follows this text, for the intonation; it is not spoken',
		},
		{
			displayName: 'Previous Text',
			name: 'previousText',
			type: 'string',
			default: '',
			description: 'What came before this text, for the intonation; it is not spoken',
		},
		{
			displayName: 'Seed',
			name: 'seed',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 4294967295, numberPrecision: 0 },
			default: 0,
			description: 'The same number gives about the same sound again',
		},
		{
			displayName: 'Text Normalization',
			name: 'textNormalization',
			type: 'options',
			default: 'auto',
			description: 'Whether numbers and signs are written out before speaking',
			options: [
				{ name: 'Auto', value: 'auto' },
				{ name: 'Off', value: 'off' },
				{ name: 'On', value: 'on' },
			],
		},
	],
};

const saving: INodeProperties[] = [
	{
		displayName: 'Save to Spaces',
		name: 'saveToSpaces',
		type: 'boolean',
		default: false,
		description:
			'Whether to write the sound to DigitalOcean Spaces and give its permanent URL instead of a file. What lies there with the same input is taken instead of paying again.',
	},
	{
		displayName: 'Put Output File in Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		required: true,
		hint: 'The name of the output binary field to put the file in',
		displayOptions: { show: { saveToSpaces: [false] } },
	},
];

const properties: INodeProperties[] = [
	voiceProperty,
	{
		displayName: 'Text',
		name: 'text',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		required: true,
		description:
			'What to say. A text that is too long for one request is split at the ends of sentences and joined again.',
	},
	{
		displayName: 'Model Name or ID',
		name: 'modelId',
		type: 'options',
		typeOptions: { loadOptionsMethod: 'getSpeechModels' },
		default: MODEL_ID_DEFAULT,
		description:
			'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
	},
	{
		displayName: 'Output Format',
		name: 'outputFormat',
		type: 'options',
		default: OUTPUT_FORMAT_DEFAULT,
		description: 'Codec, sample rate and bit rate. Some need a larger plan.',
		options: [
			{ name: 'A-Law 8000 Hz', value: 'alaw_8000' },
			{ name: 'MP3 22050 Hz 32 Kbps', value: 'mp3_22050_32' },
			{ name: 'MP3 24000 Hz 48 Kbps', value: 'mp3_24000_48' },
			{ name: 'MP3 44100 Hz 128 Kbps', value: 'mp3_44100_128' },
			{ name: 'MP3 44100 Hz 192 Kbps', value: 'mp3_44100_192' },
			{ name: 'MP3 44100 Hz 32 Kbps', value: 'mp3_44100_32' },
			{ name: 'MP3 44100 Hz 64 Kbps', value: 'mp3_44100_64' },
			{ name: 'MP3 44100 Hz 96 Kbps', value: 'mp3_44100_96' },
			{ name: 'Mu-Law 8000 Hz', value: 'ulaw_8000' },
			{ name: 'Opus 48000 Hz 128 Kbps', value: 'opus_48000_128' },
			{ name: 'Opus 48000 Hz 64 Kbps', value: 'opus_48000_64' },
			{ name: 'PCM 16000 Hz', value: 'pcm_16000' },
			{ name: 'PCM 22050 Hz', value: 'pcm_22050' },
			{ name: 'PCM 24000 Hz', value: 'pcm_24000' },
			{ name: 'PCM 44100 Hz', value: 'pcm_44100' },
			{ name: 'PCM 48000 Hz', value: 'pcm_48000' },
			{ name: 'WAV 16000 Hz', value: 'wav_16000' },
			{ name: 'WAV 22050 Hz', value: 'wav_22050' },
			{ name: 'WAV 24000 Hz', value: 'wav_24000' },
			{ name: 'WAV 44100 Hz', value: 'wav_44100' },
			{ name: 'WAV 48000 Hz', value: 'wav_48000' },
		],
	},
	voiceSettings,
	...saving,
	...jobContextProperties,
	options,
];

export const speechDescription = updateDisplayOptions({ show: { resource: ['speech'] } }, properties);
