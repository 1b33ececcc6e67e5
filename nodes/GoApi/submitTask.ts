import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { Failure, OutputKind } from '../../engine/events';
import { buildCallbackUrl } from '../shared/callbackUrl';
import { beginCall } from '../shared/claimedCall';
import { completedEvent } from '../shared/completedEvent';
import { failureOf, ServiceError } from '../shared/errors';
import { eventJson } from '../shared/eventJson';
import { readJobContext, type JobContext } from '../shared/jobContext';
import { readCollection } from '../shared/params';
import { findExistingResult } from '../shared/savedObject';
import { submittedItem } from '../shared/submitted';
import { SERVICE_LABEL, UNKNOWN_CREATE_WAIT_MUSIC_S, UNKNOWN_CREATE_WAIT_VIDEO_S } from './constants';
import { taskEvent } from './taskEvent';
import { openGoApi, type GoApiClient, type TaskRequest } from './transport';
import type { Task } from './wire';

function kindOf(contentType: string): OutputKind {
	const [kind] = contentType.split('/');
	return kind === 'audio' || kind === 'video' || kind === 'image' ? kind : 'json';
}

async function takeExisting(ctx: IExecuteFunctions, job: JobContext): Promise<IDataObject | undefined> {
	const existing = await findExistingResult(ctx, job);
	if (!existing) return undefined;
	const { url, bytes, contentType, foundIn } = existing;
	const outputs = [{ url, kind: kindOf(contentType), bytes, persisted: true }];
	return eventJson(completedEvent({ service: 'goApi', job, outputs, foundIn }));
}

/** Until then a callback of a create whose answer was lost may still come, and paying again would be wrong. */
function waitForCallbackS(task: TaskRequest): number {
	return /audio|music|song|lyrics/i.test(`${task.model} ${task.taskType}`)
		? UNKNOWN_CREATE_WAIT_MUSIC_S
		: UNKNOWN_CREATE_WAIT_VIDEO_S;
}

type Created = { task: Task } | { failure: Failure };

async function create(client: GoApiClient, request: TaskRequest): Promise<Created> {
	try {
		return { task: await client.createTask(request) };
	} catch (error) {
		const failure = failureOf(error);
		if (failure.began !== 'unknown' || !failure.retryable) return { failure };
		return { failure: { ...failure, retryAfterS: Math.max(failure.retryAfterS ?? 0, waitForCallbackS(request)) } };
	}
}

async function callbackUrlOf(
	ctx: IExecuteFunctions,
	job: JobContext | undefined,
	options: IDataObject,
	itemIndex: number,
): Promise<string | undefined> {
	const given = String(options.webhookUrl ?? '').trim();
	if (given !== '') return given;
	if (!job || options.pollOnly === true) return undefined;
	const path = String(options.callbackPath ?? '').trim();
	return await buildCallbackUrl(ctx, 'goApi', job, itemIndex, path === '' ? {} : { path });
}

/**
 * Makes a task, unless its result lies in Spaces already. It is never asked for twice here: a create whose outcome is
 * unknown is a failure with `began: 'unknown'` that names how long its callback is to be waited for.
 *
 * @returns what was submitted, or a completed or failed event where the outcome is known at once
 * @throws ServiceError
 */
export async function submitTask(
	ctx: IExecuteFunctions,
	itemIndex: number,
	wanted: Pick<TaskRequest, 'model' | 'taskType' | 'input'>,
): Promise<IDataObject> {
	const job = readJobContext(ctx, itemIndex);
	const options = readCollection(ctx, 'options', itemIndex);
	const existing = job && (await takeExisting(ctx, job));
	if (existing) return existing;

	const callbackUrl = await callbackUrlOf(ctx, job, options, itemIndex);
	const client = await openGoApi(ctx, itemIndex);
	const isForOurTrigger = callbackUrl !== undefined && callbackUrl !== options.webhookUrl;
	if (isForOurTrigger && !client.canReceiveCallbacks) {
		const message = 'Webhook Secret is required in the GoAPI credential, else the GoAPI Trigger refuses the callback';
		throw new NodeOperationError(ctx.getNode(), message, { itemIndex });
	}
	const serviceMode = String(options.serviceMode ?? '');
	await beginCall(job, SERVICE_LABEL);
	const created = await create(client, { ...wanted, serviceMode, callbackUrl });
	if ('failure' in created) throw new ServiceError(created.failure, SERVICE_LABEL);

	const { task } = created;
	if (task.failure) throw new ServiceError(task.failure, SERVICE_LABEL);
	if (job && task.outcome === 'completed') return eventJson(taskEvent(task, job, Date.now()));
	return submittedItem(job, task.taskId, { model: task.model, taskType: task.taskType, taskStatus: task.status });
}
