import { setTimeout as sleep } from 'node:timers/promises';
import { QUIET_MS } from './constants';
import { DemoError } from './errors';
import type { TrackerRecord, TrackerView } from './trackerView';

const FINAL = ['completed', 'failed', 'cancelled'];
const NAME_WIDTH = 15;

export interface Watch {
	view: TrackerView;
	videoId: string;
	pollMs: number;
	deadlineMs: number;
	/** Milliseconds since the epoch at which the script was sent. */
	startedMs: number;
	print(line: string): void;
	signal: AbortSignal;
}

/** A video that has come to its end, with all its jobs in the order in which they ended. */
export interface EndedVideo {
	video: TrackerRecord;
	jobs: TrackerRecord[];
}

/** Follows a video until it is completed, failed or cancelled, and prints a line for each step that ends. */
export async function watchVideo(watch: Watch): Promise<EndedVideo> {
	const lines = new ProgressLines(watch);
	for (;;) {
		const jobs = await watch.view.records('Jobs', watch.videoId);
		lines.show(jobs);
		const [video] = await watch.view.records('Videos', watch.videoId);
		if (video !== undefined && FINAL.includes(String(video.fields.status))) {
			const last = await watch.view.records('Jobs', watch.videoId);
			lines.show(last);
			return { video, jobs: last };
		}
		if (Date.now() > watch.deadlineMs) throw new DemoError(`The video was not finished in time. ${openSteps(jobs)}`);
		await sleep(watch.pollMs, undefined, { signal: watch.signal });
	}
}

/** Remembers what was said of each job, and says what is new. */
class ProgressLines {
	private readonly said = new Map<string, string>();
	private lastLineMs = Date.now();

	constructor(private readonly watch: Watch) {}

	show(jobs: TrackerRecord[]): void {
		for (const { fields } of jobs) this.showJob(fields, jobs);
		if (Date.now() - this.lastLineMs > QUIET_MS) this.print(openSteps(jobs));
	}

	private showJob(fields: Record<string, unknown>, jobs: TrackerRecord[]): void {
		const key = String(fields.job_key);
		const state = `${String(fields.status)} ${String(fields.attempt ?? 0)}`;
		if (this.said.get(key) === state) return;
		this.said.set(key, state);
		const status = String(fields.status);
		const attempt = Number(fields.attempt ?? 0);
		if (FINAL.includes(status)) {
			const done = jobs.filter((job) => FINAL.includes(String(job.fields.status))).length;
			this.print(`${stepName(key)} ${status}${took(fields)}${reason(fields)}   ${done} of ${jobs.length}`);
		} else if (attempt > 1) {
			this.print(`${stepName(key)} attempt ${attempt}${reason(fields)}`);
		}
	}

	private print(text: string): void {
		this.lastLineMs = Date.now();
		const elapsedS = Math.round((this.lastLineMs - this.watch.startedMs) / 1000);
		const clock = `${String(Math.floor(elapsedS / 60)).padStart(2, '0')}:${String(elapsedS % 60).padStart(2, '0')}`;
		this.watch.print(`  ${clock}  ${text}`);
	}
}

/** `<video>.combine.003` → `combine 3`. */
function stepName(jobKey: string): string {
	const [, step = jobKey, order] = jobKey.split('.');
	return (order === undefined ? step : `${step} ${Number(order)}`).padEnd(NAME_WIDTH);
}

function took(fields: Record<string, unknown>): string {
	const ms = Date.parse(String(fields.completed_at)) - Date.parse(String(fields.claimed_at));
	return Number.isFinite(ms) ? ` after ${(ms / 1000).toFixed(1)} s` : '';
}

function reason(fields: Record<string, unknown>): string {
	return typeof fields.error_message === 'string' ? ` (${fields.error_message})` : '';
}

function openSteps(jobs: TrackerRecord[]): string {
	const open = jobs
		.filter(({ fields }) => String(fields.status) === 'processing')
		.map(({ fields }) => stepName(String(fields.job_key)).trim());
	return open.length === 0 ? 'Nothing is under way.' : `Under way: ${open.join(', ')}.`;
}
