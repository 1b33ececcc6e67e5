import { defaultExpectation, type Expectations } from '../engine/expectations/expectations';
import { projectSegment, projectVideo } from '../engine/video/derive';
import { isVideoEnded } from '../engine/video/transitions';
import type { JobFacts } from '../engine/video/types';
import { ok, refuse, type Refusal, type Result } from '../engine/result';
import { LINGER_MS } from './airtable/constants';
import type { Fields, RecordStore, TrackerClock, WriteChain, WriteOptions, WrittenRecord } from './airtable/types';
import { createBatchLoader } from './batchLoader';
import { VIDEOS_PER_LIST } from './constants';
import { jobToFields, segmentProjectionToFields, TABLES, videoProjectionToFields } from './rows';
import { readSegments, readVideos, shownIn, type VideoEntry } from './videoRows';

export type { VideoEntry } from './videoRows';

/** Ended videos kept in memory; those that are under way always are. */
const ENDED_VIDEOS_KEPT = 100;

/** A write on its way; resolves when it is durable. */
export type Durable = Promise<Result<WrittenRecord>>;

/** How the jobs of a video come to their rows. */
interface Ledger {
	/** Writes that are under way. */
	open: Set<Durable>;
	/** A job may be written as it is only where those before it were. */
	chain: WriteChain;
	/** The end of the latest wait for what was open. */
	turn: Promise<Array<Result<WrittenRecord>>>;
}

/** What keeps the memories of several processes together. */
export interface VideoSharing {
	/** Brings a video in memory up to what other processes made of it, and leaves it as it is under its own lock. */
	refresh(videoId: string): Promise<Result<void>>;
	/**
	 * Sends a write as soon as what it belongs to is shared; refused where that can't be any more. One that fails makes
	 * everybody read the rows again.
	 */
	write(videoId: string, row: string, send: () => Durable): Durable;
}

/** The rows of videos, in memory and in Airtable. Jobs is the ledger; Videos and Segments are projections of it. */
export class VideoCache {
	private readonly entries = new Map<string, VideoEntry>();

	private readonly expected = new Set<string>();

	private readonly ledgers = new WeakMap<VideoEntry, Ledger>();

	private readonly readVideo = createBatchLoader(async (videoIds) => await this.readMissing(videoIds), VIDEOS_PER_LIST);

	/** Set where several processes work on the same videos. */
	sharing?: VideoSharing;

	/** How long steps take, for the progress that people see. */
	usual: Expectations = defaultExpectation;

	constructor(
		private readonly store: RecordStore,
		private readonly clock: TrackerClock,
	) {}

	/** Puts a video that was just created into memory. */
	putNew(entry: VideoEntry): void {
		this.add(entry);
		this.expected.delete(entry.snapshot.video.videoId);
		this.evict();
	}

	/** Adds what was read or made outside of the video's lock. Who came first may have gone on from it: theirs stays. */
	private add(entry: VideoEntry): void {
		const { videoId } = entry.snapshot.video;
		if (!this.entries.has(videoId)) this.entries.set(videoId, entry);
	}

	/** Puts a video into memory, in place of what memory has of it. */
	put(entry: VideoEntry): void {
		this.entries.set(entry.snapshot.video.videoId, entry);
		this.expected.delete(entry.snapshot.video.videoId);
		this.evict();
	}

	/** Forgets a video, for instance because a write of it failed: the rows are read again on the next use. */
	drop(videoId: string): void {
		this.entries.delete(videoId);
	}

	/** Forgets a video whose memory is older than its rows; the next tick looks after it. */
	reread(videoId: string): void {
		this.drop(videoId);
		this.expect(videoId);
	}

	/** A video in memory, as it is there. */
	peek(videoId: string): VideoEntry | undefined {
		return this.entries.get(videoId);
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
	isActive(entry: VideoEntry): boolean {
		return !isVideoEnded(entry.snapshot.video.status) || entry.snapshot.jobs.some((job) => job.status === 'processing');
	}

	/** Forgets the ended videos that came first, but for those that somebody has just asked for. */
	private evict(kept = new Set<string>()): void {
		if (this.entries.size <= ENDED_VIDEOS_KEPT) return;
		const ended = [...this.entries.entries()].filter(([id, entry]) => !kept.has(id) && !this.isActive(entry));
		for (const [videoId] of ended.slice(0, Math.max(0, ended.length - ENDED_VIDEOS_KEPT))) this.entries.delete(videoId);
	}

	/** Notes a video that belongs into memory: it is read on the next use, and {@link unread} names it until then. */
	expect(videoId: string): void {
		if (!this.entries.has(videoId)) this.expected.add(videoId);
	}

	/** The videos that belong into memory and are not there. */
	unread(): string[] {
		return [...this.expected];
	}

	/** True where the video is in memory. */
	has(videoId: string): boolean {
		return this.entries.has(videoId);
	}

	/** A video from memory or, failing that, from its rows; videos that are asked for together are read together. */
	async load(videoId: string): Promise<Result<VideoEntry>> {
		const refreshed = await this.sharing?.refresh(videoId);
		if (refreshed && !refreshed.ok) return refreshed;
		const known = this.entries.get(videoId);
		if (known) return ok(known);
		const read = await this.readVideo(videoId);
		if (!read.ok) return read;
		const entry = this.entries.get(videoId);
		return entry ? ok(entry) : refuse('not_found', `There is no video "${videoId}" in the tracker.`, 'videoId');
	}

	private async readMissing(videoIds: string[]): Promise<Result<void>> {
		const missing = videoIds.filter((videoId) => !this.entries.has(videoId));
		const read = await readVideos(this.store, missing, this.clock.now());
		if (!read.ok) return read;
		for (const entry of read.value) this.add(entry);
		for (const videoId of videoIds) this.expected.delete(videoId);
		this.evict(new Set(videoIds));
		return ok(undefined);
	}

	/** Reads the Segments rows of videos that wait for people, past the memory; together in few requests. */
	async refreshSegments(entries: VideoEntry[]): Promise<Result<void>> {
		const fresh = await readSegments(
			this.store,
			entries.map((entry) => entry.snapshot.video.videoId),
		);
		if (!fresh.ok) return fresh;
		const clips = new Map(fresh.value.map((segment) => [segment.segmentId, segment.clip]));
		for (const entry of entries) {
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
		const { open, chain } = this.ledgerOf(entry);
		const fields = jobToFields(job, this.clock.now());
		const written = this.update(entry, TABLES.jobs, recordId, job.jobKey, fields, { chain });
		open.add(written);
		void written.finally(() => open.delete(written));
		return written;
	}

	private ledgerOf(entry: VideoEntry): Ledger {
		const ledger = this.ledgers.get(entry) ?? {
			open: new Set(),
			chain: { isBroken: false },
			turn: Promise.resolve([]),
		};
		this.ledgers.set(entry, ledger);
		return ledger;
	}

	/**
	 * What people see follows from the ledger: it is sent once the jobs that were changed before it are durable, each in
	 * its turn. So no process that ends in between leaves a video that is further than its jobs.
	 *
	 * @returns resolves when its turn has come; with a refusal where a job could not be written
	 */
	private afterJobs(entry: VideoEntry): Promise<Refusal | undefined> {
		const ledger = this.ledgerOf(entry);
		const open = [...ledger.open];
		ledger.turn = ledger.turn.then(async () => await Promise.all(open));
		return ledger.turn.then((results) => results.find((result) => !result.ok));
	}

	/** Writes a row once more as it is in memory, because nobody knows what it shows. */
	rewrite(entry: VideoEntry, row: string): Durable[] {
		const job = entry.snapshot.jobs.find(({ jobKey }) => jobKey === row);
		if (job) return [this.writeJob(entry, job)];
		entry.written.delete(row);
		return this.writeProjections(entry);
	}

	private update(
		entry: VideoEntry,
		table: string,
		recordId: string,
		row: string,
		fields: Fields,
		{ turn, ...options }: WriteOptions & { turn?: Promise<Refusal | undefined> } = {},
	): Durable {
		const send = async () => (await turn) ?? (await this.store.update(table, recordId, fields, options));
		const { videoId } = entry.snapshot.video;
		return this.guard(entry, this.sharing ? this.sharing.write(videoId, row, send) : send());
	}

	/**
	 * Rewrites what people see of a video, where it differs from what was written last. Nobody waits for it, so it may
	 * share a request with what comes next; it is made anew with every advance. Only the end of a video is awaited,
	 * and where it leaves its end.
	 */
	writeProjections(entry: VideoEntry, isReopened = false): Durable[] {
		const { snapshot } = entry;
		for (const segment of snapshot.segments) {
			const recordId = entry.segmentRecordIds.get(segment.order);
			const fields = segmentProjectionToFields(projectSegment(snapshot, segment));
			if (recordId !== undefined) void this.writeIfChanged(entry, TABLES.segments, recordId, fields, LINGER_MS);
		}
		const isAwaited = isReopened || isVideoEnded(snapshot.video.status);
		const fields = videoProjectionToFields(projectVideo(snapshot, this.usual));
		const write = this.writeIfChanged(entry, TABLES.videos, entry.videoRecordId, fields, isAwaited ? 0 : LINGER_MS);
		return isAwaited && write ? [write] : [];
	}

	private writeIfChanged(
		entry: VideoEntry,
		table: string,
		recordId: string,
		fields: Fields,
		mayWaitMs: number,
	): Durable | undefined {
		const before: Fields = JSON.parse(entry.written.get(recordId) ?? '{}');
		// A cell that was never written is empty: an empty value for it is no change.
		const isChanged = ([name, value]: [string, unknown]) =>
			JSON.stringify(value) !== JSON.stringify(before[name] ?? (Array.isArray(value) ? [] : null));
		const changed = Object.fromEntries(Object.entries(fields).filter(isChanged));
		if (Object.keys(changed).length === 0) return undefined;
		entry.written.set(recordId, JSON.stringify(fields));
		const stamped = { ...changed, updated_at: new Date(this.clock.now()).toISOString() };
		return this.update(entry, table, recordId, recordId, stamped, { mayWaitMs, turn: this.afterJobs(entry) });
	}

	/**
	 * A write that failed leaves memory and rows apart: the next use reads the rows again. One that put refused values
	 * into the note counts as what the row shows, so that the next projection writes them and the note together.
	 */
	private async guard(entry: VideoEntry, write: Durable): Durable {
		const result = await write;
		const { videoId } = entry.snapshot.video;
		if (!result.ok) {
			this.reread(videoId);
		} else if (result.value.movedToNote && entry.written.has(result.value.id)) {
			entry.written.set(result.value.id, shownIn(result.value));
		}
		return result;
	}
}
