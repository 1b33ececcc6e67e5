import type { INodeProperties } from 'n8n-workflow';

import * as caption from './caption.operation';
import * as combine from './combine.operation';
import * as compose from './compose.operation';
import * as concatenate from './concatenate.operation';
import * as cut from './cut.operation';
import * as imageToVideo from './imageToVideo.operation';
import * as mixMusic from './mixMusic.operation';
import * as split from './split.operation';
import * as thumbnail from './thumbnail.operation';
import * as trim from './trim.operation';

export { caption, combine, compose, concatenate, cut, imageToVideo, mixMusic, split, thumbnail, trim };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['video'] } },
		default: 'caption',
		options: [
			{
				name: 'Caption',
				value: 'caption',
				action: 'Write captions into a video',
				description: 'Burn captions into the picture, from the speech, a text or a subtitle file',
			},
			{
				name: 'Combine Voice and Clip',
				value: 'combine',
				action: 'Combine a voice and a clip',
				description: 'Lay a clip under a voiceover; the result is as long as the voice',
			},
			{
				name: 'Compose',
				value: 'compose',
				action: 'Compose with ffmpeg options',
				description: 'Any ffmpeg command, as inputs, filters and outputs',
			},
			{
				name: 'Concatenate',
				value: 'concatenate',
				action: 'Concatenate videos',
				description: 'Join videos of one shape in their order',
			},
			{
				name: 'Cut',
				value: 'cut',
				action: 'Cut spans out of a video',
				description: 'Take spans out of a video',
			},
			{
				name: 'Image to Video',
				value: 'imageToVideo',
				action: 'Make a video of an image',
				description: 'Grow slowly into a still picture',
			},
			{
				name: 'Mix Music',
				value: 'mixMusic',
				action: 'Mix music under a video',
				description: 'Lay music under the voice of a video',
			},
			{
				name: 'Split',
				value: 'split',
				action: 'Split a video',
				description: 'Make files of several spans of a video',
			},
			{
				name: 'Thumbnail',
				value: 'thumbnail',
				action: 'Take a thumbnail of a video',
				description: 'Take one picture of a video',
			},
			{
				name: 'Trim',
				value: 'trim',
				action: 'Trim a video',
				description: 'Keep one span of a video',
			},
		],
	},
	...caption.description,
	...combine.description,
	...compose.description,
	...concatenate.description,
	...cut.description,
	...imageToVideo.description,
	...mixMusic.description,
	...split.description,
	...thumbnail.description,
	...trim.description,
];
