import type { SandboxContext } from '../core/types';
import { DELIVERIES_MAX, DELIVERY_TIMEOUT_MS, PENDING_MS, PROCESSING_MS, REDELIVERY_AFTER_MS } from './constants';
import type { TaskKind } from './models';
import type { PublishedOutputs } from './outputs';
import type { MediaRenderer } from './rendering';
import type { GoApiSettings } from './settings';
import { goTime, toWire, type Task } from './task';

interface RunnerTools {
	context: SandboxContext;
	settings: GoApiSettings;
	renderer: MediaRenderer;
	outputs: PublishedOutputs;
}

/** Takes tasks through their life and tells their webhooks. */
export class TaskRunner {
	private stopping = new AbortController();

	private readonly running = new Set<Promise<void>>();

	constructor(private readonly tools: RunnerTools) {}

	/** Lets a pending task begin. `failure` makes it fail after its time. */
	start(task: Task, kind: TaskKind, failure: string | undefined): void {
		const { signal } = this.stopping;
		const life = this.live(task, kind, failure, signal).catch((error: unknown) => {
			if (signal.aborted) return;
			this.tools.context.log({
				kind: 'bug',
				task: task.id,
				reason: error instanceof Error ? error.message : String(error),
			});
		});
		this.running.add(life);
		void life.finally(() => this.running.delete(life));
	}

	/** Ends all work; resolves when nothing runs any more. */
	async end(): Promise<void> {
		this.stopping.abort(new Error('the stand-in ends'));
		await Promise.allSettled([...this.running]);
		this.stopping = new AbortController();
	}

	private async live(task: Task, kind: TaskKind, failure: string | undefined, signal: AbortSignal): Promise<void> {
		const { clock, random, refund } = this.tools.context;
		const { pendingMs, processingMs, nonTerminalWebhooks } = this.tools.settings;
		await clock.sleep(pendingMs ?? between(PENDING_MS, random()), signal);
		if (task.status !== 'pending') return;
		task.status = 'processing';
		task.startedAt = goTime(clock.now(), random);
		if (nonTerminalWebhooks) await this.tell(task, signal);
		const [made] = await Promise.all([
			failure === undefined ? this.make(task, kind, signal) : undefined,
			clock.sleep(processingMs ?? between(PROCESSING_MS, random()), signal),
		]);
		task.endedAt = goTime(clock.now(), random);
		if (made) task.output = made;
		else {
			task.failure = failure;
			refund(task.id);
		}
		task.status = made ? 'completed' : 'failed';
		await this.tell(task, signal);
	}

	private async make(task: Task, kind: TaskKind, signal: AbortSignal): Promise<Record<string, unknown>> {
		const { context, settings, renderer, outputs } = this.tools;
		return await kind.output(task.input, async (wish) => {
			const path = await renderer.render(wish, signal);
			return `${context.baseUrl('goApi')}${outputs.publish(path)}${settings.outputQuery}`;
		});
	}

	/** Delivers the task as it is now, with identical bytes each time, until a 2xx comes or the last try is over. */
	private async tell(task: Task, signal: AbortSignal): Promise<void> {
		const { context, settings } = this.tools;
		const { endpoint, secret } = task.webhook;
		if (endpoint === '') return;
		const timestamp = Math.floor(context.clock.now() / 1000);
		const body = JSON.stringify({ timestamp, data: toWire(task, settings.statusCase) });
		const headers: Record<string, string> = secret === '' ? {} : { 'x-webhook-secret': secret };
		for (let delivery = 1; delivery <= DELIVERIES_MAX; delivery++) {
			if (delivery > 1) await context.clock.sleep(REDELIVERY_AFTER_MS, signal);
			const result = await context.sendCallback({
				service: 'goApi',
				url: endpoint,
				headers,
				body,
				timeoutMs: DELIVERY_TIMEOUT_MS,
			});
			if (result.dropped || (result.status >= 200 && result.status <= 299)) return;
			signal.throwIfAborted();
		}
	}
}

function between({ least, most }: { least: number; most: number }, share: number): number {
	return Math.round(least + (most - least) * share);
}
