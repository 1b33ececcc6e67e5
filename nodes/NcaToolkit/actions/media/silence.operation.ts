import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { optionalNumber, requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { PATHS } from '../../constants';
import { readOptions } from '../../parameters';
import { submitJob } from '../../submit';
import { optionsProperty, submitProperties, urlProperty } from '../common.descriptions';

const properties: INodeProperties[] = [
	urlProperty('Media URL', 'mediaUrl', 'The file to search for silence'),
	{
		displayName: 'Shortest Silence (Seconds)',
		name: 'duration',
		type: 'number',
		typeOptions: { minValue: 0.1, numberPrecision: 3 },
		default: 0.5,
		required: true,
		description: 'Shorter silences are not reported',
	},
	optionsProperty([
		{ displayName: 'End', name: 'end', type: 'string', default: '', description: 'Search up to here, as HH:MM:SS.mmm' },
		{
			displayName: 'Mono',
			name: 'mono',
			type: 'boolean',
			default: true,
			description: 'Whether to mix the channels into one before the search',
		},
		{
			displayName: 'Noise',
			name: 'noise',
			type: 'string',
			default: '-30dB',
			description: 'What is quieter is silence',
		},
		{
			displayName: 'Start',
			name: 'start',
			type: 'string',
			default: '',
			description: 'Search from here, as HH:MM:SS.mmm',
		},
	]),
	...submitProperties,
];

export const description = updateDisplayOptions({ show: { resource: ['media'], operation: ['silence'] } }, properties);

export const execute: Operation = async function (itemIndex) {
	return await submitJob(this, itemIndex, PATHS.silence, {
		media_url: requireString(this, 'mediaUrl', 'Media URL', itemIndex),
		duration: optionalNumber(this, 'duration', itemIndex) ?? 0.5,
		...readOptions(this, itemIndex),
	});
};
