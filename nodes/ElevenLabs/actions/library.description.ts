import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { listProperties, voiceProperty } from './fields';

const search: INodeProperties = {
	displayName: 'Search',
	name: 'search',
	type: 'string',
	default: '',
	description: 'Only what holds this text in its name, description or content',
};

const historyAudio: INodeProperties[] = [
	{
		displayName: 'History Item ID',
		name: 'historyItemId',
		type: 'string',
		default: '',
		required: true,
		description: 'ID of the item whose sound is wanted',
	},
	{
		displayName: 'Put Output File in Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		required: true,
		hint: 'The name of the output binary field to put the file in',
	},
];

export const libraryDescription = [
	...updateDisplayOptions({ show: { resource: ['voice'], operation: ['get'] } }, [voiceProperty]),
	...updateDisplayOptions({ show: { resource: ['voice', 'model', 'history'], operation: ['getAll'] } }, listProperties),
	...updateDisplayOptions({ show: { resource: ['voice', 'history'], operation: ['getAll'] } }, [search]),
	...updateDisplayOptions({ show: { resource: ['history'], operation: ['getAudio'] } }, historyAudio),
];
