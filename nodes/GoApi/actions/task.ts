import type { IDataObject } from 'n8n-workflow';

import type { Failure, ProviderEvent } from '../../../engine/events';
import { failureOf, ServiceError } from '../../shared/errors';
import { eventJson } from '../../shared/eventJson';
import { readJobContext, type JobContext } from '../../shared/jobContext';
import { requireString } from '../../shared/params';
import type { Operation } from '../../shared/router';
import { SERVICE_LABEL } from '../constants';
import { lostTaskEvent, taskEvent } from '../taskEvent';
import { openGoApi, type GoApiClient } from '../transport';
import type { Task } from '../wire';

/** A task for people: our reading of it, and what the service said without the callback's address and secret. */
function present(task: Task | undefined, raw: IDataObject): IDataObject {
	const rest = Object.fromEntries(Object.entries(raw).filter(([name]) => name !== 'config'));
	return task ? { ...rest, outcome: task.outcome, outputs: task.outputs.map((output) => ({ ...output })) } : rest;
}

type Found = { ok: true; task: Task; raw: IDataObject } | { ok: false; failure: Failure };

async function find(client: GoApiClient, taskId: string): Promise<Found> {
	try {
		return { ok: true, ...(await client.getTask(taskId)) };
	} catch (error) {
		return { ok: false, failure: failureOf(error) };
	}
}

function asEvent(found: Found, taskId: string, job: JobContext): ProviderEvent | undefined {
	if (found.ok) return taskEvent(found.task, job, Date.now());
	return found.failure.class === 'lost' ? lostTaskEvent(taskId, found.failure, job, Date.now()) : undefined;
}

/**
 * How a task stands; with a job it is the same news as a callback would have brought, also about a task that the
 * service no longer knows.
 */
export const getTask: Operation = async function (itemIndex) {
	const job = readJobContext(this, itemIndex);
	const taskId = requireString(this, 'taskId', 'Task ID', itemIndex);
	const found = await find(await openGoApi(this, itemIndex), taskId);
	const event = job && asEvent(found, taskId, job);
	if (event) return eventJson(event);
	if (!found.ok) throw new ServiceError(found.failure, SERVICE_LABEL);
	return present(found.task, found.raw);
};

/** Cancels a task that has not begun. */
export const cancelTask: Operation = async function (itemIndex) {
	const taskId = requireString(this, 'taskId', 'Task ID', itemIndex);
	const client = await openGoApi(this, itemIndex);
	const { task, raw } = await client.cancelTask(taskId);
	return { task_id: taskId, ...present(task, raw) };
};
