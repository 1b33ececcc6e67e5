import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { unwrap } from '../../../shared/errors';
import { requirePositiveInteger, requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { getTracker } from '../../connection';
import { readFailure, readReport } from '../../news';
import { requireObject, toJson } from '../read';

const properties: INodeProperties[] = [
	{ displayName: 'Job Key', name: 'jobKey', type: 'string', default: '={{ $json.jobKey }}', required: true },
	{ displayName: 'Attempt', name: 'attempt', type: 'string', default: '={{ $json.attempt }}', required: true },
	{
		displayName: 'Provider Had Delivered',
		name: 'hasResult',
		type: 'boolean',
		default: false,
		description:
			'Whether only the storing of a result failed. Then it is looked for again before anything is paid again.',
	},
	{
		displayName: 'Failure',
		name: 'failure',
		type: 'json',
		default: '={{ $json }}',
		required: true,
		description: 'The item of an error output, or of Match Result with the verdict "failed"',
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['job'], operation: ['failOrRetry'] } },
	properties,
);

/** Counts a failed attempt; `outcome` is `retry`, `failed` (for good) or `ignored`. */
export const execute: Operation = async function (itemIndex) {
	const jobKey = requireString(this, 'jobKey', 'Job Key', itemIndex);
	const attempt = requirePositiveInteger(this, 'attempt', 'Attempt', itemIndex);
	const item = requireObject(this, 'failure', 'Failure', itemIndex);
	const failure = readFailure(item);
	const hasResult = this.getNodeParameter('hasResult', itemIndex, false) === true;
	const tracker = await getTracker(this, itemIndex);
	return toJson(unwrap(this, await tracker.fail(jobKey, attempt, failure, hasResult, readReport(item)), itemIndex));
};
