import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { SandboxContext, SandboxReply, SandboxRequest, StandIn, StandInFactory } from '../core/types';
import { BUILD_NUMBER } from './constants';
import { errorPage } from './pages';
import { ROUTES, type Route } from './routes';
import { readSettings, type ResolvedSettings } from './settings';
import { Toolkit, type Job } from './toolkit';
import { findProblem } from './validate';
import type { Body } from './work';
import { WorkerPool, type Worker } from './worker';

/**
 * Stands in for an NCA Toolkit, build 209: the same routes, refusals, queues and webhooks, and real work by ffmpeg.
 * Settings: {@link NcaSettings}.
 */
export const createNcaStandIn: StandInFactory = async (context) => new NcaStandIn(context);

class NcaStandIn implements StandIn {
	readonly service = 'nca';

	/**
	 * `forgetJob`: acknowledged, then unknown. `loseJob`: "running" for ever (label `job`).
	 * `failJob`: ends with a failure of ffmpeg (label `job`).
	 */
	readonly faults = ['forgetJob', 'loseJob', 'failJob'];

	readonly credentials: Record<string, string>;

	private readonly settings: ResolvedSettings;

	private readonly pool: WorkerPool;

	private readonly toolkit: Toolkit;

	constructor(private readonly context: SandboxContext) {
		this.settings = readSettings(context);
		this.credentials = { apiKey: this.settings.apiKey };
		this.pool = new WorkerPool(this.settings.workers, context.random);
		this.toolkit = new Toolkit(context, this.settings);
	}

	routeOf({ method, path }: SandboxRequest): string {
		return ROUTES.has(path) ? `${method} ${path}` : `${method} unknown`;
	}

	async handle(request: SandboxRequest): Promise<SandboxReply> {
		const route = ROUTES.get(request.path);
		if (!route) return errorPage(404);
		if (request.method !== route.method) return errorPage(405);
		return await this.pool.serve(async (worker) => await this.withTimeout(worker, this.answer(route, request, worker)));
	}

	async reset(): Promise<void> {
		this.pool.restart();
		this.toolkit.jobs.clear();
		await this.removeWork();
	}

	/** Queued and running jobs are gone; their files go on saying "queued" and "running". */
	async restart(): Promise<void> {
		this.pool.restart();
		await this.removeWork();
	}

	async stop(): Promise<void> {
		this.pool.stop();
		await this.removeWork();
	}

	report(): Record<string, unknown> {
		return { waiting: this.pool.queueLengths.reduce((sum, length) => sum + length, 0) };
	}

	private async removeWork(): Promise<void> {
		await rm(join(this.context.dir, 'work'), { recursive: true, force: true });
	}

	/** The web server kills a worker that serves one request too long, together with everything in its queue. */
	private async withTimeout(worker: Worker, answer: Promise<SandboxReply>): Promise<SandboxReply> {
		const over = new AbortController();
		const died = new Promise<SandboxReply>((resolve) => {
			worker.signal.addEventListener('abort', () => resolve({ status: 0, hangUp: true }), { once: true });
		});
		void this.context.clock.sleep(this.settings.timeoutMs, over.signal).then(
			() => this.pool.replace(worker),
			() => undefined,
		);
		try {
			return await Promise.race([answer, died]);
		} finally {
			over.abort();
		}
	}

	private async answer(route: Route, request: SandboxRequest, worker: Worker): Promise<SandboxReply> {
		const isAllowed = request.headers['x-api-key'] === this.settings.apiKey;
		if (!isAllowed) return this.unauthorized(route, worker);
		const checked = await readBody(route, request);
		if ('refusal' in checked) return checked.refusal;
		const { body } = checked;
		const job = this.toolkit.jobOf(route, body, worker);
		if (route.isInline === true || !('webhook_url' in body)) {
			const envelope = await this.toolkit.runInline(job);
			return { status: Number(envelope.code), headers: JSON_TYPE, body: envelope };
		}
		return this.enqueue(job);
	}

	private unauthorized(route: Route, worker: Worker): SandboxReply {
		const message = 'Unauthorized';
		if (route.endpoint !== '/authenticate') return { status: 401, headers: JSON_TYPE, body: { message } };
		const job = this.toolkit.jobOf(route, {}, worker);
		const outcome = { code: 401, response: null, message };
		const body = this.toolkit.envelope(job, outcome, { runS: 0, queueS: 0, totalS: 0 });
		return { status: 401, headers: JSON_TYPE, body };
	}

	private enqueue(job: Job): SandboxReply {
		const { worker } = job;
		const { maxQueueLength: max } = this.settings;
		if (max > 0 && worker.queueLength >= max) {
			const refusal = this.acknowledgement(job, 429, `MAX_QUEUE_LENGTH (${max}) reached`, worker.queueLength);
			this.toolkit.note(job, 'done', refusal);
			return { status: 429, headers: JSON_TYPE, body: refusal };
		}
		const length = this.context.drawFault('forgetJob') ? worker.queueLength + 1 : this.accept(job);
		const limit = { max_queue_length: max > 0 ? max : 'unlimited' };
		const body = { ...this.acknowledgement(job, 202, 'processing', length), ...limit };
		return { status: 202, headers: JSON_TYPE, body };
	}

	private accept(job: Job): number {
		this.toolkit.note(job, 'queued');
		return job.worker.enqueue({ run: async () => await this.toolkit.runQueued(job) });
	}

	private acknowledgement({ callerId, jobId, worker }: Job, code: number, message: string, queueLength: number): Body {
		return {
			code,
			id: callerId,
			job_id: jobId,
			message,
			pid: worker.pid,
			queue_id: worker.queueId,
			queue_length: queueLength,
			build_number: BUILD_NUMBER,
		};
	}
}

const JSON_TYPE = { 'content-type': 'application/json' };

type Checked = { body: Body } | { refusal: SandboxReply };

/** The request's body, or the refusal that its schema earns. */
async function readBody({ schema, isBodyOptional }: Route, request: SandboxRequest): Promise<Checked> {
	if (!schema) return { body: {} };
	const bytes = await request.body();
	if (isBodyOptional === true && bytes.length === 0) return { body: {} };
	const value = parseJson(request, bytes);
	if (value === undefined) return { refusal: errorPage(400) };
	if (isEmpty(value) && isBodyOptional !== true) return { refusal: badRequest('Missing JSON in request') };
	const problem = findProblem(value, schema);
	return problem === undefined ? { body: value as Body } : { refusal: badRequest(`Invalid payload: ${problem}`) };
}

function badRequest(message: string): SandboxReply {
	return { status: 400, headers: JSON_TYPE, body: { message } };
}

function parseJson(request: SandboxRequest, bytes: Buffer): unknown {
	if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(request.headers['content-type'] ?? '')) return undefined;
	try {
		return JSON.parse(bytes.toString('utf8'));
	} catch {
		return undefined;
	}
}

function isEmpty(value: unknown): boolean {
	if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
	return !value;
}
