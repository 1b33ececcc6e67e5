import { QUEUE_ID_BASE, QUEUE_ID_RANGE } from './constants';

/** A job that waits in a worker's queue. */
export interface QueuedJob {
	run(): Promise<void>;
}

/**
 * One process of the toolkit's web server: it serves one request at a time, and has a queue in memory whose jobs run
 * one after the other beside the requests.
 */
export class Worker {
	readonly queueId: number;
	readonly pid: number;
	isServing = false;
	private readonly waiting: QueuedJob[] = [];
	private isConsuming = false;
	private readonly life = new AbortController();

	constructor(random: () => number) {
		this.queueId = QUEUE_ID_BASE + Math.floor(random() * QUEUE_ID_RANGE);
		this.pid = 2 + Math.floor(random() * 30_000);
	}

	/** Aborted when the process dies: its work ends there and then. */
	get signal(): AbortSignal {
		return this.life.signal;
	}

	/** Jobs that wait; the running one isn't counted. */
	get queueLength(): number {
		return this.waiting.length;
	}

	/** Adds a job and gives the length of the queue with it, before it may start. */
	enqueue(job: QueuedJob): number {
		this.waiting.push(job);
		const length = this.waiting.length;
		if (!this.isConsuming) void this.consume();
		return length;
	}

	/** The process dies: nothing of what it held is ever heard of again. */
	kill(): void {
		this.waiting.length = 0;
		this.life.abort(new Error('the worker was killed'));
	}

	private async consume(): Promise<void> {
		this.isConsuming = true;
		for (let job = this.waiting.shift(); job !== undefined; job = this.waiting.shift()) await job.run();
		this.isConsuming = false;
	}
}

/** All workers. A request goes to a free one, in turn; with none free it waits. */
export class WorkerPool {
	private workers: Worker[] = [];
	private next = 0;
	private readonly pending: Array<(worker: Worker) => void> = [];

	constructor(
		private readonly size: number,
		private readonly random: () => number,
	) {
		this.startAll();
	}

	/** Waits for a free worker and lets it serve until the work is done, or it is killed. */
	async serve<T>(work: (worker: Worker) => Promise<T>): Promise<T> {
		const worker = this.takeFree() ?? (await new Promise<Worker>((resolve) => this.pending.push(resolve)));
		try {
			return await work(worker);
		} finally {
			this.release(worker);
		}
	}

	/** Kills a worker; a new one with an empty queue takes its place. */
	replace(worker: Worker): void {
		worker.kill();
		this.workers = this.workers.map((each) => (each === worker ? new Worker(this.random) : each));
		const free = this.pending.length > 0 ? this.takeFree() : undefined;
		if (free) this.pending.shift()?.(free);
	}

	/** All processes end and start anew. */
	restart(): void {
		this.stop();
		this.startAll();
	}

	stop(): void {
		for (const worker of this.workers) worker.kill();
	}

	get queueLengths(): number[] {
		return this.workers.map((worker) => worker.queueLength);
	}

	private startAll(): void {
		this.workers = Array.from({ length: this.size }, () => new Worker(this.random));
		this.pending.splice(0).forEach((resolve) => {
			const free = this.takeFree();
			if (free) resolve(free);
			else this.pending.push(resolve);
		});
	}

	private takeFree(): Worker | undefined {
		const order = this.workers.map((_, index) => this.workers[(this.next + index) % this.workers.length]);
		const free = order.find((worker) => !worker.isServing);
		if (!free) return undefined;
		this.next = (this.workers.indexOf(free) + 1) % this.workers.length;
		free.isServing = true;
		return free;
	}

	private release(worker: Worker): void {
		const isAlive = this.workers.includes(worker);
		const waiting = isAlive ? this.pending.shift() : undefined;
		if (waiting) waiting(worker);
		else worker.isServing = false;
	}
}
