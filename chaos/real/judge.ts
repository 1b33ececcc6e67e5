import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import type { SandboxReport } from '../../sandbox/core/sandbox';
import { findMediaBinaries } from '../../sandbox/media/binaries';
import { LENGTH_TOLERANCE_PER_SEGMENT_S, LENGTH_TOLERANCE_S, VERDICT_MAY_BE_LOST_MS } from './constants';

const run = promisify(execFile);

export type Cells = Record<string, unknown>;

/** What is left when all is over. */
export interface Outcome {
	videos: Cells[];
	jobs: Cells[];
	events: Cells[];
	report: SandboxReport;
	/** When n8n died, ms since the epoch. */
	deaths: number[];
	/** Where permanent objects have their addresses. */
	publicUrl: string;
}

export interface Violation {
	rule: string;
	words: string;
}

export interface Judgement {
	violations: Violation[];
	completed: number;
	failed: number;
	/** Videos that did not end. */
	lost: number;
	/** Paid calls beyond the first for the same work. */
	paidTwice: number;
	/** Of these, what the tracker counted itself. */
	counted: number;
	wronglyPaid: number;
}

function ended(video: Cells): boolean {
	return video.status === 'completed' || video.status === 'failed';
}

async function lengthOf(url: string): Promise<number> {
	const { ffprobePath } = findMediaBinaries();
	const { stdout } = await run(ffprobePath, ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', url]);
	return Number(stdout.trim());
}

/** A film must be there, as long as its narration, and so must every object that its jobs name. */
async function judgeFilm(video: Cells, jobs: Cells[], publicUrl: string): Promise<Violation[]> {
	const found: Violation[] = [];
	const rule = 'a completed video has everything';
	const id = String(video.video_id);
	for (const job of jobs) {
		if (job.status !== 'completed' && job.skipped !== true)
			found.push({ rule, words: `${String(job.job_key)} is ${String(job.status)}` });
		const url = String(job.output_url ?? '');
		if (!url.startsWith(publicUrl)) {
			found.push({ rule, words: `${String(job.job_key)} has no permanent address` });
			continue;
		}
		const { status } = await fetch(url, { method: 'HEAD' });
		if (status !== 200) found.push({ rule, words: `the object of ${String(job.job_key)} answers ${status}` });
	}
	const narrationS = Number(video.narration_s);
	const filmS = await lengthOf(String(video.video_url));
	const toleranceS = LENGTH_TOLERANCE_S + LENGTH_TOLERANCE_PER_SEGMENT_S * Number(video.segment_count);
	if (!(Math.abs(filmS - narrationS) <= toleranceS)) {
		found.push({ rule: 'a film is as long as its narration', words: `${id} lasts ${filmS} s for ${narrationS} s` });
	}
	return found;
}

/** How often the same work was paid for more than once, by service and work. */
function repeatedPayments({ paidCalls }: SandboxReport): Map<string, string[]> {
	const calls = new Map<string, string[]>();
	for (const { service, route, inputHash, at } of paidCalls) {
		const key = `${service} ${route} ${inputHash}`;
		calls.set(key, [...(calls.get(key) ?? []), at]);
	}
	return new Map([...calls].filter(([, times]) => times.length > 1));
}

/** A callback whose verdict is not there, though n8n lived on after it came. */
function judgeEvents({ events, deaths }: Outcome): Violation[] {
	return events
		.filter(({ verdict }) => verdict === undefined || verdict === 'received')
		.filter(({ last_at: lastAt }) => {
			const atMs = Date.parse(String(lastAt));
			return !deaths.some((death) => death >= atMs - VERDICT_MAY_BE_LOST_MS && death - atMs <= VERDICT_MAY_BE_LOST_MS);
		})
		.map(({ event_key: key }) => ({ rule: 'every callback has a verdict', words: String(key) }));
}

/** Holds what is left against what must be true whatever happened. */
export async function judge(outcome: Outcome): Promise<Judgement> {
	const { jobs, report, publicUrl } = outcome;
	const videos = outcome.videos.filter(({ ready }) => ready === true);
	const violations: Violation[] = [];
	for (const video of videos) {
		const own = jobs.filter(({ video_id: id }) => id === video.video_id);
		if (!ended(video)) {
			const open = own
				.filter(({ status }) => status !== 'completed')
				.map(({ job_key: key, status }) => `${String(key)} ${String(status)}`);
			violations.push({
				rule: 'every video ends',
				words: `${String(video.video_id)} is ${String(video.status)}: ${open.join(', ')}`,
			});
		}
		if (video.status === 'completed') violations.push(...(await judgeFilm(video, own, publicUrl)));
		if (video.status === 'failed' && !video.error_message)
			violations.push({ rule: 'a failed video says why', words: String(video.video_id) });
	}
	violations.push(...judgeEvents(outcome));

	const repeated = repeatedPayments(report);
	const paidTwice = [...repeated.values()].reduce((sum, times) => sum + times.length - 1, 0);
	const counted = jobs.reduce((sum, { paid_again: again }) => sum + Number(again ?? 0), 0);
	const wronglyPaid = Math.max(0, paidTwice - counted);
	if (wronglyPaid > 0) {
		for (const [work, times] of repeated)
			violations.push({ rule: 'work is paid for once', words: `${work} at ${times.join(', ')}` });
	}
	const tooMany = report.airtable?.tooManyRequests ?? 0;
	if (tooMany > 0) violations.push({ rule: 'Airtable is never asked too often', words: `${tooMany} answers 429` });
	return {
		violations,
		completed: videos.filter(({ status }) => status === 'completed').length,
		failed: videos.filter(({ status }) => status === 'failed').length,
		lost: videos.filter((video) => !ended(video)).length,
		paidTwice,
		counted,
		wronglyPaid,
	};
}
