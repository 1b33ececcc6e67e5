import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { requirePositiveInteger, requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { WAIT_DEADLINE_DEFAULT_S, WAIT_INTERVAL_DEFAULT_S } from '../../constants';
import { waitForJob } from '../../jobs';
import { jobJson } from '../../outcome';
import { jobIdProperty } from './job.descriptions';

const properties: INodeProperties[] = [
	jobIdProperty,
	{
		displayName: 'Interval (Seconds)',
		name: 'intervalS',
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		default: WAIT_INTERVAL_DEFAULT_S,
		description: 'Pause between two questions. The toolkit keeps a file of each, so do not ask too often.',
	},
	{
		displayName: 'Deadline (Seconds)',
		name: 'deadlineS',
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		default: WAIT_DEADLINE_DEFAULT_S,
		description: 'When to give up. The job itself goes on.',
	},
];

export const description = updateDisplayOptions({ show: { resource: ['job'], operation: ['waitFor'] } }, properties);

export const execute: Operation = async function (itemIndex) {
	const jobId = requireString(this, 'jobId', 'Job ID', itemIndex);
	const intervalMs = requirePositiveInteger(this, 'intervalS', 'Interval (Seconds)', itemIndex) * 1000;
	const deadlineMs = requirePositiveInteger(this, 'deadlineS', 'Deadline (Seconds)', itemIndex) * 1000;
	return jobJson(await waitForJob(this, jobId, itemIndex, { intervalMs, deadlineMs }));
};
