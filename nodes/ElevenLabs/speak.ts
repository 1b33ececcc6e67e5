import type { IDataObject } from 'n8n-workflow';

import type { Failure } from '../../engine/events';
import { processState } from '../../tracker/processState';
import { failureOf, ServiceError } from '../shared/errors';
import type { JobContext } from '../shared/jobContext';
import type { BoundLogger } from '../shared/log';
import { withoutEmpty } from '../shared/params';
import { isJoinable, joinSpeech, parseOutputFormat, speechSeconds, type AudioFormat } from './audio';
import { splitSpeech } from './chunks';
import {
	MODELS_WITHOUT_STITCHING,
	NEXT_TEXT_CHARACTERS,
	SERVICE_LABEL,
	SPEECH_TIMEOUT_MS,
	STITCHED_REQUESTS_MAX,
} from './constants';
import { acquireSlot, learnLimit } from './gate';
import { downloadHistoryAudio, isSameSpeech, recentSpeeches, type HistoryItem } from './history';
import { charactersPerRequest } from './models';
import type { SpeechRequest } from './speechRequest';
import { joinAlignments, readAlignment, type Alignment } from './timestamps';
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

export interface SpeakOptions {
	withTimestamps: boolean;
	job?: JobContext;
	signal?: AbortSignal;
	log: BoundLogger;
	nowMs: () => number;
}

/** One part of a speech. */
interface Part {
	bytes: Uint8Array;
	requestId?: string;
	characterCost: number;
	isRecovered: boolean;
	alignment?: Alignment;
}

function stitching(speech: SpeechRequest, texts: string[], index: number, requestIds: string[]): IDataObject {
	if (texts.length === 1 || !speech.isLogged || MODELS_WITHOUT_STITCHING.has(speech.modelId)) return {};
	const next = texts[index + 1]?.slice(0, NEXT_TEXT_CHARACTERS);
	const previous = requestIds.slice(-STITCHED_REQUESTS_MAX);
	return withoutEmpty({ previous_request_ids: previous.length > 0 ? previous : undefined, next_text: next });
}

async function requestPart(
	client: ElevenLabsClient,
	speech: SpeechRequest,
	body: IDataObject,
	withTimestamps: boolean,
): Promise<Part> {
	const path = `/v1/text-to-speech/${encodeURIComponent(speech.voiceId)}${withTimestamps ? '/with-timestamps' : ''}`;
	const qs = withoutEmpty({ output_format: speech.outputFormat, enable_logging: speech.isLogged ? undefined : false });
	const answer = await client.call({
		method: 'POST',
		path,
		qs,
		body,
		encoding: withTimestamps ? 'text' : 'arraybuffer',
		timeoutMs: SPEECH_TIMEOUT_MS,
	});
	learnLimit(client, answer.headers);
	const stated = Number(answer.headers['character-cost']);
	const characterCost = Number.isFinite(stated) && stated > 0 ? stated : Array.from(String(body.text)).length;
	const shared = { requestId: answer.headers['request-id'], characterCost, isRecovered: false };
	if (!withTimestamps) return { ...shared, bytes: new Uint8Array(answer.body as Buffer) };
	const { audio_base64: audio, alignment } = (answer.body ?? {}) as { audio_base64?: string; alignment?: unknown };
	return { ...shared, bytes: new Uint8Array(Buffer.from(audio ?? '', 'base64')), alignment: readAlignment(alignment) };
}

/** What an earlier attempt has left in the history; nothing when the key may not read it. */
async function lookBack(
	client: ElevenLabsClient,
	speech: SpeechRequest,
	options: SpeakOptions,
): Promise<HistoryItem[]> {
	const isFirst = (options.job?.attempt ?? 1) <= 1;
	if (isFirst || options.withTimestamps || !speech.isLogged) return [];
	const outcome = await settle(recentSpeeches(client, speech, options.nowMs()));
	if (outcome.ok) return outcome.value;
	// A key without that right can never look; any other reason passes, and paying without having looked would not.
	if (outcome.failure.class !== 'auth') throw new ServiceError({ ...outcome.failure, began: 'no' }, SERVICE_LABEL);
	options.log.warn('The history of ElevenLabs may not be read with this key, so a lost answer is paid again');
	return [];
}

type Settled<T> = { ok: true; value: T } | { ok: false; failure: Failure };

async function settle<T>(work: Promise<T>): Promise<Settled<T>> {
	try {
		return { ok: true, value: await work };
	} catch (error) {
		return { ok: false, failure: failureOf(error) };
	}
}

/** A part that an earlier attempt paid for; undefined when the history no longer holds its sound. */
async function recoverPart(client: ElevenLabsClient, item: HistoryItem | undefined): Promise<Part | undefined> {
	if (!item) return undefined;
	const audio = await settle(downloadHistoryAudio(client, item.history_item_id));
	if (audio.ok) {
		return { bytes: audio.value, requestId: item.request_id ?? undefined, characterCost: 0, isRecovered: true };
	}
	if (audio.failure.retryable) throw new ServiceError({ ...audio.failure, began: 'no' }, SERVICE_LABEL);
	return undefined;
}

async function makePart(
	client: ElevenLabsClient,
	speech: SpeechRequest,
	work: { texts: string[]; index: number; done: Part[]; history: HistoryItem[] },
	options: SpeakOptions,
): Promise<Part> {
	const { texts, index, done, history } = work;
	if (options.job) processState.callBegan(options.job);
	const text = texts[index];
	const recovered = await recoverPart(
		client,
		history.find((item) => isSameSpeech(item, speech, text)),
	);
	if (recovered) return recovered;
	const requestIds = done.flatMap((part) => part.requestId ?? []);
	const body = { text, model_id: speech.modelId, ...speech.settings, ...stitching(speech, texts, index, requestIds) };
	const part = await requestPart(client, speech, body, options.withTimestamps);
	if (part.bytes.byteLength === 0) throw emptyAnswer();
	return part;
}

async function makeParts(
	client: ElevenLabsClient,
	speech: SpeechRequest,
	texts: string[],
	options: SpeakOptions,
): Promise<Part[]> {
	const history = await lookBack(client, speech, options);
	const done: Part[] = [];
	for (const index of texts.keys()) {
		const part = await settle(makePart(client, speech, { texts, index, done, history }, options));
		if (part.ok) {
			done.push(part.value);
			continue;
		}
		const { failure } = part;
		// The parts before this one are paid for, whatever became of this one.
		const isPaid = failure.began === 'no' && done.some((earlier) => earlier.characterCost > 0);
		throw new ServiceError(isPaid ? { ...failure, began: 'yes' } : failure, SERVICE_LABEL);
	}
	return done;
}

function emptyAnswer(): ServiceError {
	const message = 'The service answered without any sound.';
	return new ServiceError({ class: 'provider_failed', message, began: 'yes', retryable: true }, SERVICE_LABEL);
}

async function assemble(parts: Part[], format: AudioFormat): Promise<Speech> {
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
		return await assemble(await makeParts(client, speech, texts, options), format);
	} finally {
		slot.value();
		if (options.job) processState.callEnded(options.job);
	}
}
