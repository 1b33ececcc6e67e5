import { randomUUID } from 'node:crypto';

import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { NcaPayload } from '../../engine/nca/payload';
import { beginCall } from '../shared/claimedCall';
import { eventJson } from '../shared/eventJson';
import { buildCallbackUrl } from '../shared/callbackUrl';
import { readJobContext, type JobContext } from '../shared/jobContext';
import { optionalString, requirePositiveInteger, requireString } from '../shared/params';
import { findExistingResult } from '../shared/savedObject';
import { SERVICE_LABEL, SUBMIT_TIMEOUT_MS } from './constants';
import { envelopeEvent, finishedJson, readAnswer, savedEvent, submittedJson } from './outcome';
import { callToolkit } from './transport';

type ResultMode = 'queue' | 'sync' | 'videoEngine' | 'webhook';

const MODES: ResultMode[] = ['queue', 'sync', 'videoEngine', 'webhook'];

function readMode(ctx: IExecuteFunctions, itemIndex: number): ResultMode {
	const text = optionalString(ctx, 'resultMode', itemIndex);
	const mode = MODES.find((known) => known === text);
	if (mode) return mode;
	throw new NodeOperationError(ctx.getNode(), `Result must be one of: ${MODES.join(', ')}`, { itemIndex });
}

/** Where the toolkit reports to. Without the member it answers in the request; with an empty one it tells nobody. */
async function webhookOf(
	ctx: IExecuteFunctions,
	mode: ResultMode,
	job: JobContext | undefined,
	itemIndex: number,
): Promise<{ webhook_url?: string }> {
	if (mode === 'sync') return {};
	if (mode === 'queue') return { webhook_url: '' };
	if (mode === 'webhook') return { webhook_url: requireString(ctx, 'webhookUrl', 'Webhook URL', itemIndex) };
	if (!job) {
		const problem = 'To call the Video Engine back, fill in Job Key, Attempt and Input Hash of "Video Engine Job"';
		throw new NodeOperationError(ctx.getNode(), problem, { itemIndex });
	}
	const path = optionalString(ctx, 'callbackPath', itemIndex);
	return { webhook_url: await buildCallbackUrl(ctx, 'nca', job, itemIndex, { path }) };
}

function timeoutMs(ctx: IExecuteFunctions, mode: ResultMode, itemIndex: number): number {
	if (mode !== 'sync') return SUBMIT_TIMEOUT_MS;
	return requirePositiveInteger(ctx, 'timeoutS', 'Timeout (Seconds)', itemIndex) * 1000;
}

function describeAnswer(body: unknown, id: string, job: JobContext | undefined): IDataObject {
	const answer = readAnswer(body);
	if ('queued' in answer) return submittedJson(answer, id, job);
	return job ? eventJson(envelopeEvent(answer.finished, job)) : finishedJson(answer.finished, id);
}

/** As {@link submitJob}, for a payload of the engine. */
export async function submitPayload(
	ctx: IExecuteFunctions,
	itemIndex: number,
	{ path, body }: NcaPayload,
): Promise<IDataObject> {
	return await submitJob(ctx, itemIndex, path, body as IDataObject);
}

/**
 * Hands one job to the toolkit, in the mode that the parameter "Result" says.
 *
 * Gives `{ externalId, queueId, queueLength, status: 'submitted' }` with the job's own fields where it was queued,
 * the result where it was waited for, and the object in Spaces as a completed event where it is there already.
 * The toolkit is asked once: a submit whose answer was lost may be running.
 *
 * @throws NodeOperationError for parameters; ServiceError for refusals and for answers that can't be read
 */
export async function submitJob(
	ctx: IExecuteFunctions,
	itemIndex: number,
	path: string,
	payload: IDataObject,
): Promise<IDataObject> {
	const job = readJobContext(ctx, itemIndex);
	const mode = readMode(ctx, itemIndex);
	const webhook = await webhookOf(ctx, mode, job, itemIndex);
	const saved = job && (await findExistingResult(ctx, job));
	if (job && saved) return eventJson(savedEvent(job, saved));

	await beginCall(job, SERVICE_LABEL);
	// The toolkit sends `id: null` unless we set it.
	const id = job?.jobKey ?? randomUUID();
	const body = { ...payload, ...webhook, id };
	const answer = await callToolkit(ctx, { path, body, timeoutMs: timeoutMs(ctx, mode, itemIndex) }, itemIndex);
	return describeAnswer(answer.body, id, job);
}
