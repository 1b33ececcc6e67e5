import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { requirePositiveInteger } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { askJobs } from '../../jobs';
import { windowProperty } from './job.descriptions';

const properties: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
	windowProperty,
];

export const description = updateDisplayOptions({ show: { resource: ['job'], operation: ['getAll'] } }, properties);

export const execute: Operation = async function (itemIndex) {
	const isAll = this.getNodeParameter('returnAll', itemIndex) === true;
	const sinceS = requirePositiveInteger(this, 'sinceS', 'Window (Seconds)', itemIndex);
	const limit = isAll ? Number.POSITIVE_INFINITY : requirePositiveInteger(this, 'limit', 'Limit', itemIndex);
	const states = [...(await askJobs(this, sinceS, itemIndex))];
	return states.slice(0, limit).map(([externalId, state]) => ({ externalId, state }));
};
