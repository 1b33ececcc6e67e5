import type { Clock } from '../core/types';

export type JobState = 'queued' | 'running' | 'done';

/** What the toolkit writes down of a job, in its own words. */
export interface JobRecord {
	job_id: string;
	job_status: JobState;
	process_id: number;
	queue_id: number;
	response: unknown;
}

/** The job files: they outlive a restart, and nobody ever cleans them. */
export class JobStore {
	private readonly records = new Map<string, { record: JobRecord; changedAtMs: number }>();

	constructor(private readonly clock: Clock) {}

	write(record: JobRecord): void {
		this.records.set(record.job_id, { record, changedAtMs: this.clock.now() });
	}

	read(jobId: string): JobRecord | undefined {
		return this.records.get(jobId)?.record;
	}

	/** Job id → state of all jobs whose file changed in the last `sinceS` seconds. */
	states(sinceS: number): Record<string, JobState> {
		const oldestMs = this.clock.now() - sinceS * 1000;
		const recent = [...this.records].filter(([, { changedAtMs }]) => changedAtMs >= oldestMs);
		return Object.fromEntries(recent.map(([jobId, { record }]) => [jobId, record.job_status]));
	}

	clear(): void {
		this.records.clear();
	}
}
