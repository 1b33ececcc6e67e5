import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { buildMixPayload } from '../../../../engine/nca/mix';
import { unwrap } from '../../../shared/errors';
import { optionalNumber, requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { submitPayload } from '../../submit';
import { submitProperties, urlProperty } from '../common.descriptions';

const FADE_OUT_S = 3;
const MUSIC_VOLUME_DB = -12;

const properties: INodeProperties[] = [
	urlProperty('Video URL', 'videoUrl', 'The video with the voice. Its picture is kept as it is.'),
	urlProperty(
		'Music URL',
		'musicUrl',
		'The music. It repeats when it is too short, and makes room while the voice speaks.',
	),
	{
		displayName: 'Video Duration (Seconds)',
		name: 'durationS',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 3 },
		default: 0,
		required: true,
		description: 'Length of the video',
	},
	{
		displayName: 'Music Volume (dB)',
		name: 'musicVolumeDb',
		type: 'number',
		typeOptions: { minValue: -60, maxValue: 12 },
		default: MUSIC_VOLUME_DB,
		description: 'How much quieter the music becomes',
	},
	{
		displayName: 'Fade Out (Seconds)',
		name: 'fadeOutS',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 3 },
		default: FADE_OUT_S,
		description: 'How long the music fades at the end',
	},
	...submitProperties,
];

export const description = updateDisplayOptions({ show: { resource: ['video'], operation: ['mixMusic'] } }, properties);

export const execute: Operation = async function (itemIndex) {
	const payload = buildMixPayload({
		videoUrl: requireString(this, 'videoUrl', 'Video URL', itemIndex),
		musicUrl: requireString(this, 'musicUrl', 'Music URL', itemIndex),
		durationS: optionalNumber(this, 'durationS', itemIndex) ?? 0,
		musicVolumeDb: optionalNumber(this, 'musicVolumeDb', itemIndex) ?? MUSIC_VOLUME_DB,
		fadeOutS: optionalNumber(this, 'fadeOutS', itemIndex) ?? FADE_OUT_S,
	});
	return await submitPayload(this, itemIndex, unwrap(this, payload, itemIndex));
};
