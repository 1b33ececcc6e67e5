import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { buildCaptionPayload, type CaptionInput } from '../../../../engine/nca/caption';
import { unwrap } from '../../../shared/errors';
import { optionalString, requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { readOptions } from '../../parameters';
import { submitPayload } from '../../submit';
import { captionTextOptions, optionsProperty, submitProperties, urlProperty } from '../common.descriptions';
import { captionLookOptions } from './caption.descriptions';

const properties: INodeProperties[] = [
	urlProperty('Video URL', 'videoUrl', 'The video to write the captions into'),
	{
		displayName: 'Captions From',
		name: 'captionSource',
		type: 'options',
		default: 'speech',
		options: [
			{ name: 'ASS', value: 'ass', description: 'A script of Advanced SubStation Alpha, with its own look' },
			{ name: 'Speech', value: 'speech', description: 'The toolkit transcribes the video, where it has Whisper' },
			{ name: 'SRT', value: 'srt', description: 'SubRip text, with times; the style must be Classic' },
			{ name: 'Text', value: 'text', description: 'Words without times' },
			{ name: 'URL', value: 'url', description: 'A subtitle file that the toolkit fetches' },
		],
		description: 'Where the words come from',
	},
	{
		displayName: 'Captions',
		name: 'captions',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		required: true,
		description: 'The words, the subtitle text, or the URL of a file with it',
		displayOptions: { show: { captionSource: ['ass', 'srt', 'text', 'url'] } },
	},
	optionsProperty([...captionLookOptions, ...captionTextOptions]),
	...submitProperties,
];

export const description = updateDisplayOptions({ show: { resource: ['video'], operation: ['caption'] } }, properties);

type Captions = NonNullable<CaptionInput['captions']>;

function readCaptions(ctx: IExecuteFunctions, itemIndex: number): Captions | undefined {
	const kind = optionalString(ctx, 'captionSource', itemIndex);
	if (kind === undefined || kind === 'speech') return undefined;
	return { kind: kind as Captions['kind'], value: requireString(ctx, 'captions', 'Captions', itemIndex) };
}

export const execute: Operation = async function (itemIndex) {
	const jsonFields = ['settings', 'replace', 'exclude_time_ranges'];
	const { settings, replace, exclude_time_ranges, ...look } = readOptions(this, itemIndex, jsonFields);
	const payload = buildCaptionPayload({
		...(look as Partial<CaptionInput>),
		videoUrl: requireString(this, 'videoUrl', 'Video URL', itemIndex),
		captions: readCaptions(this, itemIndex),
	});
	const { path, body } = unwrap(this, payload, itemIndex);
	const style = { ...(body.settings as IDataObject | undefined), ...(settings as IDataObject | undefined) };
	const more = { ...(replace ? { replace } : {}), ...(exclude_time_ranges ? { exclude_time_ranges } : {}) };
	const styled = Object.keys(style).length > 0 ? { settings: style } : {};
	return await submitPayload(this, itemIndex, { path, body: { ...body, ...styled, ...more } });
};
