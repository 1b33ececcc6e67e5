import type { ProviderEvent, ProviderOutput, ServiceName } from '../../engine/events';
import type { JobContext } from './jobContext';

export interface Completion {
	service: ServiceName;
	job: JobContext;
	externalId?: string;
	outputs: ProviderOutput[];
	usage?: ProviderEvent['usage'];
	timings?: ProviderEvent['timings'];
	/** Where the result was found, when no call made it. */
	foundIn?: ProviderEvent['foundIn'];
	nowMs?: number;
}

/** The news that a job has its result, in the shape of every other news about jobs. */
export function completedEvent(completion: Completion): ProviderEvent {
	const { service, job, externalId, outputs, usage, timings, foundIn, nowMs = Date.now() } = completion;
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
		...(foundIn ? { foundIn } : {}),
		receivedAt: new Date(nowMs).toISOString(),
	};
}
