import { processState } from '../../tracker/processState';
import { CHARACTERS_ALWAYS_TAKEN, CHARACTERS_MAX_BY_MODEL } from './constants';
import type { SpeechRequest } from './speechRequest';
import type { ElevenLabsClient } from './transport';

/** The members of a model that the node reads. */
export interface ModelResponse {
	model_id: string;
	name?: string;
	description?: string;
	can_do_text_to_speech?: boolean;
	maximum_text_length_per_request?: number;
	max_characters_request_subscribed_user?: number;
}

/** All models that the key may use: `GET /v1/models`, a bare array. */
export async function listModels(client: ElevenLabsClient): Promise<ModelResponse[]> {
	const { body } = await client.call({ path: '/v1/models' });
	return Array.isArray(body) ? (body as ModelResponse[]) : [];
}

interface KnownModels {
	models?: ModelResponse[];
}

async function knownModels(client: ElevenLabsClient): Promise<ModelResponse[]> {
	const known = processState.singleton<KnownModels>(`elevenLabs.models|${client.keyId}`, () => ({}));
	known.models ??= await listModels(client);
	return known.models;
}

function limitOf(model: ModelResponse | undefined): number | undefined {
	const limits = [model?.maximum_text_length_per_request, model?.max_characters_request_subscribed_user];
	const stated = limits.filter((limit): limit is number => typeof limit === 'number' && limit > 0);
	return stated.length === 0 ? undefined : Math.min(...stated);
}

/**
 * How many characters of this speech go into one request. The model list is read once per key and process, and only
 * for texts that some model or plan might refuse.
 */
export async function charactersPerRequest(client: ElevenLabsClient, speech: SpeechRequest): Promise<number> {
	const { maxCharacters, modelId, text } = speech;
	if (maxCharacters !== undefined && maxCharacters > 0) return Math.floor(maxCharacters);
	if (text.length <= CHARACTERS_ALWAYS_TAKEN) return CHARACTERS_ALWAYS_TAKEN;
	const model = (await knownModels(client)).find((candidate) => candidate.model_id === modelId);
	return (
		limitOf(model) ??
		(Object.hasOwn(CHARACTERS_MAX_BY_MODEL, modelId) ? CHARACTERS_MAX_BY_MODEL[modelId] : undefined) ??
		CHARACTERS_ALWAYS_TAKEN
	);
}
