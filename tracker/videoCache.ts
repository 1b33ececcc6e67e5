import { projectSegment, projectVideo } from '../engine/video/derive';
import { workOf } from '../engine/video/graph';
import { isVideoEnded } from '../engine/video/transitions';
import type { JobFacts, SegmentFacts, VideoSnapshot } from '../engine/video/types';
import { ok, refuse, type Result } from '../engine/result';
import { formulaField, formulaString } from './airtable/formula';
import type { Fields, RecordStore, StoredRecord, TrackerClock, WrittenRecord } from './airtable/types';
import { RECENTLY_FAILED_MS } from './constants';
import {
	attachment,
	jobFromRecord,
	jobToFields,
	segmentFromRecord,
	segmentProjectionToFields,
	TABLES,
	videoFromRecord,
	videoProjectionToFields,
} from './rows';

/** Ended videos kept in memory; those that are under way always are. */
const ENDED_VIDEOS_KEPT = 100;

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
}

/** A write on its way; resolves when it is durable. */
export type Durable = Promise<Result<WrittenRecord>>;

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

function equalsVideo(videoId: string): string {
	return `${formulaField('video_id')}=${formulaString(videoId)}`;
}

/** Rows of several videos in one request. */
function anyVideo(videoIds: string[]): string {
	return videoIds.length === 1 ? equalsVideo(videoIds[0]) : `OR(${videoIds.map(equalsVideo).join(',')})`;
}

/**
 * What a row shows, in the form in which projections are written. Airtable rewrites attachment URLs to temporary
 * ones of its own, so those cells count as what the text field beside them says.
 */
function shownIn({ fields }: StoredRecord): string {
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

/** The rows of videos, in memory and in Airtable. Jobs is the ledger; Videos and Segments are projections of it. */
export class VideoCache {
	private readonly entries = new Map<string, VideoEntry>();

	constructor(
		private readonly store: RecordStore,
		private readonly clock: TrackerClock,
	) {}

	/** Puts a video that was just created into memory. */
	put(entry: VideoEntry): void {
		this.entries.set(entry.snapshot.video.videoId, entry);
		this.evict();
	}

	/** Forgets a video, for instance because a write of it failed: the rows are read again on the next use. */
	drop(videoId: string): void {
		this.entries.delete(videoId);
	}

	/** The videos in memory that are under way. */
	active(): VideoEntry[] {
		return [...this.entries.values()].filter((entry) => this.isActive(entry));
	}

	/** All videos in memory. */
	all(): VideoEntry[] {
		return [...this.entries.values()];
	}

	/** An ended video stays active while something paid is still under way for it. */
	private isActive(entry: VideoEntry): boolean {
		return !isVideoEnded(entry.snapshot.video.status) || entry.snapshot.jobs.some((job) => job.status === 'processing');
	}

	private evict(): void {
		const ended = [...this.entries.entries()].filter(([, entry]) => !this.isActive(entry));
		for (const [videoId] of ended.slice(0, Math.max(0, ended.length - ENDED_VIDEOS_KEPT))) this.entries.delete(videoId);
	}

	/** A video from memory or, failing that, from its rows. Code `not_found` where there is none that is ready. */
	async load(videoId: string): Promise<Result<VideoEntry>> {
		const known = this.entries.get(videoId);
		if (known) return ok(known);

		const videos = await this.store.list(TABLES.videos, { filterByFormula: equalsVideo(videoId) });
		if (!videos.ok) return videos;
		const loaded = await this.loadRows(videos.value);
		if (!loaded.ok) return loaded;
		const entry = this.entries.get(videoId);
		return entry ? ok(entry) : refuse('not_found', `There is no video "${videoId}" in the tracker.`, 'videoId');
	}

	/** Reads every video that is under way or failed lately into memory; three requests and their pages. */
	async loadActive(): Promise<Result<number>> {
		const status = formulaField('status');
		const endedAt = formulaField('completed_at');
		const since = formulaString(new Date(this.clock.now() - RECENTLY_FAILED_MS).toISOString());
		// An empty date can't be compared, so the comparison is reached only where there is one.
		const failedLately = `IF(${endedAt},IS_AFTER(${endedAt},DATETIME_PARSE(${since})),0)`;
		const open = `AND(${formulaField('ready')},${status}!='completed',OR(${status}!='failed',${failedLately}))`;
		const videos = await this.store.list(TABLES.videos, { filterByFormula: open });
		if (!videos.ok) return videos;
		const unknown = videos.value.filter((record) => !this.entries.has(String(record.fields.video_id)));
		return await this.loadRows(unknown);
	}

	private async loadRows(videoRecords: StoredRecord[]): Promise<Result<number>> {
		const videos = oldestByKey(videoRecords, videoFromRecord, (video) => video.videoId);
		if (videos.length === 0) return ok(0);
		const filterByFormula = anyVideo(videos.map(({ item }) => item.videoId));
		const [segments, jobs] = await Promise.all([
			this.store.list(TABLES.segments, { filterByFormula }),
			this.store.list(TABLES.jobs, { filterByFormula }),
		]);
		if (!segments.ok) return segments;
		if (!jobs.ok) return jobs;

		for (const { item: video, recordId } of videos) {
			const ofVideo = (record: StoredRecord) => record.fields.video_id === video.videoId;
			const segmentRows = oldestByKey(
				segments.value.filter(ofVideo),
				segmentFromRecord,
				(segment) => segment.segmentId,
			);
			const jobRows = oldestByKey(jobs.value.filter(ofVideo), jobFromRecord, (job) => job.jobKey);
			const snapshot: VideoSnapshot = {
				video,
				segments: segmentRows.map(({ item }) => item).sort((a, b) => a.order - b.order),
				jobs: jobRows.map(({ item }) => item),
			};
			this.put({
				snapshot: { ...snapshot, jobs: snapshot.jobs.map((job) => mend(snapshot, job)) },
				videoRecordId: recordId,
				segmentRecordIds: new Map(segmentRows.map((row) => [row.item.order, row.recordId])),
				jobRecordIds: new Map(jobRows.map((row) => [row.item.jobKey, row.recordId])),
				written: new Map(
					[...videoRecords, ...segments.value.filter(ofVideo)].map((record) => [record.id, shownIn(record)]),
				),
				segmentsReadAtMs: this.clock.now(),
			});
		}
		return ok(videos.length);
	}

	/** Reads the Segments rows of videos that wait for people, past the memory; one request for all of them. */
	async refreshSegments(entries: VideoEntry[]): Promise<Result<void>> {
		if (entries.length === 0) return ok(undefined);
		const filterByFormula = anyVideo(entries.map((entry) => entry.snapshot.video.videoId));
		const rows = await this.store.list(TABLES.segments, { filterByFormula });
		if (!rows.ok) return rows;
		const fresh = rows.value.map(segmentFromRecord).filter((segment): segment is SegmentFacts => segment !== undefined);
		for (const entry of entries) {
			const clips = new Map(fresh.map((segment) => [segment.segmentId, segment.clip]));
			entry.snapshot.segments = entry.snapshot.segments.map((segment) =>
				clips.has(segment.segmentId) ? { ...segment, clip: clips.get(segment.segmentId) } : segment,
			);
			entry.segmentsReadAtMs = this.clock.now();
		}
		return ok(undefined);
	}

	/** Changes a job in memory and queues its row; the returned promise settles when the row is durable. */
	writeJob(entry: VideoEntry, job: JobFacts): Durable {
		entry.snapshot.jobs = entry.snapshot.jobs.map((other) => (other.jobKey === job.jobKey ? job : other));
		const recordId = entry.jobRecordIds.get(job.jobKey);
		if (recordId === undefined) return Promise.resolve(refuse('not_found', `The job ${job.jobKey} has no row.`));
		return this.guard(entry, this.store.update(TABLES.jobs, recordId, jobToFields(job, this.clock.now())));
	}

	/** Rewrites what people see of a video, where it differs from what was written last. */
	writeProjections(entry: VideoEntry): Durable[] {
		const { snapshot } = entry;
		const segmentWrites = snapshot.segments.map((segment) => {
			const recordId = entry.segmentRecordIds.get(segment.order);
			if (recordId === undefined) return undefined;
			return this.writeIfChanged(
				entry,
				TABLES.segments,
				recordId,
				segmentProjectionToFields(projectSegment(snapshot, segment)),
			);
		});
		const video = this.writeIfChanged(
			entry,
			TABLES.videos,
			entry.videoRecordId,
			videoProjectionToFields(projectVideo(snapshot)),
		);
		return [...segmentWrites, video].filter((write): write is Durable => write !== undefined);
	}

	private writeIfChanged(entry: VideoEntry, table: string, recordId: string, fields: Fields): Durable | undefined {
		const before: Fields = JSON.parse(entry.written.get(recordId) ?? '{}');
		// A cell that was never written is empty: an empty value for it is no change.
		const isChanged = ([name, value]: [string, unknown]) =>
			JSON.stringify(value) !== JSON.stringify(before[name] ?? (Array.isArray(value) ? [] : null));
		const changed = Object.fromEntries(Object.entries(fields).filter(isChanged));
		if (Object.keys(changed).length === 0) return undefined;
		entry.written.set(recordId, JSON.stringify(fields));
		const stamped = { ...changed, updated_at: new Date(this.clock.now()).toISOString() };
		return this.guard(entry, this.store.update(table, recordId, stamped));
	}

	/**
	 * A write that failed leaves memory and rows apart: the next use reads the rows again. One that put refused values
	 * into the note counts as what the row shows, so that the next projection writes them and the note together.
	 */
	private async guard(entry: VideoEntry, write: Durable): Durable {
		const result = await write;
		if (!result.ok) this.drop(entry.snapshot.video.videoId);
		else if (result.value.movedToNote && entry.written.has(result.value.id)) {
			entry.written.set(result.value.id, shownIn(result.value));
		}
		return result;
	}
}
