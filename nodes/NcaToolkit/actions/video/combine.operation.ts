import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { buildCombinePayload, type CombineInput } from '../../../../engine/nca/combine';
import { unwrap } from '../../../shared/errors';
import { optionalNumber, optionalString, readCollection, requireString, withoutEmpty } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { submitPayload } from '../../submit';
import { optionsProperty, submitProperties, urlProperty } from '../common.descriptions';
import { pictureOptions, PICTURE } from './picture.descriptions';

const properties: INodeProperties[] = [
	urlProperty('Voice URL', 'voiceUrl', 'The voiceover. It is never cut: the length of the result follows it.'),
	{
		displayName: 'Voice Duration (Seconds)',
		name: 'voiceS',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 3 },
		default: 0,
		required: true,
		description: 'Measured length of the voiceover',
	},
	urlProperty('Clip URL', 'clipUrl', 'The moving picture to lay under the voice'),
	{
		displayName: 'Clip Duration (Seconds)',
		name: 'clipS',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 3 },
		default: 0,
		description: 'Length of the clip; 0 when it is not known',
	},
	{
		displayName: 'When the Clip Is Too Short',
		name: 'fit',
		type: 'options',
		default: 'loop',
		options: [
			{ name: 'Hold the Last Frame', value: 'freeze' },
			{ name: 'Repeat the Clip', value: 'loop' },
		],
		description: 'What fills the rest. A clip that is too long is trimmed.',
	},
	optionsProperty(pictureOptions),
	...submitProperties,
];

export const description = updateDisplayOptions({ show: { resource: ['video'], operation: ['combine'] } }, properties);

function readPicture(ctx: IExecuteFunctions, itemIndex: number) {
	const picture = { ...PICTURE, ...withoutEmpty(readCollection(ctx, 'options', itemIndex)) };
	return {
		width: Number(picture.width),
		height: Number(picture.height),
		fps: Number(picture.fps),
		preset: String(picture.preset),
		framing: String(picture.framing) as CombineInput['framing'],
		clipIsImage: picture.clipIsImage === true,
	};
}

export const execute: Operation = async function (itemIndex) {
	const clipS = optionalNumber(this, 'clipS', itemIndex);
	const payload = buildCombinePayload({
		voiceUrl: requireString(this, 'voiceUrl', 'Voice URL', itemIndex),
		voiceS: optionalNumber(this, 'voiceS', itemIndex) ?? 0,
		clipUrl: requireString(this, 'clipUrl', 'Clip URL', itemIndex),
		clipS: clipS === 0 ? undefined : clipS,
		fit: optionalString(this, 'fit', itemIndex) as CombineInput['fit'],
		...readPicture(this, itemIndex),
	});
	return await submitPayload(this, itemIndex, unwrap(this, payload, itemIndex));
};
