import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { splitScript } from '../../engine/script/splitScript';
import type { SplitMode, SplitOptions, SplitResult } from '../../engine/script/types';
import { unwrap } from '../shared/errors';
import { optionalString, readCollection } from '../shared/params';
import type { Operation } from '../shared/router';

export const description: INodeProperties[] = [
	{
		displayName: 'Script',
		name: 'script',
		type: 'string',
		typeOptions: { rows: 8 },
		default: '={{ $json.script_text }}',
		required: true,
		description: 'The text to be spoken, in any language. No character of it is changed or lost.',
	},
	{
		displayName: 'Divide By',
		name: 'mode',
		type: 'options',
		default: 'duration',
		options: [
			{
				name: 'Duration',
				value: 'duration',
				description: 'Segments of about the same length that end where sentences end',
			},
			{ name: 'Line', value: 'line', description: 'One segment a line' },
			{
				name: 'Marks',
				value: 'markup',
				description:
					'One segment between marks, which are not spoken: [segment] or [scene 2: title], a line of ---, a heading line such as # Title',
			},
		],
	},
	{
		displayName: 'Target Duration (Seconds)',
		name: 'targetSegmentS',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 600 },
		default: 30,
		displayOptions: { show: { mode: ['duration'] } },
		description: 'Length that a segment should have when spoken',
	},
	{
		displayName: 'Words per Minute',
		name: 'wordsPerMinute',
		type: 'number',
		typeOptions: { minValue: 10, maxValue: 1000 },
		default: 150,
		description: 'Speaking rate by which lengths are estimated',
	},
	{
		displayName: 'Output',
		name: 'output',
		type: 'options',
		default: 'list',
		options: [
			{ name: 'One Item per Script', value: 'list', description: 'An item with the list of its segments' },
			{ name: 'One Item per Segment', value: 'items', description: 'An item for every segment' },
		],
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Characters per Minute',
				name: 'charactersPerMinute',
				type: 'number',
				typeOptions: { minValue: 10, maxValue: 5000 },
				default: 300,
				description: 'Speaking rate of scripts without spaces between words, such as Japanese, Chinese and Thai',
			},
			{
				displayName: 'Include Input Fields',
				name: 'includeInputFields',
				type: 'boolean',
				default: true,
				description: 'Whether the fields of the input item are passed on beside the result',
			},
			{
				displayName: 'Language',
				name: 'language',
				type: 'string',
				default: '',
				placeholder: 'e.g. de',
				description: 'Language tag of the script, which settles cases such as "am 3. Oktober".',
			},
			{
				displayName: 'Longest Segment (Part of the Target)',
				name: 'maxRatio',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 5, numberPrecision: 2 },
				default: 1.2,
				description: 'A sentence longer than this is divided at a clause',
			},
			{
				displayName: 'Maximum Characters',
				name: 'maxCharacters',
				type: 'number',
				typeOptions: { minValue: 2 },
				default: 10000,
				description: 'No segment has more, whatever its duration: the limit of the speech service for one request',
			},
			{
				displayName: 'Shortest Segment (Part of the Target)',
				name: 'minRatio',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 1, numberPrecision: 2 },
				default: 0.8,
				description: 'Segments are made at least this long where sentences allow it',
			},
		],
	},
];

/**
 * Divides one item's script.
 *
 * @throws NodeOperationError with `context.refusal` { code, field } of the engine, field `script_text` for the script
 */
export const execute: Operation = async function (itemIndex) {
	// Read as it is: an expression may give a number or an object, which is no script.
	const script: unknown = this.getNodeParameter('script', itemIndex, '');
	const collection = readCollection(this, 'options', itemIndex);
	const result = unwrap(this, splitScript(script ?? '', readOptions(this, collection, itemIndex)), itemIndex);
	const input = collection.includeInputFields === false ? {} : this.getInputData()[itemIndex].json;
	const wantsItems = optionalString(this, 'output', itemIndex) === 'items';
	return wantsItems ? toItems(input, result) : toList(input, script as string, result);
};

function readOptions(ctx: IExecuteFunctions, collection: IDataObject, itemIndex: number): SplitOptions {
	const parameter = (name: string): number | undefined => toNumber(ctx.getNodeParameter(name, itemIndex, ''));
	return {
		// A value outside of the list is refused by the engine.
		mode: (optionalString(ctx, 'mode', itemIndex) ?? 'duration') as SplitMode,
		targetSegmentS: parameter('targetSegmentS'),
		wordsPerMinute: parameter('wordsPerMinute'),
		charactersPerMinute: toNumber(collection.charactersPerMinute),
		minRatio: toNumber(collection.minRatio),
		maxRatio: toNumber(collection.maxRatio),
		maxCharacters: toNumber(collection.maxCharacters),
		language: collection.language === undefined ? undefined : String(collection.language),
	};
}

/** Empty is undefined and takes the default; what is no number is NaN, which the engine refuses by name. */
function toNumber(value: unknown): number | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	return typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN;
}

function toList(input: IDataObject, script: string, { segments, totalS }: SplitResult): IDataObject {
	return {
		...input,
		script_text: script,
		segments: segments.map((segment) => ({ ...segment })),
		segmentCount: segments.length,
		totalS,
	};
}

function toItems(input: IDataObject, { segments, totalS }: SplitResult): IDataObject[] {
	return segments.map((segment) => ({ ...input, ...segment, segmentCount: segments.length, totalS }));
}
