import type { IDataObject } from 'n8n-workflow';

import type { Failure } from '../../engine/events';
import { processState } from '../../tracker/processState';
import { failureOf, ServiceError } from '../shared/errors';
import type { JobContext } from '../shared/jobContext';
import type { BoundLogger } from '../shared/log';
import { withoutEmpty } from '../shared/params';
import {
	MODELS_WITHOUT_STITCHING,
	NEXT_TEXT_CHARACTERS,
	SERVICE_LABEL,
	SPEECH_TIMEOUT_MS,
	STITCHED_REQUESTS_MAX,
} from './constants';
import { learnLimit } from './gate';
import { downloadHistoryAudio, isSameSpeech, recentSpeeches, type HistoryItem } from './history';
import type { SpeechRequest } from './speechRequest';
import { readAlignment, type Alignment } from './timestamps';
import type { ElevenLabsClient } from './transport';

export interface SpeakOptions {
	withTimestamps: boolean;
	job?: JobContext;
	signal?: AbortSignal;
	log: BoundLogger;
	nowMs: () => number;
}

/** One part of a speech. */
export interface SpeechPart {
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
): Promise<SpeechPart> {
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
	const { failure } = outcome;
	// What passes is waited for; a key without that right can never look.
	if (failure.retryable || failure.class === 'cancelled') {
		throw new ServiceError({ ...failure, began: 'no' }, SERVICE_LABEL);
	}
	options.log.warn('The history of ElevenLabs may not be read with this key, so a lost answer is paid again');
	return [];
}

export type Settled<T> = { ok: true; value: T } | { ok: false; failure: Failure };

/** The value of some work, or why it failed. */
export async function settle<T>(work: Promise<T>): Promise<Settled<T>> {
	try {
		return { ok: true, value: await work };
	} catch (error) {
		return { ok: false, failure: failureOf(error) };
	}
}

/** A part that an earlier attempt paid for; undefined when the history no longer holds its sound. */
async function recoverPart(client: ElevenLabsClient, item: HistoryItem | undefined): Promise<SpeechPart | undefined> {
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
	work: { texts: string[]; index: number; done: SpeechPart[]; history: HistoryItem[] },
	options: SpeakOptions,
): Promise<SpeechPart> {
	const { texts, index, done, history } = work;
	if (options.job) processState.callBegan(options.job);
	const text = texts[index];
	const recovered = await recoverPart(
		client,
		history.find((item) => isSameSpeech(item, speech, text)),
	);
	if (recovered) return recovered;
	// Ids may be no older than two hours, which those from the history can be.
	const requestIds = done.flatMap((part) => (part.isRecovered ? [] : (part.requestId ?? [])));
	const body = { text, model_id: speech.modelId, ...speech.settings, ...stitching(speech, texts, index, requestIds) };
	const part = await requestPart(client, speech, body, options.withTimestamps);
	if (part.bytes.byteLength === 0) throw emptyAnswer();
	return part;
}

/**
 * Makes the parts of a speech one after the other, those that the history still holds excepted.
 *
 * @throws ServiceError; `began` is `yes` when earlier parts are paid for
 */
export async function makeParts(
	client: ElevenLabsClient,
	speech: SpeechRequest,
	texts: string[],
	options: SpeakOptions,
): Promise<SpeechPart[]> {
	const history = await lookBack(client, speech, options);
	const done: SpeechPart[] = [];
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
