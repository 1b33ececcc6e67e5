import { ok, type Result } from '../engine/result';
import { CLIP_CHECK_INTERVAL_S } from '../engine/video/constants';
import { deriveVideo } from '../engine/video/derive';
import { hashOf, videoIdOf, workOf } from '../engine/video/graph';
import { planVideo } from '../engine/video/planner';
import { isVideoEnded } from '../engine/video/transitions';
import type { JobFacts, Step, VideoFacts } from '../engine/video/types';
import { admit, waitingWords } from './admission';
import { isClaimAlive } from './claimLife';
import { MS_PER_S, RECENTLY_FAILED_MS, UNTOLD_AFTER_MS } from './constants';
import type { TrackerContext } from './context';
import { resendEvents } from './events';
import { keepExpectations } from './expectations';
import { noteTick } from './health';
import { forgetLooks, isDue, noteLook } from './looks';
import { toAlertItem, untoldNotices } from './notices';
import type { DueItem } from './types';
import type { VideoEntry } from './videoCache';
import { listDueJobs, listOpenVideos } from './videoRows';
import { watch } from './watch';

/** Notes the open videos that memory lacks, so that they are read on their next step. Failed ones are read once. */
function noteUnread(context: TrackerContext, videos: VideoFacts[]): void {
	const { failedSeen } = context.memory;
	const failed = new Set(videos.filter((video) => video.status === 'failed').map((video) => video.videoId));
	for (const videoId of failedSeen) if (!failed.has(videoId)) failedSeen.delete(videoId);
	for (const { videoId } of videos) {
		if (!failedSeen.has(videoId)) context.cache.expect(videoId);
		if (failed.has(videoId)) failedSeen.add(videoId);
	}
}

/**
 * Finds out, once at start and then every quarter of an hour, what is under way that the memory does not know: two
 * requests, or one while nothing is open at all.
 *
 * @returns the due jobs of videos that are not in memory
 */
async function scanWhenDue(context: TrackerContext): Promise<Result<JobFacts[]>> {
	const { store, cache, memory, settings } = context;
	const nowMs = context.clock.now();
	const last = memory.lastScanMs;
	if (last !== undefined && nowMs - last < settings.safetyScanS * MS_PER_S) return ok([]);
	const listJobs = async () => await listDueJobs(store, nowMs, settings.tickS * MS_PER_S);
	const isBusy = last === undefined || cache.active().length > 0;
	const [videos, early] = await Promise.all([
		listOpenVideos(store, nowMs - RECENTLY_FAILED_MS),
		isBusy ? listJobs() : undefined,
	]);
	if (!videos.ok) return videos;
	const jobs = early ?? (videos.value.length > 0 ? await listJobs() : ok([]));
	if (!jobs.ok) return jobs;
	memory.lastScanMs = nowMs;
	noteUnread(
		context,
		videos.value.filter((video) => !cache.has(video.videoId)),
	);
	return ok(jobs.value.filter((job) => !cache.has(videoIdOf(job.jobKey))));
}

/** Who is asked about work that was accepted; what has no receipt can only have left its result in Spaces. */
const ASKED_BY_STEP = {
	voiceover: 'spaces',
	background: 'goApi',
	combine: 'nca',
	concatenate: 'nca',
	music: 'goApi',
	mix: 'nca',
} as const satisfies Record<Step, string>;

function dueItem(job: JobFacts, look: 'nca' | 'goApi' | 'spaces', objectKey: string): DueItem {
	return {
		look,
		videoId: videoIdOf(job.jobKey),
		jobKey: job.jobKey,
		step: job.step,
		attempt: job.attempt,
		h: hashOf(job),
		inputHash: job.inputHash ?? '',
		objectKey,
		externalId: job.externalId ?? null,
		queueId: job.queueId ?? null,
	};
}

async function dueJob(
	context: TrackerContext,
	job: JobFacts,
	nowMs: number,
	objectKeyOf: (job: JobFacts) => string | undefined,
): Promise<DueItem | undefined> {
	if (!isDue(context, job, nowMs)) return undefined;
	const look = job.externalId === undefined ? 'spaces' : ASKED_BY_STEP[job.step];
	if (look === 'spaces' && (await isClaimAlive(context, job, nowMs))) return undefined;
	noteLook(context, job, nowMs);
	return dueItem(job, look, objectKeyOf(job) ?? '');
}

/** Looks at due jobs whose videos are not in memory, by their rows alone. A row that lacks what a look needs is read with its video. */
async function dueRows(context: TrackerContext, jobs: JobFacts[], nowMs: number): Promise<DueItem[]> {
	const items: DueItem[] = [];
	for (const job of jobs) {
		const isWhole = job.inputHash !== undefined && job.attempt > 0 && job.objectKey !== undefined;
		if (!isWhole) {
			context.cache.expect(videoIdOf(job.jobKey));
			continue;
		}
		const item = await dueJob(context, job, nowMs, ({ objectKey }) => objectKey);
		if (item) items.push(item);
	}
	return items;
}

/** Steps may start, or a process ended between the last write of a job and what follows from it for its video. */
async function wantsAdvance(context: TrackerContext, entry: VideoEntry, nowMs: number): Promise<boolean> {
	const { snapshot } = entry;
	const { claims, adoptions, waitingForClip } = planVideo(snapshot, nowMs);
	if (adoptions.length > 0) return true;
	const { admitted, held } = await admit(context, claims);
	// What is held back starts nothing; people are told once what it waits for, and once when that is over.
	if (admitted.length > 0 || waitingWords(held) !== snapshot.video.waitingFor) return true;
	return deriveVideo(snapshot, waitingForClip, nowMs).status !== snapshot.video.status;
}

/**
 * A video that failed and of which nobody was told, because the process ended in between. The usual way, which tells
 * people at once, goes first.
 */
function untold(entry: VideoEntry, nowMs: number): DueItem | undefined {
	const { video, jobs } = entry.snapshot;
	const failed = jobs.find((job) => job.status === 'failed');
	if (video.status !== 'failed' || !failed || jobs.some((job) => job.alertedAtMs !== undefined)) return undefined;
	if (nowMs - (video.completedAtMs ?? nowMs) < UNTOLD_AFTER_MS) return undefined;
	const { jobKey, attempt, errorMessage = 'failed' } = failed;
	return { look: 'tell', videoId: video.videoId, jobKey, attempt, errorMessage };
}

/**
 * Everything that wants a look now, at most one look per job and tick. Costs no request but for a scan at start and
 * every quarter of an hour (two requests and their pages, one while nothing is under way), and one for all videos that
 * wait for people. Videos that are not in memory are read when their first step or finding comes.
 */
export async function findDue(context: TrackerContext): Promise<Result<DueItem[]>> {
	if (context.memory.isLooking) return ok([]);
	context.memory.isLooking = true;
	try {
		await noteTick(context);
		resendEvents(context);
		const looked = await look(context);
		await watch(context);
		const alerts: DueItem[] = untoldNotices(context).map(toAlertItem);
		// Where Airtable refuses, people must hear of it all the same; the refusal itself comes with the next tick.
		if (!looked.ok) return alerts.length > 0 ? ok(alerts) : looked;
		return ok([...looked.value, ...alerts]);
	} finally {
		context.memory.isLooking = false;
	}
}

/** True where a person's clips may have come since the Segments rows were last read. */
function wantsClips({ snapshot, segmentsReadAtMs }: VideoEntry, nowMs: number): boolean {
	return (
		!isVideoEnded(snapshot.video.status) &&
		planVideo(snapshot, nowMs).waitingForClip.length > 0 &&
		nowMs - segmentsReadAtMs >= CLIP_CHECK_INTERVAL_S * MS_PER_S
	);
}

/** What wants a look of one video. */
async function looksAt(context: TrackerContext, entry: VideoEntry, nowMs: number): Promise<DueItem[]> {
	const items: DueItem[] = [];
	if (await wantsAdvance(context, entry, nowMs)) {
		items.push({ look: 'advance', videoId: entry.snapshot.video.videoId });
	}
	for (const job of entry.snapshot.jobs) {
		if (job.status !== 'processing') continue;
		const due = await dueJob(context, job, nowMs, () => workOf(entry.snapshot, job)?.objectKey);
		if (due) items.push(due);
	}
	return items;
}

/** What wants a look of one video now, because a person asked; a tick that is at work changes nothing about it. */
export async function findDueOf(context: TrackerContext, videoId: string): Promise<Result<DueItem[]>> {
	const loaded = await context.cache.load(videoId);
	if (!loaded.ok) return loaded;
	const entry = loaded.value;
	const nowMs = context.clock.now();
	const refreshed = await context.cache.refreshSegments(wantsClips(entry, nowMs) ? [entry] : []);
	return refreshed.ok ? ok(await looksAt(context, entry, nowMs)) : refreshed;
}

async function look(context: TrackerContext): Promise<Result<DueItem[]>> {
	const lastScanMs = context.memory.lastScanMs;
	const scanned = await scanWhenDue(context);
	if (!scanned.ok) return scanned;
	const nowMs = context.clock.now();
	// Not together with a scan: that is to cost two requests and no more.
	if (context.memory.lastScanMs === lastScanMs) await keepExpectations(context);

	const active = context.cache.active();
	const refreshed = await context.cache.refreshSegments(active.filter((entry) => wantsClips(entry, nowMs)));
	if (!refreshed.ok) return refreshed;

	const items = await dueRows(context, scanned.value, nowMs);
	for (const videoId of context.cache.unread()) items.push({ look: 'advance', videoId });
	for (const entry of active) items.push(...(await looksAt(context, entry, nowMs)));
	for (const entry of context.cache.all()) {
		const item = untold(entry, nowMs);
		if (item) items.push(item);
	}
	forgetLooks(context);
	return ok(items);
}
