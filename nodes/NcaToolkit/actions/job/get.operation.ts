import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { askJob, requireKnown } from '../../jobs';
import { jobJson } from '../../outcome';
import { jobIdProperty } from './job.descriptions';

const properties: INodeProperties[] = [jobIdProperty];

export const description = updateDisplayOptions({ show: { resource: ['job'], operation: ['get'] } }, properties);

export const execute: Operation = async function (itemIndex) {
	const jobId = requireString(this, 'jobId', 'Job ID', itemIndex);
	return jobJson(requireKnown(await askJob(this, jobId, itemIndex)));
};
