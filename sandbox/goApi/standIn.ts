import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { SandboxContext, SandboxReply, SandboxRequest, StandIn } from '../core/types';
import { API_KEY, WEBHOOK_SECRET } from './constants';
import { findKind, type TaskInput } from './models';
import { PublishedOutputs } from './outputs';
import { MediaRenderer } from './rendering';
import { readGoApiSettings } from './settings';
import { goTime, toWire, type Task } from './task';
import { TaskRunner } from './taskRunner';

type WireObject = Record<string, unknown>;

const TASKS_PATH = '/api/v1/task';
const PROVIDER_WORDS = 'task failed: the generation service returned an error, please try again later';

/**
 * Stands in for GoAPI (PiAPI): the unified task API with its webhooks, and real clips and music behind temporary URLs.
 * Faults of its own: `failTask` (the task fails), `forgetTask` (nobody knows it later), `codeNot200` (HTTP 200 whose
 * body says 500), `failedCreate` (HTTP 500 that holds a failed task), `expireUrl` (an output's URL has ended).
 */
export async function createGoApiStandIn(context: SandboxContext): Promise<StandIn> {
	const settings = readGoApiSettings(context.settings);
	const mediaDir = join(context.dir, 'media');
	const renderer = new MediaRenderer(mediaDir, () => context.ffmpeg.ffmpegPath);
	const outputs = new PublishedOutputs(context.clock, settings.outputTtlMs);
	const runner = new TaskRunner({ context, settings, renderer, outputs });
	const tasks = new Map<string, Task>();
	const wire = (task: Task) => toWire(task, settings.statusCase);

	async function create(request: SandboxRequest): Promise<SandboxReply> {
		const body = parseObject(await request.body());
		if (!body) return refuse(400, 'invalid request: body is not a JSON object');
		const kind = findKind(text(body.model), text(body.task_type));
		if ('reason' in kind) return refuse(400, kind.reason);
		const input = kind.complete(asObject(body.input) ?? {});
		const reason = kind.refuse(input);
		if (reason !== undefined) return refuse(400, reason);
		if (context.drawFault('codeNot200')) return refuse(500, 'internal error', 200);
		const task = newTask(context, body, input, kind.usage(input));
		if (context.drawFault('failedCreate')) {
			const failed: Task = { ...task, status: 'failed', endedAt: task.createdAt, failure: PROVIDER_WORDS };
			return { status: 500, body: { code: 500, data: wire(failed), message: PROVIDER_WORDS } };
		}
		const isDoomed =
			(settings.failPrompt !== '' && JSON.stringify(input).includes(settings.failPrompt)) ||
			context.drawFault('failTask');
		const answer = accept(wire(task));
		if (!context.drawFault('forgetTask')) {
			tasks.set(task.id, task);
			runner.start(task, kind, isDoomed ? PROVIDER_WORDS : undefined);
		}
		return { ...answer, paid: { body, ref: task.id } };
	}

	function get(id: string): SandboxReply {
		const task = tasks.get(id);
		if (context.drawFault('codeNot200')) return refuse(500, 'internal error', 200);
		return task ? accept(wire(task)) : refuse(404, 'task not found');
	}

	function cancel(id: string): SandboxReply {
		const task = tasks.get(id);
		if (!task) return refuse(404, 'task not found');
		if (task.status !== 'pending') return refuse(400, 'task is not pending and can not be cancelled');
		task.status = 'cancelled';
		task.endedAt = goTime(context.clock.now(), context.random);
		context.refund(id);
		return accept(wire(task));
	}

	async function handle(request: SandboxRequest): Promise<SandboxReply> {
		const { method, path } = request;
		if (path.startsWith('/temp/') && (method === 'GET' || method === 'HEAD')) {
			if (context.drawFault('expireUrl')) outputs.expire(path);
			return await outputs.serve(request);
		}
		if (request.headers['x-api-key'] !== API_KEY) return refuse(401, 'Invalid API key');
		if (path === TASKS_PATH && method === 'POST') return await create(request);
		const id = path.startsWith(`${TASKS_PATH}/`) ? decodeURIComponent(path.slice(TASKS_PATH.length + 1)) : undefined;
		if (id !== undefined && method === 'GET') return get(id);
		if (id !== undefined && method === 'DELETE') return cancel(id);
		return refuse(404, 'route not found');
	}

	async function forget(): Promise<void> {
		await runner.end();
		tasks.clear();
		outputs.forget();
	}

	return {
		service: 'goApi',
		credentials: { apiKey: API_KEY, webhookSecret: WEBHOOK_SECRET },
		faults: ['failTask', 'forgetTask', 'codeNot200', 'failedCreate', 'expireUrl'],
		routeOf: ({ method, path }) => {
			if (path.startsWith('/temp/')) return `${method} /temp/:file`;
			return `${method} ${path.startsWith(`${TASKS_PATH}/`) ? `${TASKS_PATH}/:taskId` : path}`;
		},
		handle,
		reset: forget,
		async stop() {
			await forget();
			renderer.forget();
			await rm(mediaDir, { recursive: true, force: true });
		},
		report: () => ({ tasks: countBy([...tasks.values()].map(({ status }) => status)) }),
	};
}

function newTask(context: SandboxContext, body: WireObject, input: TaskInput, usage: Task['usage']): Task {
	const config = asObject(body.config) ?? {};
	const webhook = asObject(config.webhook_config) ?? {};
	return {
		id: randomUUID(),
		model: text(body.model),
		taskType: text(body.task_type),
		status: 'pending',
		input,
		serviceMode: text(config.service_mode),
		webhook: { endpoint: text(webhook.endpoint), secret: text(webhook.secret) },
		output: null,
		createdAt: goTime(context.clock.now(), context.random),
		usage,
	};
}

function accept(data: unknown): SandboxReply {
	return { status: 200, body: { code: 200, data, message: 'success' } };
}

/** @param status HTTP status, the code unless the fault is that they differ */
function refuse(code: number, message: string, status = code): SandboxReply {
	return { status, body: { code, data: null, message } };
}

function text(value: unknown): string {
	return typeof value === 'string' ? value : '';
}

function asObject(value: unknown): WireObject | undefined {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as WireObject) : undefined;
}

function parseObject(bytes: Buffer): WireObject | undefined {
	try {
		return asObject(JSON.parse(bytes.toString('utf8')));
	} catch {
		return undefined;
	}
}

function countBy(words: string[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
	return counts;
}
