import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { runRouter } from '../shared/router';
import { libraryDescription } from './actions/library.description';
import { operationProperties, operations } from './actions/operations';
import { speechDescription } from './actions/speech.description';
import { transcriptionDescription } from './actions/transcription.description';
import { ITEMS_IN_PARALLEL } from './constants';
import { getSpeechModels, searchVoices } from './listSearch';

/** Speech, transcription and the library of ElevenLabs. */
export class ElevenLabs implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'ElevenLabs',
		name: 'elevenLabs',
		icon: { light: 'file:../../icons/elevenLabs.svg', dark: 'file:../../icons/elevenLabs.dark.svg' },
		group: ['transform'],
		version: [1],
		defaultVersion: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Turn text into speech and speech into text, without paying twice',
		defaults: { name: 'ElevenLabs' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'elevenLabsApi', required: true },
			{
				name: 'digitalOceanSpacesApi',
				required: false,
				displayOptions: { show: { resource: ['speech', 'transcription'] } },
			},
		],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				default: 'speech',
				options: [
					{ name: 'History', value: 'history' },
					{ name: 'Model', value: 'model' },
					{ name: 'Speech', value: 'speech' },
					{ name: 'Transcription', value: 'transcription' },
					{ name: 'Usage', value: 'usage' },
					{ name: 'Voice', value: 'voice' },
				],
			},
			...operationProperties,
			...speechDescription,
			...transcriptionDescription,
			...libraryDescription,
		],
	};

	methods = { listSearch: { searchVoices }, loadOptions: { getSpeechModels } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runRouter(this, operations, { concurrency: () => ITEMS_IN_PARALLEL });
	}
}
