import type { Failure, ProviderEvent } from '../../engine/events';
import type { Task } from './wire';

/** Which job a task was made for. */
export interface JobRef {
	jobKey: string;
	attempt: number;
	h: string;
}

/** What is known of a task, as news about its job. */
export function taskEvent(task: Task, job: JobRef, nowMs: number): ProviderEvent {
	const { jobKey, attempt, h } = job;
	return {
		service: 'goApi',
		jobKey,
		attempt,
		h,
		externalId: task.taskId,
		outcome: task.outcome,
		outputs: task.outputs,
		...(task.failure ? { error: task.failure } : {}),
		...(task.timings ? { timings: task.timings } : {}),
		...(task.usage ? { usage: task.usage } : {}),
		receivedAt: new Date(nowMs).toISOString(),
		// No copy of the body: it echoes the webhook secret and the signed callback URL.
		raw: { model: task.model, taskType: task.taskType, status: task.status },
	};
}

/** The news that the service no longer knows a task: its result will never come. */
export function lostTaskEvent(taskId: string, failure: Failure, job: JobRef, nowMs: number): ProviderEvent {
	const { jobKey, attempt, h } = job;
	return {
		service: 'goApi',
		jobKey,
		attempt,
		h,
		externalId: taskId,
		outcome: 'failed',
		outputs: [],
		// What the service has forgotten may have been charged: the next attempt may be a second payment.
		error: { ...failure, began: 'unknown', retryable: true },
		receivedAt: new Date(nowMs).toISOString(),
	};
}
