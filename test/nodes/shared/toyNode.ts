import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { runRouter, type Operations, type RouterOptions } from '../../../nodes/shared/router';

/** A node with one resource and one text field, to try the router and the readers on. */
export function createToyNode(operations: Operations, options?: RouterOptions): INodeType {
	const description: INodeTypeDescription = {
		displayName: 'Toy',
		name: 'toy',
		group: ['transform'],
		version: 1,
		description: 'A node for tests',
		defaults: { name: 'Toy' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		properties: [
			{ displayName: 'Resource', name: 'resource', type: 'string', default: 'thing' },
			{ displayName: 'Operation', name: 'operation', type: 'string', default: 'do' },
			{ displayName: 'Text', name: 'text', type: 'string', default: '' },
			{ displayName: 'Count', name: 'count', type: 'number', default: 0 },
			{ displayName: 'Json', name: 'data', type: 'json', default: '' },
			{
				displayName: 'Place',
				name: 'place',
				type: 'resourceLocator',
				default: { mode: 'list', value: '' },
				modes: [
					{ displayName: 'From List', name: 'list', type: 'list' },
					{
						displayName: 'By URL',
						name: 'url',
						type: 'string',
						extractValue: { type: 'regex', regex: 'https?://[^/]+/place/([a-z0-9]+)' },
					},
				],
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				default: {},
				options: [{ displayName: 'Color', name: 'color', type: 'string', default: 'red' }],
			},
			{
				displayName: 'Job',
				name: 'job',
				type: 'collection',
				default: {},
				options: [
					{ displayName: 'Job Key', name: 'jobKey', type: 'string', default: '' },
					{ displayName: 'Attempt', name: 'attempt', type: 'number', default: 1 },
					{ displayName: 'Input Hash', name: 'inputHash', type: 'string', default: '' },
					{ displayName: 'Object Key', name: 'objectKey', type: 'string', default: '' },
				],
			},
		],
	};
	return {
		description,
		async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
			return await runRouter(this, operations, options);
		},
	};
}
