import type { ProviderEvent, ProviderOutput, ServiceName } from '../../engine/events';
import type { JobContext } from './jobContext';

export interface Completion {
	service: ServiceName;
	job: JobContext;
	externalId?: string;
	outputs: ProviderOutput[];
	usage?: ProviderEvent['usage'];
	timings?: ProviderEvent['timings'];
	nowMs?: number;
}

/** The news that a job has its result, in the shape of every other news about jobs. */
export function completedEvent(completion: Completion): ProviderEvent {
	const { service, job, externalId, outputs, usage, timings, nowMs = Date.now() } = completion;
	return {
		service,
		jobKey: job.jobKey,
		attempt: job.attempt,
		h: job.h,
		externalId: externalId ?? null,
		outcome: 'completed',
		outputs,
		...(usage ? { usage } : {}),
		...(timings ? { timings } : {}),
		receivedAt: new Date(nowMs).toISOString(),
	};
}
