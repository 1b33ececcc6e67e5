import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { PATHS } from '../../constants';
import { readOptions } from '../../parameters';
import { submitJob } from '../../submit';
import { optionsProperty, submitProperties, urlProperty } from '../common.descriptions';

const properties: INodeProperties[] = [
	urlProperty('Media URL', 'mediaUrl', 'The file to transcribe'),
	optionsProperty([
		{
			displayName: 'Include Segments',
			name: 'include_segments',
			type: 'boolean',
			default: false,
			description: 'Whether to return the segments with their times',
		},
		{
			displayName: 'Include SRT',
			name: 'include_srt',
			type: 'boolean',
			default: false,
			description: 'Whether to return subtitles',
		},
		{
			displayName: 'Include Text',
			name: 'include_text',
			type: 'boolean',
			default: true,
			description: 'Whether to return the text',
		},
		{
			displayName: 'Language',
			name: 'language',
			type: 'string',
			default: '',
			description: 'Code of the spoken language. Empty to find out.',
		},
		{
			displayName: 'Response Type',
			name: 'response_type',
			type: 'options',
			default: 'direct',
			options: [
				{ name: 'Files', value: 'cloud', description: 'URLs of files in the storage of the toolkit' },
				{ name: 'Texts', value: 'direct', description: 'The texts themselves' },
			],
			description: 'In which form the result comes',
		},
		{
			displayName: 'Task',
			name: 'task',
			type: 'options',
			default: 'transcribe',
			options: [
				{ name: 'Transcribe', value: 'transcribe' },
				{ name: 'Translate to English', value: 'translate' },
			],
			description: 'What to do with the speech',
		},
		{
			displayName: 'Word Timestamps',
			name: 'word_timestamps',
			type: 'boolean',
			default: false,
			description: 'Whether to give the times of each word',
		},
		{
			displayName: 'Words per Line',
			name: 'words_per_line',
			type: 'number',
			typeOptions: { minValue: 1, numberPrecision: 0 },
			default: 8,
			description: 'Longest line of the subtitles',
		},
	]),
	...submitProperties,
];

export const description = updateDisplayOptions(
	{ show: { resource: ['media'], operation: ['transcribe'] } },
	properties,
);

export const execute: Operation = async function (itemIndex) {
	return await submitJob(this, itemIndex, PATHS.transcribe, {
		media_url: requireString(this, 'mediaUrl', 'Media URL', itemIndex),
		...readOptions(this, itemIndex),
	});
};
