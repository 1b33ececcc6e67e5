import type { INodeProperties } from 'n8n-workflow';

import * as audio from './audio';
import * as code from './code';
import * as image from './image';
import * as job from './job';
import * as media from './media';
import * as raw from './raw';
import * as storage from './storage';
import * as toolkit from './toolkit';
import * as video from './video';

/** What the toolkit works on, and every operation's own parameters. */
export const properties: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		default: 'video',
		options: [
			{ name: 'Audio', value: 'audio' },
			{ name: 'Code', value: 'code' },
			{ name: 'Image', value: 'image' },
			{ name: 'Job', value: 'job' },
			{ name: 'Media', value: 'media' },
			{ name: 'Raw Request', value: 'raw' },
			{ name: 'Storage', value: 'storage' },
			{ name: 'Toolkit', value: 'toolkit' },
			{ name: 'Video', value: 'video' },
		],
	},
	...audio.description,
	...code.description,
	...image.description,
	...job.description,
	...media.description,
	...raw.description,
	...storage.description,
	...toolkit.description,
	...video.description,
];
