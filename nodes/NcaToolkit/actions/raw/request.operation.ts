import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { NodeOperationError, updateDisplayOptions } from 'n8n-workflow';

import { requirePositiveInteger, requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { SYNC_TIMEOUT_DEFAULT_S } from '../../constants';
import { requireJsonObject } from '../../parameters';
import { callToolkit } from '../../transport';

const properties: INodeProperties[] = [
	{
		displayName: 'Method',
		name: 'method',
		type: 'options',
		noDataExpression: true,
		default: 'POST',
		options: [
			{ name: 'GET', value: 'GET' },
			{ name: 'POST', value: 'POST' },
		],
		description: 'A POST is sent once, and again only when the toolkit turned it away',
	},
	{
		displayName: 'Path',
		name: 'path',
		type: 'string',
		default: '/v1/',
		required: true,
		placeholder: 'e.g. /v1/media/metadata',
		description: 'Any path of the v1 API',
	},
	{
		displayName: 'Body JSON',
		name: 'bodyJson',
		type: 'json',
		typeOptions: { rows: 8 },
		default: '{}',
		description: 'Sent as it is. With a webhook_url the toolkit queues the job, without one it answers in the request.',
		displayOptions: { show: { method: ['POST'] } },
	},
	{
		displayName: 'Timeout (Seconds)',
		name: 'timeoutS',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: SYNC_TIMEOUT_DEFAULT_S,
		description: 'How long to wait for the answer',
	},
];

export const description = updateDisplayOptions({ show: { resource: ['raw'], operation: ['request'] } }, properties);

export const execute: Operation = async function (itemIndex) {
	const path = requireString(this, 'path', 'Path', itemIndex);
	if (!/^\/v1\/[\w./-]+$/.test(path) || path.includes('..')) {
		throw new NodeOperationError(this.getNode(), 'Path must be a path of the v1 API, such as /v1/media/metadata', {
			itemIndex,
		});
	}
	const isGet = this.getNodeParameter('method', itemIndex) === 'GET';
	const answer = await callToolkit(
		this,
		{
			method: isGet ? 'GET' : 'POST',
			path,
			body: isGet ? undefined : requireJsonObject(this, 'bodyJson', 'Body JSON', itemIndex),
			idempotent: isGet,
			timeoutMs: requirePositiveInteger(this, 'timeoutS', 'Timeout (Seconds)', itemIndex) * 1000,
		},
		itemIndex,
	);
	return { status: answer.status, body: answer.body as IDataObject };
};
