import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';

import type { SandboxContext, SandboxReply, SandboxRequest } from '../core/types';
import { quotaExceeded, type Account } from './account';
import type { ConcurrencyLimit, Slot } from './concurrency';
import { SPEECH_SAMPLE_RATE_HZ, STITCHING_WINDOW_MS } from './constants';
import { encodeSound } from './encoding';
import { ApiError } from './errors';
import type { History, HistoryItem } from './history';
import type { KnownSpeech } from './knownSpeech';
import type { ElevenLabsSettings } from './settings';
import { speakText, type SpokenText } from './speech';
import { readSpeechRequest, type SpeechRequest } from './speechRequest';
import type { SpeechWorker } from './speechWorker';

/** How the sound is given back. */
export interface SpeechAnswer {
	isTimed?: boolean;
	isStreamed?: boolean;
}

interface SpeakerTools {
	context: SandboxContext;
	settings: ElevenLabsSettings;
	account: Account;
	limit: ConcurrencyLimit;
	history: History;
	known: KnownSpeech;
	worker: SpeechWorker;
}

const STREAM_CHUNK_BYTES = 16_384;
const STREAM_TIMESTAMP_CHUNKS = 4;

/** Text to speech and its three twins. */
export class Speaker {
	private stopping = new AbortController();

	constructor(private readonly tools: SpeakerTools) {}

	/** Gives up speeches that wait for their time to pass. */
	end(): void {
		this.stopping.abort(new Error('the stand-in ends'));
		this.stopping = new AbortController();
	}

	/** @throws ApiError | ValidationError */
	async speak(
		request: SandboxRequest,
		voiceId: string,
		requestId: string,
		answer: SpeechAnswer,
	): Promise<SandboxReply> {
		const { context, settings, account, limit } = this.tools;
		const speech = readSpeechRequest(voiceId, request.query, await request.body());
		this.checkStitching(speech);
		this.drawFaults(speech);
		const slot = await limit.acquire();
		try {
			const countFrom = account.characterCount;
			account.charge(speech.cost);
			// The work goes on, and is charged, when the client goes away meanwhile.
			if (settings.speechDelayMs > 0) await context.clock.sleep(settings.speechDelayMs, this.stopping.signal);
			const { spoken, audio } = await this.make(speech);
			const historyId = await this.keep(speech, audio, requestId, countFrom);
			const headers = headersOf(speech, slot, requestId, historyId);
			return { ...replyOf(speech, spoken, audio, answer, headers), paid: { body: speech.body } };
		} finally {
			slot.release();
		}
	}

	private async make(speech: SpeechRequest): Promise<{ spoken: SpokenText; audio: Buffer }> {
		const { context, worker, known } = this.tools;
		const { text, voice, languageCode, speed, format } = speech;
		const spoken = await speakText(worker, { text, voice, languageCode, speed });
		const pcm = new Uint8Array(spoken.samples.buffer, spoken.samples.byteOffset, spoken.samples.byteLength);
		const { ffmpegPath } = context.ffmpeg;
		const sound = { pcm, sampleRateHz: SPEECH_SAMPLE_RATE_HZ, channels: 1 };
		const audio = await encodeSound(sound, format, { dir: context.dir, ffmpegPath });
		known.remember(audio, spoken);
		return { spoken, audio };
	}

	private async keep(speech: SpeechRequest, audio: Buffer, requestId: string, countFrom: number) {
		const { context, history } = this.tools;
		if (!speech.isLogged || context.drawFault('forgetHistory')) return undefined;
		const item: HistoryItem = {
			id: randomUUID().replaceAll('-', '').slice(0, 20),
			requestId,
			voiceId: speech.voice.id,
			voiceName: speech.voice.name,
			voiceCategory: speech.voice.category,
			modelId: speech.modelId,
			text: speech.text,
			dateUnix: Math.floor(context.clock.now() / 1000),
			countFrom,
			countTo: countFrom + speech.cost,
			contentType: speech.format.contentType,
			outputFormat: speech.format.name,
			settings: speech.settings,
		};
		await history.add(item, audio);
		return item.id;
	}

	private drawFaults(speech: SpeechRequest): void {
		const { context, settings } = this.tools;
		if (context.drawFault('quotaExceeded')) throw quotaExceeded(settings.quota, 0, speech.cost);
		if (context.drawFault('systemBusy')) {
			throw new ApiError(429, 'system_busy', 'The system is experiencing heavy traffic, please try again.');
		}
	}

	/** Ids of other requests must be known and younger than two hours. */
	private checkStitching({ stitchedRequestIds }: SpeechRequest): void {
		const { history, context } = this.tools;
		const oldest = (context.clock.now() - STITCHING_WINDOW_MS) / 1000;
		const isStale = (id: string) => (history.findByRequest(id)?.dateUnix ?? -1) < oldest;
		if (stitchedRequestIds.some(isStale)) {
			const message = 'A request id is unknown or older than two hours.';
			throw new ApiError(400, 'invalid_parameters', message, 'previous_request_ids');
		}
	}
}

function headersOf(speech: SpeechRequest, slot: Slot, requestId: string, historyId: string | undefined) {
	return {
		...slot.headers,
		'request-id': requestId,
		'character-cost': String(speech.cost),
		...(historyId === undefined ? {} : { 'history-item-id': historyId }),
	};
}

function replyOf(
	{ format }: SpeechRequest,
	spoken: SpokenText,
	audio: Buffer,
	{ isTimed, isStreamed }: SpeechAnswer,
	headers: Record<string, string>,
): SandboxReply {
	if (isTimed && isStreamed) {
		return {
			status: 200,
			headers: { ...headers, 'content-type': 'application/json' },
			body: timedStream(spoken, audio),
		};
	}
	if (isTimed) return { status: 200, headers, body: timed(spoken, audio, 0, spoken.characters.length) };
	const typed = { ...headers, 'content-type': format.contentType };
	if (!isStreamed) return { status: 200, headers: typed, body: audio };
	const chunks: Buffer[] = [];
	for (let at = 0; at < audio.length; at += STREAM_CHUNK_BYTES)
		chunks.push(audio.subarray(at, at + STREAM_CHUNK_BYTES));
	return { status: 200, headers: typed, body: Readable.from(chunks) };
}

function timed(spoken: SpokenText, audio: Buffer, from: number, to: number): object {
	const alignment = {
		characters: spoken.characters.slice(from, to),
		character_start_times_seconds: spoken.startsS.slice(from, to),
		character_end_times_seconds: spoken.endsS.slice(from, to),
	};
	return { audio_base64: audio.toString('base64'), alignment, normalized_alignment: alignment };
}

/** One JSON object a line, each with a part of the sound and of the characters. */
function timedStream(spoken: SpokenText, audio: Buffer): Readable {
	const part = (length: number, index: number) => Math.floor((length * index) / STREAM_TIMESTAMP_CHUNKS);
	const lines = Array.from({ length: STREAM_TIMESTAMP_CHUNKS }, (_, index) => {
		const bytes = audio.subarray(part(audio.length, index), part(audio.length, index + 1));
		const { length } = spoken.characters;
		return `${JSON.stringify(timed(spoken, bytes, part(length, index), part(length, index + 1)))}\n`;
	});
	return Readable.from(lines.map((line) => Buffer.from(line)));
}
