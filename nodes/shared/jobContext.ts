import type { INodeProperties } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { shortHash } from '../../engine/hash';
import { checkObjectKey } from '../../engine/net/objectKey';
import { readCollection, type ParameterContext } from './params';

/** Objects of others that are looked at before a paid call. */
const OTHER_KEYS_MAX = 5;

/** Which job of the tracker a call works for. */
export interface JobContext {
	jobKey: string;
	attempt: number;
	/** SHA-256 over everything that shapes the result, 64 hex characters. */
	inputHash: string;
	/** Its first 16 characters. */
	h: string;
	/** Where the result will lie in Spaces. */
	objectKey?: string;
	/** Objects of other videos that may hold the same result. */
	otherObjectKeys?: string[];
}

/** The parameters of {@link readJobContext}; add them to every operation that pays or submits. */
export const jobContextProperties: INodeProperties[] = [
	{
		displayName: 'Video Engine Job',
		name: 'job',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		description: 'The job of the Job Tracker that this call works for. Leave it empty to use the node by itself.',
		options: [
			{
				displayName: 'Attempt',
				name: 'attempt',
				type: 'number',
				typeOptions: { minValue: 1, numberPrecision: 0 },
				default: 1,
				description: 'Which attempt of the job this is, as the Job Tracker counts them',
			},
			{
				displayName: 'Input Hash',
				name: 'inputHash',
				type: 'string',
				default: '',
				description: 'SHA-256 over everything that shapes the result, 64 hexadecimal characters',
			},
			{
				displayName: 'Job Key',
				name: 'jobKey',
				type: 'string',
				default: '',
				description: 'The key of the job, as the Job Tracker gives it',
			},
			{
				displayName: 'Object Key',
				name: 'objectKey',
				type: 'string',
				default: '',
				description:
					'Where the result lies in Spaces. An object with the same hash there is taken instead of paying again.',
			},
			{
				displayName: 'Other Object Keys',
				name: 'otherObjectKeys',
				type: 'string',
				default: '',
				description:
					'Keys of objects, divided by commas, that may hold the same result, as those of other videos. One with the same hash is taken instead of paying again.',
			},
		],
	},
];

/** Keys that could not be ours are left out: they are only a hint where else to look. */
function readOtherKeys(value: unknown): string[] {
	const keys = String(value ?? '')
		.split(',')
		.map((key) => key.trim());
	return keys.filter((key) => checkObjectKey(key).ok).slice(0, OTHER_KEYS_MAX);
}

/**
 * The job that this item works for, or undefined when the node is used by itself.
 *
 * @throws NodeOperationError when the collection is filled in only in part
 */
export function readJobContext(ctx: ParameterContext, itemIndex: number): JobContext | undefined {
	const fields = readCollection(ctx, 'job', itemIndex);
	const jobKey = String(fields.jobKey ?? '').trim();
	const inputHash = String(fields.inputHash ?? '').trim();
	const objectKey = String(fields.objectKey ?? '').trim();
	if (jobKey === '' && inputHash === '' && objectKey === '') return undefined;

	const refuse = (message: string) => new NodeOperationError(ctx.getNode(), message, { itemIndex });
	if (jobKey === '') throw refuse('Job Key is required when the other fields of "Video Engine Job" are set');
	if (!/^[0-9a-f]{64}$/.test(inputHash)) throw refuse('Input Hash must be 64 hexadecimal characters');
	const attempt = Number(fields.attempt ?? 1);
	if (!Number.isSafeInteger(attempt) || attempt < 1) throw refuse('Attempt must be a whole number above zero');
	const otherObjectKeys = readOtherKeys(fields.otherObjectKeys);
	return {
		...{ jobKey, attempt, inputHash, h: shortHash(inputHash) },
		...(objectKey === '' ? {} : { objectKey }),
		...(otherObjectKeys.length === 0 ? {} : { otherObjectKeys }),
	};
}
