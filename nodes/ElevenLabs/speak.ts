import { processState } from '../../tracker/processState';
import { beginCall } from '../shared/claimedCall';
import { ServiceError } from '../shared/errors';
import { isJoinable, joinSpeech, parseOutputFormat, speechSeconds, type AudioFormat } from './audio';
import { splitSpeech } from './chunks';
import { SERVICE_LABEL } from './constants';
import { acquireSlot } from './gate';
import { charactersPerRequest } from './models';
import { makeParts, settle, type SpeakOptions, type SpeechPart } from './speechParts';
import type { SpeechRequest } from './speechRequest';
import { joinAlignments, type Alignment } from './timestamps';
import type { ElevenLabsClient } from './transport';

/** Finished speech. */
export interface Speech {
	bytes: Uint8Array;
	format: AudioFormat;
	/** Seconds, measured from the bytes. */
	durationS?: number;
	/** In the order of the text; empty where the service named none. */
	requestIds: string[];
	/** Characters that were charged for now; parts found in the history cost nothing again. */
	characterCost: number;
	/** Parts that were fetched from the history. */
	partsRecovered: number;
	alignment?: Alignment;
}

async function assemble(parts: SpeechPart[], format: AudioFormat): Promise<Speech> {
	const joined = joinSpeech(
		parts.map((part) => part.bytes),
		format.codec,
	);
	if (!joined.ok) {
		const failure = { class: 'provider_failed', message: joined.message, began: 'yes', retryable: false } as const;
		throw new ServiceError(failure, SERVICE_LABEL);
	}
	const lengths: number[] = [];
	if (parts.some((part) => part.alignment)) {
		for (const part of parts) lengths.push((await speechSeconds(part.bytes, format)) ?? 0);
	}
	return {
		bytes: joined.value,
		format,
		durationS: await speechSeconds(joined.value, format),
		requestIds: parts.flatMap((part) => part.requestId ?? []),
		characterCost: parts.reduce((sum, part) => sum + part.characterCost, 0),
		partsRecovered: parts.filter((part) => part.isRecovered).length,
		alignment: joinAlignments(
			parts.map((part) => part.alignment),
			lengths,
		),
	};
}

/**
 * Speaks a text: waits for a slot of the key, splits what is too long for one request, stitches the parts and joins
 * them. On a later attempt of a job each part is looked for in the history first. It never repeats a call whose
 * outcome is unknown.
 *
 * @throws ServiceError
 */
export async function speak(client: ElevenLabsClient, speech: SpeechRequest, options: SpeakOptions): Promise<Speech> {
	const format = parseOutputFormat(speech.outputFormat);
	const texts = splitSpeech(speech.text, await charactersPerRequest(client, speech));
	if (texts.length > 1 && !isJoinable(format.codec)) {
		const message = `The text needs ${texts.length} requests, and audio of the format ${format.codec} can't be joined: choose MP3, WAV or PCM.`;
		throw new ServiceError({ class: 'invalid_input', message, began: 'no', retryable: false }, SERVICE_LABEL);
	}

	const slot = await settle(acquireSlot(client, options.signal));
	if (!slot.ok) {
		const message = 'The execution was cancelled while it waited for its turn.';
		throw new ServiceError({ class: 'cancelled', message, began: 'no', retryable: false }, SERVICE_LABEL);
	}
	try {
		await beginCall(options.job, SERVICE_LABEL);
		return await assemble(await makeParts(client, speech, texts, options), format);
	} finally {
		slot.value();
		if (options.job) processState.callEnded(options.job);
	}
}
