import type { INodeProperties } from 'n8n-workflow';

/** Which voice: from the list, by id, or by the address of its page. */
export const voiceProperty: INodeProperties = {
	displayName: 'Voice',
	name: 'voiceId',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description: 'The voice to speak with',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a voice…',
			typeOptions: { searchListMethod: 'searchVoices', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 21m00Tcm4TlvDq8ikWAM',
			validation: [
				{
					type: 'regex',
					properties: { regex: '[a-zA-Z0-9_-]{2,64}', errorMessage: 'This is not the ID of a voice' },
				},
			],
		},
		{
			displayName: 'By URL',
			name: 'url',
			type: 'string',
			placeholder: 'e.g. https://elevenlabs.io/app/voice-library?voiceId=21m00Tcm4TlvDq8ikWAM',
			extractValue: {
				type: 'regex',
				regex: 'https?://[^\\s]*(?:voiceId=|/voices?/|/voice-lab/(?:share/[^/]+/)?)([a-zA-Z0-9_-]{2,64})',
			},
			validation: [
				{
					type: 'regex',
					properties: {
						regex: 'https?://[^\\s]*(?:voiceId=|/voices?/|/voice-lab/(?:share/[^/]+/)?)([a-zA-Z0-9_-]{2,64}).*',
						errorMessage: 'This address names no voice',
					},
				},
			],
		},
	],
};

/** "Return All" and "Limit" of a list. */
export const listProperties: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
];
