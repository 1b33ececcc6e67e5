import type { INodeProperties } from 'n8n-workflow';

import { PRESETS } from '../../../../engine/nca/constants';

const WIDTH_PX = 1920;
const HEIGHT_PX = 1080;
const FPS = 30;
const PRESET = 'veryfast';

/** Shape of the picture where nothing else is said. */
export const PICTURE = {
	width: WIDTH_PX,
	height: HEIGHT_PX,
	fps: FPS,
	preset: PRESET,
	framing: 'crop',
	clipIsImage: false,
};

/** Shape of the picture, the same for all parts of a video. */
export const pictureOptions: INodeProperties[] = [
	{
		displayName: 'Clip Is a Still Picture',
		name: 'clipIsImage',
		type: 'boolean',
		default: false,
		description: 'Whether the clip is an image, which then stands for the whole length',
	},
	{
		displayName: 'Encoder Preset',
		name: 'preset',
		type: 'options',
		default: PRESET,
		options: PRESETS.map((preset) => ({ name: preset, value: preset })),
		description: 'Faster ones make larger files',
	},
	{
		displayName: 'Frames per Second',
		name: 'fps',
		type: 'number',
		default: FPS,
		description: 'Such as 24, 25, 29.97, 30 or 60',
	},
	{
		displayName: 'Framing',
		name: 'framing',
		type: 'options',
		default: 'crop',
		options: [
			{ name: 'Add Bars', value: 'pad' },
			{ name: 'Cut Off the Edges', value: 'crop' },
		],
		description: 'What happens to a clip of another shape',
	},
	{
		displayName: 'Height',
		name: 'height',
		type: 'number',
		typeOptions: { minValue: 16, numberPrecision: 0 },
		default: HEIGHT_PX,
		description: 'In pixels, an even number',
	},
	{
		displayName: 'Width',
		name: 'width',
		type: 'number',
		typeOptions: { minValue: 16, numberPrecision: 0 },
		default: WIDTH_PX,
		description: 'In pixels, an even number',
	},
];
