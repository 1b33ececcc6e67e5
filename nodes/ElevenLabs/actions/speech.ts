import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { Failure } from '../../../engine/events';
import { inputHash, shortHash } from '../../../engine/hash';
import { completedEvent } from '../../shared/completedEvent';
import { failureOf, ServiceError } from '../../shared/errors';
import { eventJson } from '../../shared/eventJson';
import { readJobContext, type JobContext } from '../../shared/jobContext';
import { logger } from '../../shared/log';
import { requireString } from '../../shared/params';
import type { Operation } from '../../shared/router';
import { findExistingResult, putBytes, SPACES_CREDENTIAL, type SpacesCredentials } from '../../shared/savedObject';
import { parseOutputFormat } from '../audio';
import { SERVICE_LABEL, SPEECH_CONTENT_FOLDER } from '../constants';
import { alignmentOf, measureSavedSpeech, readSavedAlignment } from '../savedSpeech';
import { speak, type Speech } from '../speak';
import { readSpeechRequest, speechIdentity, type SpeechRequest } from '../speechRequest';
import { openElevenLabs } from '../transport';

const MS_PER_S = 1000;

/** Where a speech without a job is kept, so that saying the same again is found there, too. */
function standaloneJob(speech: SpeechRequest): JobContext {
	const hash = inputHash(speechIdentity(speech));
	const h = shortHash(hash);
	const { extension } = parseOutputFormat(speech.outputFormat);
	const objectKey = `${SPEECH_CONTENT_FOLDER}/${h}.${extension}`;
	return { jobKey: `${SPEECH_CONTENT_FOLDER}.${h}`, attempt: 1, inputHash: hash, h, objectKey };
}

async function takeExisting(
	ctx: IExecuteFunctions,
	job: JobContext,
	speech: SpeechRequest,
	withTimestamps: boolean,
): Promise<IDataObject | undefined> {
	const existing = await findExistingResult(ctx, job);
	if (!existing) return undefined;
	const { url, bytes } = existing;
	const alignment = withTimestamps ? await readSavedAlignment(ctx, url) : undefined;
	if (withTimestamps && !alignment) return undefined;
	const durationS = await measureSavedSpeech(ctx, existing, parseOutputFormat(speech.outputFormat));
	const outputs = [{ url, kind: 'audio' as const, durationS, bytes, persisted: true }];
	return {
		...eventJson(completedEvent({ service: 'elevenLabs', job, outputs, foundIn: existing.foundIn })),
		...(alignment ? { alignment } : {}),
	};
}

type Saved = { ok: true; url: string } | { ok: false; failure: Failure };

async function save(ctx: IExecuteFunctions, key: string, job: JobContext, speech: Speech): Promise<Saved> {
	const signal = ctx.getExecutionCancelSignal();
	const { inputHash: hash } = job;
	try {
		const credentials = await ctx.getCredentials<SpacesCredentials>(SPACES_CREDENTIAL);
		// The times go first: where the sound lies, they lie, too.
		if (speech.alignment) {
			const bytes = new TextEncoder().encode(JSON.stringify(speech.alignment));
			const times = { key: alignmentOf(key), bytes, contentType: 'application/json', inputHash: hash };
			await putBytes(credentials, times, signal);
		}
		const sound = { key, bytes: speech.bytes, contentType: speech.format.mimeType, inputHash: hash };
		const { url } = await putBytes(credentials, sound, signal);
		return { ok: true, url };
	} catch (error) {
		// The speech is paid for: the next attempt finds it in the history.
		return { ok: false, failure: { ...failureOf(error), began: 'yes', retryable: true } };
	}
}

async function toFile(ctx: IExecuteFunctions, itemIndex: number, speech: Speech): Promise<INodeExecutionData[]> {
	const property = requireString(ctx, 'binaryPropertyName', 'Put Output File in Field', itemIndex);
	const { mimeType, extension } = speech.format;
	const file = await ctx.helpers.prepareBinaryData(Buffer.from(speech.bytes), `speech.${extension}`, mimeType);
	const { durationS, requestIds, characterCost, alignment } = speech;
	const json: IDataObject = { mimeType, bytes: speech.bytes.byteLength, durationS, requestIds, characterCost };
	if (alignment) json.alignment = { ...alignment };
	return [{ json, binary: { [property]: file } }];
}

async function say(ctx: IExecuteFunctions, itemIndex: number, withTimestamps: boolean) {
	const speech = readSpeechRequest(ctx, itemIndex);
	const isSaved = ctx.getNodeParameter('saveToSpaces', itemIndex, false) === true;
	const givenJob = readJobContext(ctx, itemIndex);
	const job = givenJob ?? (isSaved ? standaloneJob(speech) : undefined);
	if (job && (isSaved || job.objectKey !== undefined)) {
		const existing = await takeExisting(ctx, job, speech, withTimestamps);
		if (existing) return existing;
	}

	const startedMs = Date.now();
	const client = await openElevenLabs(ctx, itemIndex);
	const log = logger(ctx, { service: 'elevenLabs', job_key: job?.jobKey });
	const signal = ctx.getExecutionCancelSignal();
	const made = await speak(client, speech, { withTimestamps, job: givenJob, signal, log, nowMs: Date.now });
	const runS = (Date.now() - startedMs) / MS_PER_S;
	log.info('Speech made', { duration_s: made.durationS, parts_recovered: made.partsRecovered, run_s: runS });
	if (!isSaved || !job) return await toFile(ctx, itemIndex, made);

	const key = job.objectKey ?? standaloneJob(speech).objectKey ?? '';
	const saved = await save(ctx, key, job, made);
	if (!saved.ok) throw new ServiceError(saved.failure, SERVICE_LABEL);
	const { durationS, requestIds, characterCost, alignment } = made;
	const event = completedEvent({
		service: 'elevenLabs',
		job,
		externalId: requestIds[0],
		outputs: [{ url: saved.url, kind: 'audio', durationS, bytes: made.bytes.byteLength, persisted: true }],
		usage: { amount: characterCost, unit: 'characters' },
		timings: { runS },
		...(made.partsRecovered > 0 ? { foundIn: 'history' as const } : {}),
	});
	return { ...eventJson(event), ...(alignment ? { alignment: { ...alignment } } : {}) };
}

/** Text → sound: a file, or with "Save to Spaces" a completed event with the permanent URL. */
export const textToSpeech: Operation = async function (itemIndex) {
	return await say(this, itemIndex, false);
};

/** As {@link textToSpeech}, with the time of each character. */
export const textToSpeechWithTimestamps: Operation = async function (itemIndex) {
	return await say(this, itemIndex, true);
};
