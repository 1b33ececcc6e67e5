import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { completedEvent } from '../../shared/completedEvent';
import { eventJson } from '../../shared/eventJson';
import { readJobContext, type JobContext } from '../../shared/jobContext';
import { readCollection, requireString, withoutEmpty } from '../../shared/params';
import type { Operation } from '../../shared/router';
import { findExistingResult } from '../../shared/savedObject';
import { submittedItem } from '../../shared/submitted';
import { TRANSCRIPTION_TIMEOUT_MS } from '../constants';
import { buildMultipart, type FormFile } from '../multipart';
import { openElevenLabs } from '../transport';

async function readFile(ctx: IExecuteFunctions, itemIndex: number): Promise<FormFile> {
	const property = requireString(ctx, 'binaryPropertyName', 'Input File Field', itemIndex);
	const { fileName, mimeType } = ctx.helpers.assertBinaryData(itemIndex, property);
	const bytes = await ctx.helpers.getBinaryDataBuffer(itemIndex, property);
	return { field: 'file', fileName: fileName ?? 'audio', mimeType, bytes };
}

/** What the webhook brings back, so that the result finds its job. The body is signed, so it can be trusted. */
function metadataOf(job: JobContext | undefined): string | undefined {
	return job && JSON.stringify({ job: job.jobKey, attempt: job.attempt, h: job.h });
}

function readFields(ctx: IExecuteFunctions, itemIndex: number, isWaiting: boolean, job: JobContext | undefined) {
	const options = readCollection(ctx, 'options', itemIndex);
	const isUrl = ctx.getNodeParameter('inputType', itemIndex, 'url') === 'url';
	const fields = withoutEmpty({
		model_id: requireString(ctx, 'transcriptionModelId', 'Model', itemIndex),
		source_url: isUrl ? requireString(ctx, 'sourceUrl', 'URL', itemIndex) : undefined,
		language_code: options.languageCode,
		diarize: options.diarize,
		num_speakers: options.numSpeakers,
		tag_audio_events: options.tagAudioEvents,
		timestamps_granularity: options.timestampsGranularity,
		webhook: isWaiting ? undefined : true,
		webhook_id: isWaiting ? undefined : options.webhookId,
		webhook_metadata: isWaiting ? undefined : metadataOf(job),
	});
	const texts = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
	return { isUrl, texts };
}

async function takeExisting(ctx: IExecuteFunctions, job: JobContext | undefined): Promise<IDataObject | undefined> {
	const existing = job && (await findExistingResult(ctx, job));
	if (!existing) return undefined;
	const { url, bytes } = existing;
	return eventJson(
		completedEvent({ service: 'elevenLabs', job, outputs: [{ url, kind: 'json', bytes, persisted: true }] }),
	);
}

/** Audio → transcript, at once or by webhook. */
export const createTranscription: Operation = async function (itemIndex) {
	const job = readJobContext(this, itemIndex);
	const isWaiting = this.getNodeParameter('wait', itemIndex, true) !== false;
	const { isUrl, texts } = readFields(this, itemIndex, isWaiting, job);
	const existing = await takeExisting(this, job);
	if (existing) return existing;

	const client = await openElevenLabs(this, itemIndex);
	const { body, contentType } = buildMultipart(texts, isUrl ? undefined : await readFile(this, itemIndex));
	const answer = await client.call({
		method: 'POST',
		path: '/v1/speech-to-text',
		headers: { 'content-type': contentType },
		body,
		json: false,
		timeoutMs: TRANSCRIPTION_TIMEOUT_MS,
	});
	const result = (answer.body ?? {}) as IDataObject;
	if (isWaiting) return result;
	const requestId = String(result.request_id ?? answer.headers['request-id'] ?? '');
	return submittedItem(job, requestId, withoutEmpty({ transcriptionId: result.transcription_id }));
};

/** A transcript that was made before. */
export const getTranscription: Operation = async function (itemIndex) {
	const id = requireString(this, 'transcriptionId', 'Transcription ID', itemIndex);
	const client = await openElevenLabs(this, itemIndex);
	const { body } = await client.call({ path: `/v1/speech-to-text/transcripts/${encodeURIComponent(id)}` });
	return body as IDataObject;
};
