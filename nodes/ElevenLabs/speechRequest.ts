import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { optionalNumber, optionalString, readCollection, requireString, withoutEmpty } from '../shared/params';
import { MODEL_ID_DEFAULT, OUTPUT_FORMAT_DEFAULT } from './constants';

/** One speech, as asked for. */
export interface SpeechRequest {
	text: string;
	voiceId: string;
	modelId: string;
	outputFormat: string;
	/** Members of the JSON body besides text and stitching, in the service's own names. */
	settings: IDataObject;
	/** False asks the service to keep nothing; then there is neither history nor stitching. */
	isLogged: boolean;
	/** Fewer characters per request than the model takes. */
	maxCharacters?: number;
}

function readVoiceSettings(ctx: IExecuteFunctions, itemIndex: number): IDataObject | undefined {
	const { stability, similarityBoost, style, useSpeakerBoost, speed } = readCollection(ctx, 'voiceSettings', itemIndex);
	const settings = withoutEmpty({
		stability,
		similarity_boost: similarityBoost,
		style,
		use_speaker_boost: useSpeakerBoost,
		speed,
	});
	return Object.keys(settings).length === 0 ? undefined : settings;
}

/**
 * Reads a speech from the node's parameters.
 *
 * @throws NodeOperationError that names the empty field
 */
export function readSpeechRequest(ctx: IExecuteFunctions, itemIndex: number): SpeechRequest {
	const options = readCollection(ctx, 'options', itemIndex);
	const text = requireString(ctx, 'text', 'Text', itemIndex);
	return {
		text,
		voiceId: requireString(ctx, 'voiceId', 'Voice', itemIndex),
		modelId: optionalString(ctx, 'modelId', itemIndex) ?? MODEL_ID_DEFAULT,
		outputFormat: optionalString(ctx, 'outputFormat', itemIndex) ?? OUTPUT_FORMAT_DEFAULT,
		settings: withoutEmpty({
			language_code: options.languageCode,
			voice_settings: readVoiceSettings(ctx, itemIndex),
			seed: optionalNumber(ctx, 'options.seed', itemIndex),
			apply_text_normalization: options.textNormalization,
			previous_text: options.previousText,
			next_text: options.nextText,
		}),
		isLogged: options.enableLogging !== false,
		maxCharacters: optionalNumber(ctx, 'options.maxCharacters', itemIndex),
	};
}

/** Everything that shapes the sound, for an input hash when no job gives one. */
export function speechIdentity(speech: SpeechRequest): unknown {
	const { text, voiceId, modelId, outputFormat, settings } = speech;
	return { service: 'elevenLabs', text, voiceId, modelId, outputFormat, settings };
}
