import type { ILoadOptionsFunctions, INodeListSearchResult, INodePropertyOptions } from 'n8n-workflow';

import { listModels } from './models';
import { openElevenLabs } from './transport';
import { listVoicePage } from './voices';

/** Voices for the resource locator, searched by the service and paged. */
export async function searchVoices(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const client = await openElevenLabs(this);
	const { voices, nextPageToken } = await listVoicePage(client, { search: filter, pageToken: paginationToken });
	const results = voices.map((voice) => ({
		name: voice.category ? `${voice.name} (${voice.category})` : voice.name,
		value: voice.voice_id,
		url: `https://elevenlabs.io/app/voice-library?voiceId=${encodeURIComponent(voice.voice_id)}`,
	}));
	return { results, paginationToken: nextPageToken };
}

/** Models that speak. */
export async function getSpeechModels(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const models = await listModels(await openElevenLabs(this));
	return models
		.filter((model) => model.can_do_text_to_speech !== false)
		.map((model) => ({ name: model.name ?? model.model_id, value: model.model_id, description: model.description }));
}
