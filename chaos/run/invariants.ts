import { DURATION_TOLERANCE_PER_SEGMENT_S, DURATION_TOLERANCE_S } from '../../engine/video/constants';
import { VIDEO_STATUSES } from '../../engine/video/types';
import { decodeMedia } from '../replace/media';
import { paidWrongly } from './payments';
import type { Played } from './play';
import { rowsOf, type Row } from './table';

/** Something that must never happen has happened. */
export interface Violation {
	rule: string;
	words: string;
}

export interface Tables {
	videos: Row[];
	segments: Row[];
	jobs: Row[];
	events: Row[];
}

/** The tables at the end, as a person reads them. */
export async function readTables({ world }: Played): Promise<Tables> {
	const [videos, segments, jobs, events] = await Promise.all(
		['Videos', 'Segments', 'Jobs', 'Webhook Events'].map(async (table) => await rowsOf(world, table)),
	);
	return { videos: videos.filter(({ fields }) => fields.ready === true), segments, jobs, events };
}

/** Everything that holds after every run, whatever went wrong in it. */
export function violationsOf(played: Played, tables: Tables): Violation[] {
	return [
		...notEnded(played, tables),
		...incomplete(played, tables),
		...paidWrongly(played, tables),
		...withoutVerdict(played, tables),
		...beyondLimits(played),
		...untold(played, tables),
		...wentBack(played, tables),
		...broken(played),
	];
}

const textOf = (row: Row, name: string) => String(row.fields[name] ?? '');
const numberOf = (row: Row, name: string) => Number(row.fields[name] ?? NaN);

function notEnded({ isOver, videoIds }: Played, { videos }: Tables): Violation[] {
	const found: Violation[] = [];
	for (const id of videoIds.values()) {
		const row = videos.find((video) => textOf(video, 'video_id') === id);
		if (!row) found.push({ rule: 'ended', words: `${id} was accepted, but is in no table` });
	}
	if (isOver) return found;
	for (const video of videos) {
		const status = textOf(video, 'status');
		if (status === 'completed' || status === 'failed') continue;
		found.push({ rule: 'ended', words: `${textOf(video, 'video_id')} is still ${status}` });
	}
	if (found.length === 0)
		found.push({ rule: 'ended', words: 'Every video has ended, but something of them is still under way' });
	return found;
}

function objectOf(played: Played, url: string) {
	const key = decodeURIComponent(new URL(url).pathname.slice(1));
	return played.world.spaces.objects.get(key);
}

function incomplete(played: Played, { videos, jobs }: Tables): Violation[] {
	const found: Violation[] = [];
	for (const video of videos.filter((row) => textOf(row, 'status') === 'completed')) {
		const id = textOf(video, 'video_id');
		const complain = (words: string) => found.push({ rule: 'complete', words: `${id}: ${words}` });
		const mine = jobs.filter((job) => textOf(job, 'video_id') === id);
		let spokenS = 0;
		for (const job of mine) {
			const key = textOf(job, 'job_key');
			if (job.fields.skipped === true) continue;
			if (textOf(job, 'status') !== 'completed') {
				complain(`${key} is ${textOf(job, 'status')}`);
				continue;
			}
			const object = objectOf(played, textOf(job, 'output_url'));
			if (!object) complain(`${key} has no object at ${textOf(job, 'output_url')}`);
			else if (object.metadata['input-hash'] !== textOf(job, 'input_hash'))
				complain(`${key} has the object of another input`);
			else if (!decodeMedia(object.bytes)) complain(`${key} has an object that can't be played`);
			if (object && textOf(job, 'step') === 'voiceover') spokenS += decodeMedia(object.bytes)?.durationS ?? 0;
		}
		const final = textOf(video, 'video_url') === '' ? undefined : objectOf(played, textOf(video, 'video_url'));
		const media = final && decodeMedia(final.bytes);
		if (!media) {
			complain('it has no file that can be played');
			continue;
		}
		const segments = numberOf(video, 'segment_count');
		const toleranceS = 2 * DURATION_TOLERANCE_S + 2 * DURATION_TOLERANCE_PER_SEGMENT_S * segments;
		if (Math.abs(media.durationS - spokenS) > toleranceS) {
			complain(`it lasts ${media.durationS.toFixed(2)} s, and its narration ${spokenS.toFixed(2)} s`);
		}
	}
	return found;
}

/** A verdict is written a moment after its event; a process that ends in between takes it along. */
const VERDICT_WITHIN_MS = 15 * 60_000;

function withoutVerdict({ world, lives }: Played, { events }: Tables): Violation[] {
	const found: Violation[] = [];
	const isCutOff = (atMs: number, endedMs: number) =>
		endedMs - atMs < VERDICT_WITHIN_MS || world.time.now - atMs < VERDICT_WITHIN_MS / 5;
	for (const { atMs, life, job, attempt, node } of world.journal.webhooks) {
		if (isCutOff(atMs, lives.find(({ number }) => number === life)?.endedMs ?? Infinity)) continue;
		if (!events.some((row) => textOf(row, 'event_key').includes(`|${job}|${attempt}|`)))
			found.push({ rule: 'verdict', words: `A callback of ${job} at ${node} is in no row` });
	}
	for (const row of events) {
		if (textOf(row, 'verdict') !== 'received') continue;
		const atMs = Date.parse(textOf(row, 'last_at'));
		const nextEndMs = Math.min(...lives.map(({ endedMs }) => endedMs ?? Infinity).filter((endedMs) => endedMs >= atMs));
		if (!isCutOff(atMs, nextEndMs))
			found.push({ rule: 'verdict', words: `${textOf(row, 'event_key')} was received and has no verdict` });
	}
	return found;
}

const RECORDS_MAX = 10;

function beyondLimits({ world }: Played): Violation[] {
	const { rateLimited, peakPerSecond } = (world.standIn('airtable').report?.() ?? {}) as Record<string, number>;
	const found: Violation[] = [];
	if (rateLimited > 0) found.push({ rule: 'limits', words: `Airtable refused ${rateLimited} requests as too many` });
	if (peakPerSecond > 5) found.push({ rule: 'limits', words: `${peakPerSecond} requests to Airtable within a second` });
	if (world.journal.recordsMost > RECORDS_MAX)
		found.push({ rule: 'limits', words: `A write of ${world.journal.recordsMost} records` });
	return found;
}

/** How often a video failed, by what its row was told. */
function failuresOf(played: Played, video: Row): number {
	const writes = played.world.journal.statuses.filter(
		({ recordId, table }) => table === 'Videos' && recordId === video.id,
	);
	return writes.filter(({ status }, index) => status === 'failed' && writes[index - 1]?.status !== 'failed').length;
}

function untold(played: Played, { videos, jobs }: Tables): Violation[] {
	const found: Violation[] = [];
	for (const video of videos) {
		const id = textOf(video, 'video_id');
		const told = played.world.journal.slack.filter(
			({ text }) => text.includes(id) && text.includes('Error: A video could not be finished'),
		).length;
		const failures = failuresOf(played, video);
		if (told > failures)
			found.push({ rule: 'alerts', words: `People were told ${told} times of ${id}, which failed ${failures} times` });
		const mine = jobs.filter((job) => textOf(job, 'video_id') === id);
		const hasFailed = textOf(video, 'status') === 'failed' && mine.some((job) => textOf(job, 'status') === 'failed');
		const isTold = mine.some((job) => textOf(job, 'alerted_at') !== '');
		if (hasFailed && !isTold) found.push({ rule: 'alerts', words: `Nobody was told that ${id} failed` });
	}
	return found;
}

/** As far as a video has come: its states stand in this order. */
const VIDEO_ORDER: readonly string[] = VIDEO_STATUSES;

/** Videos of which a job that had failed got its result after all: such a video goes on. */
function rescuedVideos({ world }: Played, jobs: Row[]): Set<string> {
	const failed = new Set<string>();
	const rescued = new Set<string>();
	const owner = new Map(jobs.map((row) => [row.id, textOf(row, 'video_id')]));
	for (const { recordId, status } of world.journal.statuses) {
		const videoId = owner.get(recordId);
		if (videoId === undefined) continue;
		if (status === 'failed') failed.add(recordId);
		else if (status === 'completed' && failed.has(recordId)) rescued.add(videoId);
	}
	return rescued;
}

function wentBack(played: Played, { videos, jobs }: Tables): Violation[] {
	const { world, scenario, videoIds } = played;
	const rescued = rescuedVideos(played, jobs);
	const retried = new Set(
		scenario.acts.filter(({ kind }) => kind === 'retry' || kind === 'skip').map(({ video }) => videoIds.get(video)),
	);
	const found: Violation[] = [];
	const last = new Map<string, string>();
	const owner = new Map([...videos, ...jobs].map((row) => [row.id, row]));
	for (const { table, recordId, status } of world.journal.statuses) {
		const before = last.get(recordId);
		last.set(recordId, status);
		const row = owner.get(recordId);
		if (!row || before === undefined || retried.has(textOf(row, 'video_id'))) continue;
		if (before === 'failed' && rescued.has(textOf(row, 'video_id') ?? '')) continue;
		const isBack =
			table === 'Videos'
				? VIDEO_ORDER.indexOf(status) < VIDEO_ORDER.indexOf(before)
				: table === 'Jobs' &&
					before === 'completed' &&
					status !== 'completed' &&
					!textOf(row, 'job_key').includes('.background');
		if (isBack)
			found.push({
				rule: 'never back',
				words: `${textOf(row, 'job_key') || textOf(row, 'video_id')} went from ${before} to ${status}`,
			});
	}
	return found;
}

/** Errors of programs, as opposed to those of services: nobody meant them to be. */
const BUG =
	/is not a function|Cannot read|is not iterable|is not defined|can't be played|undefined \(|Unexpected token/;

function broken({ world }: Played): Violation[] {
	return world.journal.broken
		.filter(({ message }) => BUG.test(message))
		.map(({ workflow, node, message }) => ({ rule: 'no bugs', words: `${workflow}, ${node}: ${message}` }));
}
