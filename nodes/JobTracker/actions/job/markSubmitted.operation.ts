import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { unwrap } from '../../../shared/errors';
import { requireString, optionalString, requirePositiveInteger } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { getTracker } from '../../connection';
import { toJson } from '../read';

const properties: INodeProperties[] = [
	{ displayName: 'Job Key', name: 'jobKey', type: 'string', default: '={{ $json.jobKey }}', required: true },
	{ displayName: 'Attempt', name: 'attempt', type: 'string', default: '={{ $json.attempt }}', required: true },
	{
		displayName: 'External ID',
		name: 'externalId',
		type: 'string',
		default: '={{ $json.externalId }}',
		required: true,
		description: 'What the provider calls this job',
	},
	{
		displayName: 'Queue ID',
		name: 'queueId',
		type: 'string',
		default: '={{ $json.queueId }}',
		description: 'The queue in which the NCA Toolkit put the job; tells slow from gone',
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['job'], operation: ['markSubmitted'] } },
	properties,
);

/** Notes that a provider accepted a job; never lowers a state. */
export const execute: Operation = async function (itemIndex) {
	const note = {
		jobKey: requireString(this, 'jobKey', 'Job Key', itemIndex),
		attempt: requirePositiveInteger(this, 'attempt', 'Attempt', itemIndex),
		externalId: requireString(this, 'externalId', 'External ID', itemIndex),
		queueId: optionalString(this, 'queueId', itemIndex),
	};
	const tracker = await getTracker(this, itemIndex);
	const { noted } = unwrap(this, await tracker.markSubmitted(note), itemIndex);
	return toJson({ ...note, noted });
};
