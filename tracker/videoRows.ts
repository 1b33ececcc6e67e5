import { isGivenUp, reopened } from '../engine/video/derive';
import { workOf } from '../engine/video/graph';
import type { JobFacts, SegmentFacts, VideoFacts, VideoSnapshot } from '../engine/video/types';
import { isVideoEnded } from '../engine/video/transitions';
import { ok, type Result } from '../engine/result';
import { formulaField, formulaString } from './airtable/formula';
import type { RecordStore, StoredRecord } from './airtable/types';
import { VIDEOS_PER_LIST } from './constants';
import { attachment, jobFromRecord, segmentFromRecord, TABLES, videoFromRecord } from './rows';

/** A video in memory: what the rows say, and where they are. */
export interface VideoEntry {
	snapshot: VideoSnapshot;
	videoRecordId: string;
	segmentRecordIds: Map<number, string>;
	jobRecordIds: Map<string, string>;
	/** The projections as last written, as text, to write only what differs. */
	written: Map<string, string>;
	/** When the Segments rows were last read past this memory. */
	segmentsReadAtMs: number;
	/** What the shared memory of several processes calls this state; absent before it was shared. */
	version?: string;
}

function byCreation(left: StoredRecord, right: StoredRecord): number {
	return left.createdTime.localeCompare(right.createdTime);
}

/** Of duplicate rows of one key the oldest wins; Airtable has no unique keys. */
function oldestByKey<T>(
	records: StoredRecord[],
	read: (record: StoredRecord) => T | undefined,
	keyOf: (item: T) => string,
) {
	const found = new Map<string, { item: T; recordId: string }>();
	for (const record of [...records].sort(byCreation)) {
		const item = read(record);
		if (item !== undefined && !found.has(keyOf(item))) found.set(keyOf(item), { item, recordId: record.id });
	}
	return [...found.values()];
}

/** Rows of several videos in one request. */
function anyVideo(videoIds: string[]): string {
	const equals = videoIds.map((videoId) => `${formulaField('video_id')}=${formulaString(videoId)}`);
	return equals.length === 1 ? equals[0] : `OR(${equals.join(',')})`;
}

/** The rows of these videos in one table; as many requests as keep a formula within Airtable's limits. */
async function listOfVideos(store: RecordStore, table: string, videoIds: string[]): Promise<Result<StoredRecord[]>> {
	const rows: StoredRecord[] = [];
	for (let start = 0; start < videoIds.length; start += VIDEOS_PER_LIST) {
		const filterByFormula = anyVideo(videoIds.slice(start, start + VIDEOS_PER_LIST));
		const listed = await store.list(table, { filterByFormula });
		if (!listed.ok) return listed;
		rows.push(...listed.value);
	}
	return ok(rows);
}

/**
 * What a row shows, in the form in which projections are written. Airtable rewrites attachment URLs to temporary
 * ones of its own, so those cells count as what the text field beside them says.
 */
export function shownIn({ fields }: StoredRecord): string {
	return JSON.stringify({
		...fields,
		'Final Video': attachment(fields.video_url),
		Voiceover: attachment(fields.voice_url),
		Combined: attachment(fields.combined_url),
	});
}

/**
 * A job under way has a hash and an attempt. Where a person emptied them, they follow from the job's inputs; where
 * these are gone as well, nothing can be under way that is still wanted, and the job starts anew.
 */
function mend(snapshot: VideoSnapshot, job: JobFacts): JobFacts {
	if (job.status !== 'processing' || (job.inputHash !== undefined && job.attempt > 0)) return job;
	const work = workOf(snapshot, job);
	if (!work) return { ...job, status: 'pending', nextCheckAtMs: undefined };
	return { ...job, inputHash: job.inputHash ?? work.inputHash, attempt: Math.max(1, job.attempt) };
}

/**
 * A video has ended when its jobs say so. Where its row says it alone (a person edited it, or a process ended in the
 * middle of a person's retry or when a job that had failed got its result after all), its state follows from its jobs again.
 */
function mendVideo(video: VideoFacts, jobs: JobFacts[]): VideoFacts {
	const isMixed = jobs.some((job) => job.step === 'mix' && job.status === 'completed');
	const isDone = video.status === 'completed' && isMixed;
	if (!isVideoEnded(video.status) || jobs.some(isGivenUp) || isDone) return video;
	return reopened(video);
}

function groupByVideo(records: StoredRecord[]): Map<unknown, StoredRecord[]> {
	const groups = new Map<unknown, StoredRecord[]>();
	for (const record of records) {
		const group = groups.get(record.fields.video_id) ?? [];
		group.push(record);
		groups.set(record.fields.video_id, group);
	}
	return groups;
}

/** Videos from their rows; those that are not there or not ready are left out. Three requests and their pages. */
export async function readVideos(store: RecordStore, videoIds: string[], nowMs: number): Promise<Result<VideoEntry[]>> {
	const videoRecords = await listOfVideos(store, TABLES.videos, videoIds);
	if (!videoRecords.ok) return videoRecords;
	const videos = oldestByKey(videoRecords.value, videoFromRecord, (video) => video.videoId);
	if (videos.length === 0) return ok([]);
	const found = videos.map(({ item }) => item.videoId);
	const [segments, jobs] = await Promise.all([
		listOfVideos(store, TABLES.segments, found),
		listOfVideos(store, TABLES.jobs, found),
	]);
	if (!segments.ok) return segments;
	if (!jobs.ok) return jobs;

	const videoRows = groupByVideo(videoRecords.value);
	const segmentRows = groupByVideo(segments.value);
	const jobRows = groupByVideo(jobs.value);
	return ok(
		videos.map(({ item: video, recordId }) => {
			const ofSegments = segmentRows.get(video.videoId) ?? [];
			const segmentItems = oldestByKey(ofSegments, segmentFromRecord, (segment) => segment.segmentId);
			const jobItems = oldestByKey(jobRows.get(video.videoId) ?? [], jobFromRecord, (job) => job.jobKey);
			const read = jobItems.map(({ item }) => item);
			const snapshot: VideoSnapshot = {
				video: mendVideo(video, read),
				segments: segmentItems.map(({ item }) => item).sort((a, b) => a.order - b.order),
				jobs: read,
			};
			return {
				snapshot: { ...snapshot, jobs: read.map((job) => mend(snapshot, job)) },
				videoRecordId: recordId,
				segmentRecordIds: new Map(segmentItems.map((row) => [row.item.order, row.recordId])),
				jobRecordIds: new Map(jobItems.map((row) => [row.item.jobKey, row.recordId])),
				written: new Map(
					[...(videoRows.get(video.videoId) ?? []), ...ofSegments].map((record) => [record.id, shownIn(record)]),
				),
				segmentsReadAtMs: nowMs,
			};
		}),
	);
}

/** The segments of these videos as their rows say now, for clips that people put there. */
export async function readSegments(store: RecordStore, videoIds: string[]): Promise<Result<SegmentFacts[]>> {
	const rows = await listOfVideos(store, TABLES.segments, videoIds);
	if (!rows.ok) return rows;
	return ok(rows.value.map(segmentFromRecord).filter((segment): segment is SegmentFacts => segment !== undefined));
}

/** What {@link listOpenVideos} and {@link listDueJobs} read; the long columns stay where they are. */
const VIDEO_FIELDS = ['video_id', 'title', 'status', 'ready', 'options', 'error_message', 'created_at', 'completed_at'];
const JOB_FIELDS = [
	'job_key',
	'status',
	'attempt',
	'input_hash',
	'object_key',
	'holder',
	'external_id',
	'queue_id',
	'claimed_at',
	'submitted_at',
	'next_check_at',
	'deadline_at',
	'error_message',
];

function time(ms: number): string {
	return `DATETIME_PARSE(${formulaString(new Date(ms).toISOString())})`;
}

/**
 * Every video that is under way or failed since a moment; one request and its pages. Without segments and jobs.
 *
 * @param failedSinceMs of those that failed, the ones that failed after this
 */
export async function listOpenVideos(store: RecordStore, failedSinceMs: number): Promise<Result<VideoFacts[]>> {
	const status = formulaField('status');
	const endedAt = formulaField('completed_at');
	// An empty date can't be compared, so the comparison is reached only where there is one.
	const failedLately = `IF(${endedAt},IS_AFTER(${endedAt},${time(failedSinceMs)}),0)`;
	const open = `AND(${formulaField('ready')},${status}!='completed',OR(${status}!='failed',${failedLately}))`;
	const rows = await store.list(TABLES.videos, { filterByFormula: open, fields: VIDEO_FIELDS });
	if (!rows.ok) return rows;
	const videos = oldestByKey(rows.value, videoFromRecord, (video) => video.videoId).map(({ item }) => item);
	return ok(videos.filter((video) => video.status !== 'completed'));
}

/**
 * Jobs under way whose time has come; one request and its pages, however many rows the table has. Also those whose
 * time a person emptied, or set further ahead than we ever do.
 *
 * @param tickMs how far ahead a due time may lie
 */
export async function listDueJobs(store: RecordStore, nowMs: number, tickMs: number): Promise<Result<JobFacts[]>> {
	const next = formulaField('next_check_at');
	const isFarAhead = `IS_AFTER(${next},${time(nowMs + tickMs)})`;
	const isDue = `IF(${next},OR(IS_BEFORE(${next},${time(nowMs + 1)}),${isFarAhead}),1)`;
	const filterByFormula = `AND(${formulaField('status')}='processing',${isDue})`;
	const rows = await store.list(TABLES.jobs, { filterByFormula, fields: JOB_FIELDS });
	if (!rows.ok) return rows;
	const jobs = oldestByKey(rows.value, jobFromRecord, (job) => job.jobKey).map(({ item }) => item);
	return ok(jobs.filter((job) => job.status === 'processing'));
}
