import type { INodeProperties } from 'n8n-workflow';

import * as convert from './convert.operation';
import * as convertToMp3 from './convertToMp3.operation';
import * as download from './download.operation';
import * as generateAss from './generateAss.operation';
import * as metadata from './metadata.operation';
import * as silence from './silence.operation';
import * as transcribe from './transcribe.operation';

export { convert, convertToMp3, download, generateAss, metadata, silence, transcribe };

export const description: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['media'] } },
		default: 'convert',
		options: [
			{
				name: 'Convert',
				value: 'convert',
				action: 'Convert a media file',
				description: 'Make a file of another format or codec',
			},
			{
				name: 'Convert to MP3',
				value: 'convertToMp3',
				action: 'Convert a media file to MP3',
				description: 'Make an MP3 of the sound of a file',
			},
			{
				name: 'Detect Silence',
				value: 'silence',
				action: 'Detect silence in a media file',
				description: 'Find the silent spans of a file',
			},
			{
				name: 'Download',
				value: 'download',
				action: 'Download media from a site',
				description: 'Fetch media of a site that yt-dlp knows',
			},
			{
				name: 'Generate ASS',
				value: 'generateAss',
				action: 'Generate ASS subtitles',
				description: 'Make a subtitle file of the speech of a file',
			},
			{
				name: 'Get Metadata',
				value: 'metadata',
				action: 'Get the metadata of a media file',
				description: 'Length, size, codecs and more of a file',
			},
			{
				name: 'Transcribe',
				value: 'transcribe',
				action: 'Transcribe a media file',
				description: 'Write down or translate the speech of a file',
			},
		],
	},
	...convert.description,
	...convertToMp3.description,
	...silence.description,
	...download.description,
	...generateAss.description,
	...metadata.description,
	...transcribe.description,
];
