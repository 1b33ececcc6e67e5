import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { runRouter } from '../shared/router';
import { description, execute } from './split.operation';

/** Divides a script into the segments of a video. */
export class ScriptSplitter implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Script Splitter',
		name: 'scriptSplitter',
		icon: { light: 'file:../../icons/script.svg', dark: 'file:../../icons/script.dark.svg' },
		group: ['transform'],
		version: [1],
		defaultVersion: 1,
		subtitle: '={{ "by " + $parameter["mode"] }}',
		description: 'Divide a script into segments at the ends of sentences, with estimated times',
		defaults: { name: 'Script Splitter' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		properties: description,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runRouter(this, { default: { default: execute } });
	}
}
