import { shortHash } from '../engine/hash';
import { ok, type Result } from '../engine/result';
import { adoptResult, claimJob, submitJob, type ClaimInfo } from '../engine/video/lifecycle';
import { videoIdOf, workOf } from '../engine/video/graph';
import { planVideo, type Plan, type PlannedClaim } from '../engine/video/planner';
import { isVideoEnded } from '../engine/video/transitions';
import type { JobFacts } from '../engine/video/types';
import { admit, waitingWords } from './admission';
import { noteSuccess } from './breaker';
import { reserveSpending } from './budget';
import { SEGMENTS_FRESH_MS } from './constants';
import { allDurable, settleVideo, type TrackerContext } from './context';
import { expectations } from './expectations';
import { abandonAttempt, estimateClaim, forgetCall, reserveCall, withdrawCall } from './paidCalls';
import { withReusable } from './reuse';
import type { ClaimedStep } from './types';
import type { Durable, VideoEntry } from './videoCache';

function claimRef(claim: PlannedClaim) {
	return { jobKey: claim.job.jobKey, attempt: claim.attempt, h: shortHash(claim.work.inputHash) };
}

function claimRefOf({ jobKey, attempt, h }: ClaimedStep) {
	return { jobKey, attempt, h };
}

function toStep(videoId: string, { job, attempt, work }: PlannedClaim): ClaimedStep {
	const { jobKey, jobId, step, order } = job;
	const { service, inputHash, objectKey, contentType, input } = work;
	return {
		videoId,
		jobKey,
		jobId,
		step,
		order,
		service,
		attempt,
		inputHash,
		h: shortHash(inputHash),
		objectKey,
		contentType,
		input,
	};
}

/** A person's clip is looked for past the memory whenever it could change what happens next, or a person asks. */
function needsFreshClips(entry: VideoEntry, plan: Plan, nowMs: number): boolean {
	if (entry.segmentsReadAtMs === 0) return true;
	const usesClip = plan.claims.some(({ job }) => job.step === 'combine' || job.step === 'background');
	const isWaiting = plan.waitingForClip.length > 0 && entry.snapshot.video.options.background.source === 'user';
	return (usesClip || isWaiting) && nowMs - entry.segmentsReadAtMs > SEGMENTS_FRESH_MS;
}

/** Adoptions open the way to further steps: plan until nothing is left to adopt. */
function adoptAll(context: TrackerContext, entry: VideoEntry): { plan: Plan; writes: Durable[] } {
	const writes: Durable[] = [];
	for (;;) {
		const plan = planVideo(entry.snapshot, context.clock.now());
		if (plan.adoptions.length === 0) return { plan, writes };
		for (const adoption of plan.adoptions) {
			writes.push(context.cache.writeJob(entry, adoptResult(adoption, context.clock.now())));
		}
	}
}

/** The job as its claim leaves it. A call that is under way for something else (a swapped clip) is given up. */
function claimOne(
	context: TrackerContext,
	entry: VideoEntry,
	claim: PlannedClaim,
	info: Omit<ClaimInfo, 'estimatedCostUsd'>,
): JobFacts {
	const estimatedCostUsd = estimateClaim(context, entry.snapshot, claim)?.usd;
	const job = abandonAttempt(context, claim.job);
	return claimJob(entry.snapshot, { ...claim, job }, { ...info, estimatedCostUsd });
}

interface Claimed {
	steps: ClaimedStep[];
	/** Steps that could start as well, beyond the limit. */
	left: number;
	/** Their input hashes. */
	ahead: string[];
	writes: Durable[];
	release: () => void;
	/** For a step that another process has taken over. */
	forget: (jobKey: string) => void;
}

async function claimUnderLock(context: TrackerContext, videoId: string, limit: number): Promise<Result<Claimed>> {
	const loaded = await context.cache.load(videoId);
	if (!loaded.ok) return loaded;
	const entry = loaded.value;
	const nothing = { steps: [], left: 0, ahead: [], writes: [], release: () => {}, forget: () => {} };
	if (isVideoEnded(entry.snapshot.video.status)) return ok(nothing);

	let { plan, writes } = adoptAll(context, entry);
	if (needsFreshClips(entry, plan, context.clock.now())) {
		const refreshed = await context.cache.refreshSegments([entry]);
		if (!refreshed.ok) return refreshed;
		const again = adoptAll(context, entry);
		plan = again.plan;
		writes = [...writes, ...again.writes];
	}

	const { tickS } = context.settings;
	const info = { nowMs: context.clock.now(), holder: context.holderId, tickS, expect: expectations(context) };
	const { admitted, held } = await admit(context, plan.claims, true);
	const wanted = admitted.slice(0, limit);
	const taken = await Promise.all(wanted.map(async (claim) => await context.claims.take(claimRef(claim), info.nowMs)));
	// Somebody has claimed what memory takes for open, so the rows know more: to wait here would be to wait for ever.
	if (wanted.length > 0 && !taken.includes(true)) context.cache.reread(videoId);
	const { reserved: mine, held: overdrawn } = await reserveSpending(
		context,
		wanted.filter((_claim, index) => taken[index]),
	);
	for (const { claim } of overdrawn) context.claims.release(claimRef(claim));
	const jobs = mine.map((claim) => claimOne(context, entry, claim, info));
	for (const job of jobs) writes.push(context.cache.writeJob(entry, job));
	// Written down before the call may be made: both rows are durable, or the step is not handed out.
	for (const job of jobs) writes.push(...reserveCall(context, job));
	writes.push(...settleVideo(context, entry, { words: waitingWords([...held, ...overdrawn]) }));
	return ok({
		steps: mine.map((claim) => toStep(videoId, claim)),
		left: admitted.length - wanted.length,
		ahead: admitted.slice(limit).map(({ work }) => work.inputHash),
		writes,
		release: () => {
			mine.forEach((claim) => context.claims.release(claimRef(claim)));
			jobs.forEach((job) => withdrawCall(context, job));
		},
		forget: (jobKey) => jobs.filter((job) => job.jobKey === jobKey).forEach((job) => forgetCall(context, job)),
	});
}

/** Steps that were claimed, and how many more could have been. */
export interface ClaimedSome {
	steps: ClaimedStep[];
	left: number;
}

/**
 * Claims the steps of a video that may start now, at most `limit`. When this resolves, each claim is recorded durably:
 * only then may its paid call be made.
 */
export async function claimSome(
	context: TrackerContext,
	videoId: string,
	limit = Infinity,
): Promise<Result<ClaimedSome>> {
	let taken: Claimed | undefined;
	const claimed = await context.locks.run(videoId, async () => {
		const result = await claimUnderLock(context, videoId, limit);
		if (result.ok) taken = result.value;
		return result;
	});
	if (!claimed.ok) {
		taken?.release();
		return claimed;
	}
	const { left, ahead, forget } = claimed.value;
	const [durable, steps] = await Promise.all([
		allDurable(claimed.value.writes),
		withReusable(context, claimed.value.steps, ahead),
	]);
	if (!durable.ok) {
		claimed.value.release();
		return durable;
	}
	// The last question before paid calls: a process that stood still may have lost its claims to another one.
	const confirmed = await Promise.all(steps.map(async (step) => await context.claims.confirm(claimRefOf(step))));
	steps.forEach((step, index) => {
		if (!confirmed[index]) forget(step.jobKey);
	});
	return ok({ steps: steps.filter((_step, index) => confirmed[index]), left });
}

/** Claims every step of a video that may start now; see {@link claimSome}. */
export async function claimReadySteps(context: TrackerContext, videoId: string): Promise<Result<ClaimedStep[]>> {
	const claimed = await claimSome(context, videoId);
	return claimed.ok ? ok(claimed.value.steps) : claimed;
}

export interface SubmissionNote {
	jobKey: string;
	attempt: number;
	externalId: string;
	queueId?: string;
}

/** Notes that a provider accepted a job; a no-op when the job has gone on in the meantime. */
export async function markSubmitted(
	context: TrackerContext,
	note: SubmissionNote,
): Promise<Result<{ noted: boolean }>> {
	const videoId = videoIdOf(note.jobKey);
	const written = await context.locks.run(videoId, async (): Promise<Result<Durable | undefined>> => {
		const loaded = await context.cache.load(videoId);
		if (!loaded.ok) return loaded;
		const entry = loaded.value;
		const job = entry.snapshot.jobs.find((candidate) => candidate.jobKey === note.jobKey);
		const { tickS } = context.settings;
		const info = { ...note, nowMs: context.clock.now(), tickS, expect: expectations(context) };
		const changed = job && submitJob(entry.snapshot, job, info);
		const service = changed && workOf(entry.snapshot, changed)?.service;
		if (service) noteSuccess(context, service);
		return ok(changed && context.cache.writeJob(entry, changed));
	});
	if (!written.ok) return written;
	const durable = await allDurable(written.value ? [written.value] : []);
	return durable.ok ? ok({ noted: written.value !== undefined }) : durable;
}
