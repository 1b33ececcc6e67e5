import { asObject, optionalNumber, optionalText, parseBody, requireText, type WireObject } from './body';
import { DEFAULT_MODEL_ID, DEFAULT_OUTPUT_FORMAT, STITCHED_REQUESTS_MAX } from './constants';
import { parseOutputFormat, type OutputFormat } from './encoding';
import { ApiError, invalidField } from './errors';
import { findModel } from './models';
import { findVoice, type Voice } from './voices';

/** A request for speech that was found valid. */
export interface SpeechRequest {
	body: WireObject;
	text: string;
	voice: Voice;
	modelId: string;
	languageCode?: string;
	speed: number;
	settings: WireObject;
	format: OutputFormat;
	/** False: zero retention, no history. */
	isLogged: boolean;
	/** Credits. */
	cost: number;
	stitchedRequestIds: string[];
}

/**
 * Reads and checks `POST /v1/text-to-speech/{voice_id}` and its twins.
 * @throws ApiError | ValidationError
 */
export function readSpeechRequest(voiceId: string, query: URLSearchParams, bytes: Buffer): SpeechRequest {
	const body = parseBody(bytes);
	const text = requireText(body, 'text');
	const modelId = optionalText(body, 'model_id') ?? DEFAULT_MODEL_ID;
	const settings = readSettings(body);
	const format = parseOutputFormat(query.get('output_format') ?? DEFAULT_OUTPUT_FORMAT);
	const languageCode = optionalText(body, 'language_code');
	const model = findModel(modelId);
	if (!model) {
		throw new ApiError(400, 'invalid_parameters', `A model with model ID ${modelId} does not exist`, 'model_id');
	}
	const voice = findVoice(voiceId);
	if (!voice) throw new ApiError(400, 'voice_not_found', `A voice with the voice_id ${voiceId} was not found.`);
	const characters = [...text].length;
	if (text.trim() === '') throw new ApiError(400, 'invalid_parameters', 'The text must not be empty.', 'text');
	if (characters > model.maxCharacters) {
		throw new ApiError(
			400,
			'max_character_limit_exceeded',
			`This request's text has ${characters} characters and exceeds the character limit of ${model.maxCharacters} characters for the model ${modelId}.`,
		);
	}
	const stitchedRequestIds = [...readIds(body, 'previous_request_ids'), ...readIds(body, 'next_request_ids')];
	if (!model.stitches && stitchedRequestIds.length > 0) {
		const message = `Request stitching is not supported by the model ${modelId}.`;
		throw new ApiError(400, 'invalid_parameters', message, 'previous_request_ids');
	}
	return {
		body,
		text,
		voice,
		modelId,
		// Silently ignored where the model does not support it.
		languageCode: modelId === DEFAULT_MODEL_ID ? undefined : languageCode?.toLowerCase().split('-')[0],
		speed: typeof settings.speed === 'number' ? settings.speed : 1,
		settings,
		format,
		isLogged: query.get('enable_logging') !== 'false',
		cost: Math.ceil(characters * model.cost),
		stitchedRequestIds,
	};
}

/** Unknown members are ignored, as the service does. */
function readSettings(body: WireObject): WireObject {
	const given = body.voice_settings;
	if (given === undefined || given === null) return {};
	const settings = asObject(given);
	if (!settings) throw invalidField(['body', 'voice_settings'], 'Input should be an object', 'model_attributes_type');
	const read = (name: string, most: number, least = 0) =>
		optionalNumber(settings, ['voice_settings', name], { least, most });
	const boost = settings.use_speaker_boost;
	return withoutUndefined({
		stability: read('stability', 1),
		similarity_boost: read('similarity_boost', 1),
		style: read('style', 1),
		speed: read('speed', 1.2, 0.7),
		use_speaker_boost: typeof boost === 'boolean' ? boost : undefined,
	});
}

function withoutUndefined(record: WireObject): WireObject {
	return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

function readIds(body: WireObject, name: string): string[] {
	const value = body[name];
	if (value === undefined || value === null) return [];
	if (!Array.isArray(value) || value.some((id) => typeof id !== 'string')) {
		throw invalidField(['body', name], 'Input should be a valid list of strings', 'list_type');
	}
	if (value.length > STITCHED_REQUESTS_MAX) {
		throw new ApiError(400, 'invalid_parameters', `A maximum of ${STITCHED_REQUESTS_MAX} ids is allowed.`, name);
	}
	return value as string[];
}
