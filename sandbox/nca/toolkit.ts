import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { SandboxContext } from '../core/types';
import { BUILD_NUMBER, DEFAULT_SINCE_S, USER_AGENT } from './constants';
import { JobStore, type JobState } from './jobs';
import type { Route } from './routes';
import { s3TargetOf, type ResolvedSettings } from './settings';
import { S3Storage, type ToolkitStorage } from './storage';
import { TaskError } from './taskError';
import { Work, type Body } from './work';
import type { Worker } from './worker';

/** What became of a task. */
interface Outcome {
	code: number;
	response: unknown;
	message: unknown;
}

/** A job on its way through the toolkit. */
export interface Job {
	jobId: string;
	callerId: string | null;
	route: Route;
	body: Body;
	worker: Worker;
	submittedAtMs: number;
}

/** Runs tasks and keeps the job files: what the toolkit does behind its routes. */
export class Toolkit {
	readonly jobs: JobStore;

	constructor(
		private readonly context: SandboxContext,
		private readonly settings: ResolvedSettings,
	) {
		this.jobs = new JobStore(context.clock);
	}

	/** Begins a job; nothing is written down yet. */
	jobOf(route: Route, body: Body, worker: Worker): Job {
		const callerId = typeof body.id === 'string' ? body.id : null;
		return { jobId: randomUUID(), callerId, route, body, worker, submittedAtMs: this.context.clock.now() };
	}

	/** Writes the state of a job into its file. */
	note({ jobId, worker }: Job, state: JobState, response: unknown = null): void {
		this.jobs.write({
			job_id: jobId,
			job_status: state,
			process_id: worker.pid,
			queue_id: worker.queueId,
			response,
		});
	}

	/** Does a job inside of the request. */
	async runInline(job: Job): Promise<Body> {
		this.note(job, 'running');
		const envelope = await this.perform(job, 0);
		if (!job.worker.signal.aborted) this.note(job, 'done', envelope);
		return envelope;
	}

	/** Does a job of the queue and reports it, once, to whoever wants to know. The queue waits for the receiver. */
	async runQueued(job: Job): Promise<void> {
		const { worker, body } = job;
		if (this.context.drawFault('loseJob', 'job')) return this.note(job, 'running');
		this.note(job, 'running');
		const envelope = await this.perform(job, this.secondsSince(job.submittedAtMs));
		if (worker.signal.aborted) return;
		this.note(job, 'done', envelope);
		const url = String(body.webhook_url ?? '');
		if (url === '') return;
		await this.context.sendCallback({
			service: 'nca',
			url,
			headers: { 'user-agent': USER_AGENT, accept: '*/*' },
			body: envelope,
			redirect: 'follow',
		});
	}

	private async perform(job: Job, queueS: number): Promise<Body> {
		const startedAtMs = this.context.clock.now();
		const outcome = await this.outcomeOf(job);
		const runS = this.secondsSince(startedAtMs);
		return this.envelope(job, outcome, { runS, queueS, totalS: Math.round((queueS + runS) * 1000) / 1000 });
	}

	private async outcomeOf(job: Job): Promise<Outcome> {
		try {
			return { code: 200, response: await this.responseOf(job), message: 'success' };
		} catch (error) {
			if (error instanceof TaskError) return { code: error.code, response: null, message: error.content };
			if (!job.worker.signal.aborted)
				this.context.log({ event: 'task failed', jobId: job.jobId, reason: String(error) });
			return { code: 500, response: null, message: error instanceof Error ? error.message : String(error) };
		}
	}

	private async responseOf(job: Job): Promise<unknown> {
		const { route, body } = job;
		if (route.task) return await this.work(job, route.task);
		switch (route.endpoint) {
			case '/authenticate':
				return 'Authorized';
			case '/v1/toolkit/job/status':
				return this.statusOf(String(body.job_id));
			default:
				// It counts itself, as running.
				return this.jobs.states(Number(body.since_seconds ?? DEFAULT_SINCE_S));
		}
	}

	private async work(job: Job, task: NonNullable<Route['task']>): Promise<unknown> {
		if (this.context.drawFault('failJob', 'job')) throw new TaskError('FFmpeg command failed: Conversion failed!');
		const { signal } = job.worker;
		const folder = join(this.context.dir, 'work', job.jobId);
		const work = new Work(job.jobId, folder, this.context.ffmpeg, this.storageFor(signal), signal);
		try {
			return await task(work, job.body);
		} finally {
			await rm(folder, { recursive: true, force: true });
		}
	}

	private storageFor(signal: AbortSignal): ToolkitStorage {
		const { context, settings } = this;
		return (
			settings.storage ??
			new S3Storage(
				() => s3TargetOf(context, settings),
				context.clock,
				() => signal,
			)
		);
	}

	private statusOf(jobId: string): unknown {
		const record = this.jobs.read(jobId);
		if (!record) throw new TaskError({ error: 'Job not found', job_id: jobId }, 404);
		return record;
	}

	/** The 13 members of every result. */
	envelope(
		job: Job,
		{ code, response, message }: Outcome,
		times: { runS: number; queueS: number; totalS: number },
	): Body {
		const { worker } = job;
		return {
			endpoint: job.route.endpoint,
			code,
			id: job.callerId,
			job_id: job.jobId,
			response,
			message,
			pid: worker.pid,
			queue_id: worker.queueId,
			run_time: times.runS,
			queue_time: times.queueS,
			total_time: times.totalS,
			queue_length: worker.queueLength,
			build_number: BUILD_NUMBER,
		};
	}

	private secondsSince(ms: number): number {
		return Math.round(this.context.clock.now() - ms) / 1000;
	}
}
