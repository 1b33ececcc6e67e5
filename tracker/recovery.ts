import { ok, type Result } from '../engine/result';
import { CLIP_CHECK_INTERVAL_S, SETTLE_HARD_LIMIT_S, SYNC_CALL_HARD_LIMIT_S } from '../engine/video/constants';
import { deriveVideo } from '../engine/video/derive';
import { hashOf, workOf } from '../engine/video/graph';
import { planVideo } from '../engine/video/planner';
import { isVideoEnded } from '../engine/video/transitions';
import type { JobFacts, Step } from '../engine/video/types';
import { admit, waitingWords } from './admission';
import { MS_PER_S, UNTOLD_AFTER_MS } from './constants';
import type { TrackerContext } from './context';
import { noteTick } from './health';
import type { DueItem } from './types';
import type { VideoEntry } from './videoCache';

/** Finds out, once at start and then every quarter of an hour, what is under way that the memory does not know. */
async function scanWhenDue(context: TrackerContext): Promise<Result<void>> {
	const nowMs = context.clock.now();
	const last = context.memory.lastScanMs;
	if (last !== undefined && nowMs - last < context.settings.safetyScanS * MS_PER_S) return ok(undefined);
	const loaded = await context.cache.loadActive();
	if (!loaded.ok) return loaded;
	context.memory.lastScanMs = nowMs;
	return ok(undefined);
}

/** A claim is alive while its holder is, and while its call has not passed its hard limit. */
async function isClaimAlive(context: TrackerContext, job: JobFacts, nowMs: number): Promise<boolean> {
	if (job.holder !== context.holderId) return false;
	const claim = await context.claims.get({ jobKey: job.jobKey, attempt: job.attempt, h: hashOf(job) });
	if (!claim) return false;
	// While it waits for a slot nothing was begun; the deadline of the attempt is its only limit.
	if (claim.phase === 'waiting') return nowMs < (job.deadlineAtMs ?? Infinity);
	const limitS = claim.phase === 'calling' ? SYNC_CALL_HARD_LIMIT_S : SETTLE_HARD_LIMIT_S;
	return nowMs - claim.sinceMs < limitS * MS_PER_S;
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

/** A new due time of a job (a person's "check now") opens a new look. */
function lookKey(job: JobFacts): string {
	return `${job.jobKey}|${job.attempt}|${job.nextCheckAtMs}`;
}

async function dueJob(
	context: TrackerContext,
	entry: VideoEntry,
	job: JobFacts,
	nowMs: number,
): Promise<DueItem | undefined> {
	const { looks } = context.memory;
	if (nowMs < Math.max(job.nextCheckAtMs ?? 0, looks.get(lookKey(job)) ?? 0)) return undefined;
	const look = job.externalId === undefined ? 'spaces' : ASKED_BY_STEP[job.step];
	if (look === 'spaces' && (await isClaimAlive(context, job, nowMs))) return undefined;

	looks.set(lookKey(job), nowMs + context.settings.tickS * MS_PER_S);
	const inputHash = job.inputHash ?? '';
	return {
		look,
		videoId: entry.snapshot.video.videoId,
		jobKey: job.jobKey,
		step: job.step,
		attempt: job.attempt,
		h: hashOf(job),
		inputHash,
		objectKey: workOf(entry.snapshot, job)?.objectKey ?? '',
		externalId: job.externalId ?? null,
		queueId: job.queueId ?? null,
	};
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

function forgetLooks(context: TrackerContext): void {
	const open = new Set(context.cache.active().flatMap((entry) => entry.snapshot.jobs.map(lookKey)));
	for (const key of context.memory.looks.keys()) if (!open.has(key)) context.memory.looks.delete(key);
}

/**
 * Everything that wants a look now, at most one look per job and tick. Costs no request while nothing is under way,
 * but for one scan at start and every quarter of an hour; videos that wait for people cost one request for all of them.
 */
export async function findDue(context: TrackerContext): Promise<Result<DueItem[]>> {
	if (context.memory.isLooking) return ok([]);
	context.memory.isLooking = true;
	try {
		await noteTick(context);
		return await look(context);
	} finally {
		context.memory.isLooking = false;
	}
}

async function look(context: TrackerContext): Promise<Result<DueItem[]>> {
	const scanned = await scanWhenDue(context);
	if (!scanned.ok) return scanned;
	const nowMs = context.clock.now();

	const active = context.cache.active();
	const waitsForPerson = (entry: VideoEntry) =>
		!isVideoEnded(entry.snapshot.video.status) &&
		planVideo(entry.snapshot, nowMs).waitingForClip.length > 0 &&
		nowMs - entry.segmentsReadAtMs >= CLIP_CHECK_INTERVAL_S * MS_PER_S;
	const refreshed = await context.cache.refreshSegments(active.filter(waitsForPerson));
	if (!refreshed.ok) return refreshed;

	const items: DueItem[] = [];
	for (const entry of active) {
		if (await wantsAdvance(context, entry, nowMs))
			items.push({ look: 'advance', videoId: entry.snapshot.video.videoId });
		for (const job of entry.snapshot.jobs) {
			const due = job.status === 'processing' ? await dueJob(context, entry, job, nowMs) : undefined;
			if (due) items.push(due);
		}
	}
	for (const entry of context.cache.all()) {
		const item = untold(entry, nowMs);
		if (item) items.push(item);
	}
	forgetLooks(context);
	return ok(items);
}
