import { findMediaBinaries } from '../../sandbox/media/binaries';
import { probeMedia } from '../../sandbox/media/probe';
import { EVENT_WRITE_MS, LENGTH_TOLERANCE_PER_SEGMENT_S, LENGTH_TOLERANCE_S } from './constants';
import type { Film } from './filming';
import type { JournalLine } from './journal';
import type { Machine } from './machine';
import { paymentsOf, repaymentsOf } from './payments';
import { numberOf, rowsOf, textOf, timeOf, type Fields } from './tables';

/** Something that must never be. */
export interface Violation {
	rule:
		| 'not ended'
		| 'no reason'
		| 'result missing'
		| 'wrong length'
		| 'paid twice'
		| 'not shown'
		| 'no verdict'
		| 'Airtable 429';
	words: string;
}

export interface Checked {
	violations: Violation[];
	/** Payments once more that a death excuses, and those that an ended address excuses. */
	paidAgain: number;
	paidAgainExpired: number;
	/** Callbacks that n8n took and of which a death left no row. */
	callbacksCut: number;
	callbacks: number;
}

interface Tables {
	videos: Fields[];
	segments: Fields[];
	jobs: Fields[];
	events: Fields[];
}

/** Looks at everything from outside: the tables, Spaces, and what the providers say. */
export async function check(machine: Machine, films: Film[], lines: JournalLine[]): Promise<Checked> {
	const [videos, segments, jobs, events] = await Promise.all(
		['Videos', 'Segments', 'Jobs', 'Webhook Events'].map(async (table) => await rowsOf(machine.airtableUrl, table)),
	);
	const tables = { videos, segments, jobs, events };
	const results: Violation[] = [];
	for (const film of films) results.push(...(await checkFilm(film, tables)));
	const payments = await checkPayments(machine, tables, lines);
	const callbacks = checkCallbacks(machine, tables, lines);
	return {
		...payments,
		...callbacks,
		violations: [...results, ...payments.violations, ...callbacks.violations, ...checkLimit(machine)],
	};
}

async function checkFilm(film: Film, { videos, jobs }: Tables): Promise<Violation[]> {
	const { videoId, title } = film;
	if (film.status === undefined || film.status === 'refused') {
		const open = jobs.filter(({ video_id, status }) => video_id === videoId && status !== 'completed');
		const states = open.map(({ job_key, status }) => `${textOf(job_key)} ${textOf(status)}`).join(', ');
		return [
			{ rule: 'not ended', words: `${title} (${videoId ?? 'never taken'}): ${film.status ?? 'open'}; ${states}` },
		];
	}
	const video = videos.find((row) => row.video_id === videoId);
	if (film.status === 'failed' && textOf(video?.error_message) === '')
		return [{ rule: 'no reason', words: `${title} failed and does not say why` }];
	if (film.status !== 'completed' || video === undefined) return [];
	const own = jobs.filter(({ video_id }) => video_id === videoId);
	const missing = (await Promise.all(own.map(async (job) => await missingResult(job)))).flat();
	return [...missing, ...(await checkLength(title, video))];
}

async function missingResult(job: Fields): Promise<Violation[]> {
	const key = textOf(job.job_key);
	if (job.skipped === true) return [];
	if (job.status !== 'completed') return [{ rule: 'result missing', words: `${key} is ${textOf(job.status)}` }];
	const response = await fetch(textOf(job.output_url), { method: 'HEAD' });
	if (!response.ok) return [{ rule: 'result missing', words: `${key}: its object answers ${response.status}` }];
	const bytes = Number(response.headers.get('content-length'));
	if (bytes === numberOf(job.output_bytes)) return [];
	return [
		{ rule: 'result missing', words: `${key}: ${bytes} bytes in Spaces, ${String(job.output_bytes)} in its row` },
	];
}

async function checkLength(title: string, video: Fields): Promise<Violation[]> {
	const { durationS } = await probeMedia(findMediaBinaries().ffprobePath, textOf(video.video_url));
	const wantedS = numberOf(video.narration_s);
	const toleranceS = LENGTH_TOLERANCE_S + LENGTH_TOLERANCE_PER_SEGMENT_S * numberOf(video.segment_count);
	if (Math.abs(durationS - wantedS) <= toleranceS) return [];
	return [{ rule: 'wrong length', words: `${title} lasts ${durationS} s, its narration ${wantedS} s` }];
}

async function checkPayments(machine: Machine, { segments, jobs }: Tables, lines: JournalLine[]) {
	const payments = await paymentsOf(machine.sandbox, segments);
	const expired = lines.filter(({ kind, fault }) => kind === 'fault' && fault === 'expireUrl');
	const repayments = repaymentsOf(
		payments,
		machine.deaths,
		jobs,
		expired.map(({ at }) => timeOf(at)),
	);
	const violations: Violation[] = repayments
		.filter(({ excuse }) => excuse === undefined)
		.map(({ jobKey }) => ({
			rule: 'paid twice',
			words: `${jobKey} was paid again without a death: ${times(payments, jobKey)}`,
		}));
	for (const job of jobs) {
		const key = textOf(job.job_key);
		const again = repayments.filter(({ jobKey }) => jobKey === key).length;
		if (again <= (numberOf(job.paid_again) || 0)) continue;
		violations.push({
			rule: 'not shown',
			words: `${key} was paid again ${again} times, its row says ${String(job.paid_again)}`,
		});
	}
	return {
		violations,
		paidAgain: repayments.filter(({ excuse }) => excuse === 'death').length,
		paidAgainExpired: repayments.filter(({ excuse }) => excuse === 'expired').length,
	};
}

function times(payments: Map<string, number[]>, jobKey: string): string {
	return (payments.get(jobKey) ?? []).map((atMs) => new Date(atMs).toISOString()).join(', ');
}

function checkCallbacks({ deaths }: Machine, { events }: Tables, lines: JournalLine[]) {
	const judged = new Set(events.filter(({ verdict }) => textOf(verdict) !== '').map(({ job_key }) => textOf(job_key)));
	const delivered = lines.filter(({ kind, status }) => kind === 'callback' && status === 200);
	const unjudged = delivered.filter(({ jobKey }) => !judged.has(textOf(jobKey)));
	const isCut = ({ at }: JournalLine) =>
		deaths.some(({ atMs, deadAtMs }) => timeOf(at) <= deadAtMs && atMs - timeOf(at) <= EVENT_WRITE_MS);
	const violations = unjudged
		.filter((line) => !isCut(line))
		.map(({ jobKey, at }): Violation => ({
			rule: 'no verdict',
			words: `${textOf(jobKey)}: its callback of ${textOf(at)}`,
		}));
	return { violations, callbacksCut: unjudged.filter(isCut).length, callbacks: delivered.length };
}

function checkLimit({ sandbox }: Machine): Violation[] {
	const count = sandbox.report().airtable?.tooManyRequests ?? 0;
	return count === 0 ? [] : [{ rule: 'Airtable 429', words: `${count} requests were refused` }];
}
