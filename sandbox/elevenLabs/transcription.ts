import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { SandboxContext } from '../core/types';
import { probeMedia } from '../media/probe';
import { asObject, type WireObject } from './body';
import { UNKNOWN_AUDIO_TRANSCRIPT } from './constants';
import { ApiError, invalidField } from './errors';
import { evenTranscript, hashOf, type KnownSpeech, type KnownTranscript } from './knownSpeech';
import type { UploadedForm } from './uploads';

const MODELS = ['scribe_v1', 'scribe_v2', 'scribe_v1_experimental'];
const METADATA_BYTES = 16 * 1024;
const METADATA_DEPTH = 2;
const LOGPROB = -0.02;

/** A request for a transcript that was found valid. */
export interface TranscriptionRequest {
	audio: Buffer;
	/** What its input hash is made of: the fields and the hash of the sound. */
	paidBody: WireObject;
	isAsync: boolean;
	webhookId?: string;
	metadata: unknown;
	languageCode?: string;
	granularity: string;
	wantsSrt: boolean;
}

/** @throws ApiError | ValidationError */
export async function readTranscription({ fields, file }: UploadedForm): Promise<TranscriptionRequest> {
	if (fields.model_id === undefined) throw invalidField(['body', 'model_id'], 'Field required', 'missing');
	if (!MODELS.includes(fields.model_id)) {
		throw new ApiError(400, 'invalid_parameters', `'${fields.model_id}' is not a valid model_id.`, 'model_id');
	}
	const url = fields.source_url ?? fields.cloud_storage_url;
	if ((file === undefined) === (url === undefined)) {
		throw new ApiError(400, 'invalid_parameters', 'Provide exactly one of file and source_url.', 'file');
	}
	const audio = file ?? (await fetchSource(url));
	if (audio.length === 0) throw new ApiError(400, 'invalid_parameters', 'The file is empty.', 'file');
	const { webhook_metadata: metadata, ...rest } = fields;
	return {
		audio,
		paidBody: { ...rest, file: hashOf(audio) },
		isAsync: fields.webhook === 'true',
		webhookId: fields.webhook_id,
		metadata: metadata === undefined ? null : readMetadata(metadata),
		languageCode: fields.language_code,
		granularity: fields.timestamps_granularity ?? 'word',
		wantsSrt: /"srt"/.test(fields.additional_formats ?? ''),
	};
}

async function fetchSource(url: string): Promise<Buffer> {
	const response = await fetch(url).catch(() => undefined);
	if (!response?.ok) throw new ApiError(400, 'invalid_parameters', 'The URL could not be fetched.', 'source_url');
	return Buffer.from(await response.arrayBuffer());
}

function readMetadata(text: string): unknown {
	const value = parse(text);
	const isFine = asObject(value) && depthOf(value) <= METADATA_DEPTH && Buffer.byteLength(text) <= METADATA_BYTES;
	if (isFine) return value;
	const message = 'webhook_metadata must be a JSON object of at most depth 2 and 16 KB.';
	throw new ApiError(400, 'invalid_parameters', message, 'webhook_metadata');
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function depthOf(value: unknown): number {
	if (typeof value !== 'object' || value === null) return 0;
	return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

/** Writes transcripts: the true words of sound that was made here, fixed ones for any other. */
export class Transcriber {
	constructor(
		private readonly context: SandboxContext,
		private readonly known: KnownSpeech,
	) {}

	/** @throws ApiError when the file is no media */
	async transcribe(request: TranscriptionRequest): Promise<WireObject> {
		const found = this.known.find(request.audio);
		const transcript = found ?? evenTranscript(UNKNOWN_AUDIO_TRANSCRIPT, await this.durationOf(request.audio));
		return {
			language_code: request.languageCode ?? 'eng',
			language_probability: found ? 0.99 : 0.5,
			text: transcript.text,
			words: request.granularity === 'none' ? [] : wordsOf(transcript, request.granularity === 'character'),
			...(request.wantsSrt ? { additional_formats: [srtOf(transcript)] } : {}),
			audio_duration_secs: transcript.durationS,
		};
	}

	private async durationOf(audio: Buffer): Promise<number> {
		const folder = join(this.context.dir, 'transcribing');
		const path = join(folder, randomUUID());
		await mkdir(folder, { recursive: true });
		await writeFile(path, audio);
		const probe = await probeMedia(this.context.ffmpeg.ffprobePath, path).catch(() => undefined);
		await rm(path, { force: true });
		if (probe?.audio) return probe.durationS;
		throw new ApiError(400, 'invalid_parameters', 'The file has no audio or is corrupted.', 'file');
	}
}

function wordsOf(transcript: KnownTranscript, withCharacters: boolean): object[] {
	return transcript.pieces.map((piece) => ({
		...piece,
		speaker_id: 'speaker_0',
		logprob: LOGPROB,
		...(withCharacters ? { characters: charactersOf(piece) } : {}),
	}));
}

function charactersOf({ text, start, end }: KnownTranscript['pieces'][number]): object[] {
	const characters = [...text];
	const at = (index: number) => start + ((end - start) * index) / characters.length;
	return characters.map((character, index) => ({ text: character, start: at(index), end: at(index + 1) }));
}

const SRT_WORDS = 8;

function srtOf({ pieces }: KnownTranscript): object {
	const words = pieces.filter(({ type }) => type === 'word');
	const blocks: string[] = [];
	for (let at = 0; at < words.length; at += SRT_WORDS) {
		const line = words.slice(at, at + SRT_WORDS);
		const times = `${srtTime(line[0].start)} --> ${srtTime(line[line.length - 1].end)}`;
		blocks.push(`${blocks.length + 1}\n${times}\n${line.map(({ text }) => text).join(' ')}\n`);
	}
	return {
		requested_format: 'srt',
		file_extension: 'srt',
		content_type: 'text/srt',
		is_base64_encoded: false,
		content: blocks.join('\n'),
	};
}

function srtTime(seconds: number): string {
	return new Date(Math.round(seconds * 1000)).toISOString().slice(11, 23).replace('.', ',');
}
