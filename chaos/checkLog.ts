import { readFileSync } from 'node:fs';

// Reads the log of runs and judges it anew. It shares no code with the program that wrote it.

/** One line of the log. */
type Line = { kind: string } & Record<string, unknown>;

/** What was found wrong in a run. */
export interface Finding {
	seed: number;
	words: string;
}

interface Job {
	job_key: string;
	video_id: string;
	step: string;
	status: string;
	input_hash?: string;
	output_url?: string;
	skipped?: boolean;
	next_check_at?: string;
}

interface Segment {
	video_id: string;
	order: number;
	Video?: unknown[];
	clip_error?: string;
}

const AIRTABLE_PER_SECOND = 5;
const RECORDS_MAX = 10;
const TOLERANCE_S = 1;
const TOLERANCE_PER_SEGMENT_S = 0.12;

/** Judges the runs of a log; nothing found means that all is well. */
export function checkLog(text: string): { runs: number; findings: Finding[] } {
	const findings: Finding[] = [];
	let runs = 0;
	let run: Line[] = [];
	for (const raw of text.split('\n')) {
		if (raw === '') continue;
		const line = JSON.parse(raw) as Line;
		if (line.kind === 'run') run = [];
		run.push(line);
		if (line.kind !== 'end') continue;
		runs++;
		const seed = Number(line.seed);
		findings.push(...judge(run, line).map((words) => ({ seed, words })));
	}
	return { runs, findings };
}

function judge(run: Line[], end: Line): string[] {
	return [
		...unfinished(end),
		...unplayable(run, end),
		...tooMany(run),
		...paidTwice(run, end),
		...unanswered(run, end),
	];
}

/** Every video has ended, or stands still for want of a clip that a person has to bring. */
function unfinished({ isOver, accepted, videos, segments, jobs }: Line): string[] {
	const words: string[] = [];
	for (const id of accepted as string[]) {
		const video = (videos as Array<Record<string, unknown>>).find(({ video_id }) => video_id === id);
		if (!video) {
			words.push(`${id} is lost`);
			continue;
		}
		if (video.status === 'completed' || video.status === 'failed') continue;
		const { background } = JSON.parse(String(video.options)) as { background: { source: string } };
		const open = (jobs as Job[]).filter((job) => job.video_id === id && job.step === 'background' && !hasEnded(job));
		const lacksClip = (job: Job) => {
			const row = (segments as Segment[]).find(({ video_id, order }) => video_id === id && order === orderIn(job));
			return row?.Video ? Boolean(row.clip_error) && !job.next_check_at : background.source === 'user';
		};
		if (open.length === 0 || !open.every(lacksClip)) words.push(`${id} is still ${String(video.status)}`);
	}
	return isOver === true ? words : [...words, 'something was still under way at the end'];
}

function hasEnded({ status }: Job): boolean {
	return status === 'completed' || status === 'cancelled';
}

function orderIn({ job_key }: Job): number {
	return Number(job_key.split('.').at(-1));
}

/** Completed videos: each result in the bucket under its hash, and as long as what is spoken. */
function unplayable(run: Line[], end: Line): string[] {
	const objects = new Map(run.filter(({ kind }) => kind === 'object').map((line) => [String(line.key), line]));
	const jobs = end.jobs as Job[];
	const words: string[] = [];
	for (const video of end.videos as Array<Record<string, unknown>>) {
		if (video.status !== 'completed') continue;
		const mine = jobs.filter((job) => job.video_id === video.video_id && job.skipped !== true);
		let spokenS = 0;
		let finalS = NaN;
		for (const job of mine) {
			const key = decodeURIComponent(new URL(String(job.output_url ?? 'https://nowhere.example/')).pathname.slice(1));
			const object = objects.get(key);
			if (!object || object.inputHash !== job.input_hash) words.push(`${job.job_key} has no object of its own`);
			const seconds = Number(object?.durationS ?? NaN);
			if (job.step === 'voiceover') spokenS += seconds;
			if (job.step === 'mix') finalS = seconds;
		}
		const isSkipped = jobs.some((job) => job.video_id === video.video_id && job.skipped === true);
		const toleranceS = TOLERANCE_S + TOLERANCE_PER_SEGMENT_S * Number(video.segment_count);
		if (!isSkipped && !(Math.abs(finalS - spokenS) <= toleranceS)) {
			words.push(`${String(video.video_id)} lasts ${finalS} s, its narration ${spokenS} s`);
		}
	}
	return words;
}

function tooMany(run: Line[]): string[] {
	const calls = run.filter(
		(line) => line.kind === 'call' && line.service === 'airtable' && !String(line.route).includes('_attachments'),
	);
	const arrivals = calls.map((line) => Date.parse(String(line.at)) - Number(line.ms)).sort((a, b) => a - b);
	const words: string[] = [];
	arrivals.forEach((at, index) => {
		const sixth = arrivals[index + AIRTABLE_PER_SECOND];
		if (sixth !== undefined && sixth - at < 1_000)
			words.push(
				`more than ${AIRTABLE_PER_SECOND} requests to Airtable within a second at ${new Date(at).toISOString()}`,
			);
	});
	if (calls.some(({ records }) => Number(records) > RECORDS_MAX))
		words.push(`a write of more than ${RECORDS_MAX} records`);
	if (calls.some(({ status, fault }) => status === 429 && fault === undefined))
		words.push('Airtable refused requests as too many');
	return words.slice(0, 3);
}

/**
 * A task of GoAPI that is paid for twice needs a reason that the log shows: a death or a fault of that very call, its
 * refund, a person's act, or a deadline's time in between.
 */
function paidTwice(run: Line[], end: Line): string[] {
	const refunds = new Set(run.filter(({ kind }) => kind === 'refund').map(({ ref }) => String(ref)));
	const deaths = run.filter((line) => line.kind === 'life' && line.is === 'ended');
	const acts = run.filter((line) => line.kind === 'act' && line.isOk === true);
	const expiries = run.filter((line) => line.kind === 'fault' && line.fault === 'expireUrl');
	const scenario = run[0].scenario as {
		configuration: { deadline_minutes: number };
		settings: { goApi: { outputTtlMs?: number } };
	};
	const deadlineMs = Math.min(
		scenario.configuration.deadline_minutes * 60_000,
		scenario.settings.goApi.outputTtlMs ?? Infinity,
	);
	const byWork = new Map<string, Line[]>();
	for (const line of run) {
		if (line.kind !== 'paid' || line.service !== 'goApi') continue;
		byWork.set(String(line.work), [...(byWork.get(String(line.work)) ?? []), line]);
	}
	const words: string[] = [];
	for (const [work, calls] of byWork) {
		for (let index = 1; index < calls.length; index++) {
			const [former, later] = [calls[index - 1], calls[index]];
			const [from, to] = [former, later].map(({ at }) => Date.parse(String(at)));
			const isBetween = (line: Line) => Date.parse(String(line.at)) >= from && Date.parse(String(line.at)) <= to;
			const hasReason =
				former.fault !== undefined ||
				refunds.has(String(former.ref)) ||
				to - from >= deadlineMs ||
				[...deaths, ...acts, ...expiries].some(isBetween);
			if (!hasReason) words.push(`${work.split(' ')[0]} was paid twice without a reason`);
		}
	}
	void end;
	return words;
}

/** Every callback that was taken stands in the table with what became of it, unless the process ended on it. */
function unanswered(run: Line[], { events }: Line): string[] {
	const deaths = run
		.filter((line) => line.kind === 'life' && line.is === 'ended')
		.map(({ at }) => Date.parse(String(at)));
	const lastMs = Math.max(...run.map(({ at }) => Date.parse(String(at))).filter(Number.isFinite));
	const rows = events as Array<{ event_key?: string; verdict?: string }>;
	const words: string[] = [];
	for (const line of run.filter(({ kind, status }) => kind === 'webhook' && status === 200)) {
		const at = Date.parse(String(line.at));
		if (deaths.some((death) => death >= at && death - at < 900_000) || lastMs - at < 180_000) continue;
		const mine = rows.filter(({ event_key: key }) => String(key).includes(`|${String(line.job)}|`));
		if (mine.length === 0) words.push(`a callback of ${String(line.job)} is in no row`);
	}
	return words;
}

/** `node checkLog.cjs FILE` */
export function main(file: string): number {
	const { runs, findings } = checkLog(readFileSync(file, 'utf8'));
	for (const { seed, words } of findings) process.stdout.write(`seed ${seed}: ${words}\n`);
	process.stdout.write(`${runs} runs checked, ${findings.length} findings\n`);
	return findings.length === 0 ? 0 : 1;
}
