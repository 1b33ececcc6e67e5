import type { INodeProperties } from 'n8n-workflow';
import { description as deleteDescription } from './delete.operation';
import { description as headDescription } from './head.operation';
import { description as persistDescription } from './persist.operation';
import { description as presignDescription } from './presign.operation';

export const properties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		default: 'persist',
		options: [
			{
				name: 'Delete',
				value: 'delete',
				description: 'Remove an object',
				action: 'Delete an object',
			},
			{
				name: 'Get Info',
				value: 'head',
				description: 'Look whether an object is there, and what it is',
				action: 'Get info about an object',
			},
			{
				name: 'Persist',
				value: 'persist',
				description: 'Keep a file for good: from a URL or from the item',
				action: 'Persist a file',
			},
			{
				name: 'Presign URL',
				value: 'presign',
				description: 'Make a URL that works without keys for a while',
				action: 'Presign a URL',
			},
		],
	},
	{
		displayName: 'Bucket',
		name: 'bucket',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		description: "The bucket to use. Empty takes the credential's.",
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				typeOptions: { searchListMethod: 'searchBuckets', searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. my-videos',
				validation: [
					{
						type: 'regex',
						properties: {
							regex: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
							errorMessage: 'A bucket name has 3 to 63 lower-case letters, digits, dots and dashes',
						},
					},
				],
			},
			{
				displayName: 'By URL',
				name: 'url',
				type: 'string',
				placeholder: 'e.g. https://my-videos.nyc3.digitaloceanspaces.com',
				extractValue: {
					type: 'regex',
					// The control panel and path style name the bucket in the path, the others in front of the host.
					regex:
						'^https?:\\/\\/(?:cloud\\.digitalocean\\.com\\/spaces\\/|[a-z0-9]+\\.digitaloceanspaces\\.com\\/)?([a-z0-9][a-z0-9-]{1,61}[a-z0-9])(?:[./?#].*)?$',
				},
			},
		],
	},
	...persistDescription,
	...headDescription,
	...presignDescription,
	...deleteDescription,
];
