import type { TaskInput } from './models';

/** Go writes a time that is not set as this. */
const ZERO_TIME = '0001-01-01T00:00:00Z';

export type TaskStatus = 'pending' | 'processing' | 'completed' | 'failed' | 'cancelled';

/** A task as the stand-in keeps it. */
export interface Task {
	id: string;
	model: string;
	taskType: string;
	status: TaskStatus;
	input: TaskInput;
	serviceMode: string;
	webhook: { endpoint: string; secret: string };
	output: Record<string, unknown> | null;
	createdAt: string;
	startedAt?: string;
	endedAt?: string;
	usage: { type: string; points: number };
	/** Why it failed. */
	failure?: string;
}

/**
 * The task object as the wire has it (fixtures/goapi): `error` is always an object, unset times are Go's zero time,
 * the webhook's secret is echoed.
 */
export function toWire(task: Task, statusCase: 'lower' | 'capitalised'): Record<string, unknown> {
	const { status, usage, failure } = task;
	const isCharged = status === 'completed';
	return {
		task_id: task.id,
		model: task.model,
		task_type: task.taskType,
		status: statusCase === 'lower' ? status : status[0].toUpperCase() + status.slice(1),
		config: { service_mode: task.serviceMode, webhook_config: { ...task.webhook } },
		input: task.input,
		output: task.output,
		meta: {
			created_at: task.createdAt,
			started_at: task.startedAt ?? ZERO_TIME,
			ended_at: task.endedAt ?? ZERO_TIME,
			usage: { type: usage.type, frozen: usage.points, consume: isCharged ? usage.points : 0 },
			is_using_private_pool: false,
		},
		detail: null,
		logs: [],
		error: failure
			? { code: 10000, raw_message: failure, message: failure, detail: null }
			: { code: 0, raw_message: '', message: '', detail: null },
	};
}

/** A time as Go prints it: nanoseconds, trailing zeros cut. `random` fills what a millisecond does not tell. */
export function goTime(ms: number, random: () => number): string {
	const [seconds, fraction] = new Date(ms).toISOString().slice(0, -1).split('.');
	const digits = `${fraction}${String(Math.floor(random() * 1e6)).padStart(6, '0')}`.replace(/0+$/, '');
	return digits === '' ? `${seconds}Z` : `${seconds}.${digits}Z`;
}
