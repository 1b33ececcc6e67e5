import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { optionalNumber, optionalString, parseJsonParameter, requireString, withoutEmpty } from '../../shared/params';
import type { Operation } from '../../shared/router';
import { submitTask } from '../submitTask';

function readObject(ctx: IExecuteFunctions, name: string, label: string, itemIndex: number): IDataObject {
	const value = parseJsonParameter(ctx, name, label, itemIndex) ?? {};
	if (typeof value === 'object' && !Array.isArray(value)) return value as IDataObject;
	throw new NodeOperationError(ctx.getNode(), `${label} must be a JSON object`, { itemIndex });
}

function readModel(ctx: IExecuteFunctions, itemIndex: number) {
	return {
		model: requireString(ctx, 'model', 'Model', itemIndex),
		taskType: requireString(ctx, 'taskType', 'Task Type', itemIndex),
	};
}

/** Any task of any model. */
export const createTask: Operation = async function (itemIndex) {
	const input = readObject(this, 'input', 'Input', itemIndex);
	return await submitTask(this, itemIndex, { ...readModel(this, itemIndex), input });
};

/** What a family of models calls music without singing. */
function lyricsForInstrumental(model: string): string | undefined {
	if (/diffrhythm/i.test(model)) return 'NoLyrics';
	return /ace-step/i.test(model) ? '[inst]' : undefined;
}

/** The same wish in the words of each family of models. */
export function musicInput(
	model: string,
	prompt: string | undefined,
	isInstrumental: boolean,
	lyrics: string | undefined,
): IDataObject {
	const sung = isInstrumental ? undefined : lyrics;
	if (/^music-u$/i.test(model)) {
		const lyricsType = isInstrumental ? 'instrumental' : sung ? 'user' : 'generate';
		return withoutEmpty({ gpt_description_prompt: prompt, lyrics_type: lyricsType, lyrics: sung });
	}
	if (/^(music-s|suno)$/i.test(model)) {
		return withoutEmpty({ gpt_description_prompt: prompt, make_instrumental: isInstrumental, prompt: sung });
	}
	return withoutEmpty({ style_prompt: prompt, lyrics: isInstrumental ? lyricsForInstrumental(model) : sung });
}

/** The prompt may also be a member of the additional input, under the model's own name. */
function readPrompt(ctx: IExecuteFunctions, more: IDataObject, itemIndex: number): string | undefined {
	const hasMore = Object.keys(more).length > 0;
	return hasMore ? optionalString(ctx, 'prompt', itemIndex) : requireString(ctx, 'prompt', 'Prompt', itemIndex);
}

/** Music from a description. */
export const createMusic: Operation = async function (itemIndex) {
	const wanted = readModel(this, itemIndex);
	const more = readObject(this, 'additionalInput', 'Additional Input', itemIndex);
	const prompt = readPrompt(this, more, itemIndex);
	const isInstrumental = this.getNodeParameter('instrumental', itemIndex, true) !== false;
	const lyrics = optionalString(this, 'lyrics', itemIndex);
	const input = { ...musicInput(wanted.model, prompt, isInstrumental, lyrics), ...more };
	return await submitTask(this, itemIndex, { ...wanted, input });
};

/** A clip from a description, or from a picture. */
export const createVideo: Operation = async function (itemIndex) {
	const wanted = readModel(this, itemIndex);
	const more = readObject(this, 'additionalInput', 'Additional Input', itemIndex);
	const basic = withoutEmpty({
		prompt: readPrompt(this, more, itemIndex),
		aspect_ratio: optionalString(this, 'aspectRatio', itemIndex),
		duration: optionalNumber(this, 'duration', itemIndex),
		image_url: optionalString(this, 'imageUrl', itemIndex),
	});
	return await submitTask(this, itemIndex, { ...wanted, input: { ...basic, ...more } });
};
