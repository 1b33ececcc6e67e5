import type { INodeProperties } from 'n8n-workflow';

import { CAPTION_POSITIONS, CAPTION_STYLES } from '../../../../engine/nca/caption';

function titleOf(value: string): string {
	return value.replace(
		/(^|_)([a-z])/g,
		(_match, gap: string, letter: string) => `${gap ? ' ' : ''}${letter.toUpperCase()}`,
	);
}

function choices(values: readonly string[]) {
	return [...values].sort().map((value) => ({ name: titleOf(value), value }));
}

/** How captions look. */
export const captionLookOptions: INodeProperties[] = [
	{
		displayName: 'All Caps',
		name: 'allCaps',
		type: 'boolean',
		default: false,
		description: 'Whether to write everything in capitals',
	},
	{ displayName: 'Bold', name: 'bold', type: 'boolean', default: false, description: 'Whether the letters are bold' },
	{
		displayName: 'Font Family',
		name: 'fontFamily',
		type: 'string',
		default: '',
		placeholder: 'e.g. Arial',
		description: 'A font that the toolkit has',
	},
	{
		displayName: 'Font Size',
		name: 'fontSizePx',
		type: 'number',
		typeOptions: { minValue: 4, maxValue: 500 },
		default: 48,
		description: 'In pixels',
	},
	{
		displayName: 'Italic',
		name: 'italic',
		type: 'boolean',
		default: false,
		description: 'Whether the letters are slanted',
	},
	{
		displayName: 'Line Color',
		name: 'lineColor',
		type: 'color',
		default: '#FFFFFF',
		description: 'Colour of the text',
	},
	{
		displayName: 'Max Words per Line',
		name: 'maxWordsPerLine',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 100, numberPrecision: 0 },
		default: 6,
		description: 'Longer lines are broken; 0 breaks none',
	},
	{
		displayName: 'Outline Color',
		name: 'outlineColor',
		type: 'color',
		default: '#000000',
		description: 'Colour around the letters',
	},
	{
		displayName: 'Outline Width',
		name: 'outlineWidth',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 50 },
		default: 2,
		description: 'In pixels',
	},
	{
		displayName: 'Position',
		name: 'position',
		type: 'options',
		default: 'bottom_center',
		options: choices(CAPTION_POSITIONS),
		description: 'Where in the picture the captions stand',
	},
	{
		displayName: 'Style',
		name: 'style',
		type: 'options',
		default: 'classic',
		options: choices(CAPTION_STYLES),
		description: 'How words light up while they are spoken',
	},
	{
		displayName: 'Word Color',
		name: 'wordColor',
		type: 'color',
		default: '#FFFF00',
		description: 'Colour of the word that is spoken',
	},
];
