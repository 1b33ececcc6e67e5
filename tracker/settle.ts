import type { CostReport } from '../engine/costs/actual';
import type { CallEnd } from '../engine/costs/calls';
import type { Failure, ProviderEvent } from '../engine/events';
import { ok, refuse, type Result } from '../engine/result';
import { SETTLE_HARD_LIMIT_S } from '../engine/video/constants';
import { hashOf, videoIdOf, workOf } from '../engine/video/graph';
import { completeJob, failJob, isPersonsClip, judgeEvent } from '../engine/video/lifecycle';
import { verifyOutput } from '../engine/video/verify';
import { planVideo } from '../engine/video/planner';
import type { JobFacts } from '../engine/video/types';
import { noteFailedLook, noteFailure, noteSuccess } from './breaker';
import { isClaimAlive } from './claimLife';
import { MS_PER_S } from './constants';
import { allDurable, settleVideo, type TrackerContext } from './context';
import { lostDelivery, rescueOf } from './delivered';
import { judgeEvidence, type Judgement } from './evidence';
import { learn } from './expectations';
import { concludeAttempt, concludeLate, concludeTaken, endOfEvent } from './paidCalls';
import { claimRefOf, noteFinding } from './looks';
import type { JobNews, MatchedNews, Settlement } from './types';
import type { Durable, VideoEntry } from './videoCache';
import { noteEnded } from './watch';

/** Two deliveries of one result must not both copy it: the second finds the settling of the first. */
function settlingRef(jobKey: string, h: string) {
	return { jobKey: `${jobKey}#settling`, attempt: 0, h };
}

async function takeSettling(context: TrackerContext, jobKey: string, h: string): Promise<boolean> {
	const nowMs = context.clock.now();
	const ref = settlingRef(jobKey, h);
	const held = await context.claims.get(ref);
	if (held && nowMs - held.sinceMs > SETTLE_HARD_LIMIT_S * MS_PER_S) context.claims.release(ref);
	return await context.claims.take(ref, nowMs);
}

function jobOf(entry: VideoEntry, jobKey: string): JobFacts | undefined {
	return entry.snapshot.jobs.find((job) => job.jobKey === jobKey);
}

/** A look that failed counts as one failure of the service that was asked, however many jobs it was to tell of. */
function noteSilence(context: TrackerContext, news: JobNews): void {
	if (news.evidence !== 'unreachable' || !news.failure || !news.service) return;
	noteFailedLook(context, news.service, news.failure);
}

/** A result that is not wanted any more may have been paid for all the same. Nobody waits for this. */
function noteLate(context: TrackerContext, entry: VideoEntry, event: ProviderEvent): void {
	const job = jobOf(entry, event.jobKey);
	const changed = job && concludeLate(context, job, event);
	if (!changed) return;
	void context.cache.writeJob(entry, changed);
	settleVideo(context, entry);
}

/** Nothing was found in Spaces, but the call has begun or was accepted while the look was under way. */
async function hasBegunSince(context: TrackerContext, job: JobFacts, { evidence }: JobNews): Promise<boolean> {
	if (evidence !== 'absent') return false;
	return job.externalId !== undefined || (await isClaimAlive(context, job, context.clock.now()));
}

async function judge(context: TrackerContext, entry: VideoEntry, news: JobNews): Promise<Judgement> {
	const job = jobOf(entry, news.jobKey);
	if (!news.event) {
		noteSilence(context, news);
		const judged = judgeEvidence(context, entry, news);
		if (!job || judged.verdict !== 'failed') return judged;
		if (await hasBegunSince(context, job, news)) return { verdict: 'ignore', reason: 'begun_meanwhile' };
		// From here the attempt is given up: a call of it that still waits must not begin.
		context.claims.revoke(claimRefOf(job));
		return judged;
	}
	if (job?.attempt === news.attempt) noteFinding(context, job, false);
	const verdict = judgeEvent(entry.snapshot, news.event);
	if (verdict === 'failed') return { verdict: 'failed', reason: 'failed', failure: news.event.error };
	if (verdict !== 'take') {
		noteLate(context, entry, news.event);
		return { verdict: 'ignore', reason: verdict };
	}
	if (!(await takeSettling(context, news.jobKey, news.h))) return { verdict: 'ignore', reason: 'settling' };
	return { verdict: 'take', reason: 'take' };
}

/** True for news after which nothing more is to be expected of the call. */
function isLastWord({ event }: JobNews): boolean {
	return event === undefined || event.outcome !== 'progress';
}

/**
 * News of a job whose inputs have changed since it was claimed (a person swapped or removed the clip): its result is no
 * longer wanted. Where the planner does not start it anew by itself (its video may have failed), the attempt ends with
 * the last word on it, so that it is not waited for in vain.
 */
function judgeOutdated(context: TrackerContext, entry: VideoEntry, job: JobFacts, news: JobNews): Judgement {
	const stale: Judgement = { verdict: 'ignore', reason: 'stale' };
	if (news.event) noteLate(context, entry, news.event);
	if (!isLastWord(news) || job.status !== 'processing' || job.attempt !== news.attempt) return stale;
	const { claims, adoptions } = planVideo(entry.snapshot, context.clock.now());
	if ([...claims, ...adoptions].some((planned) => planned.job.jobKey === job.jobKey)) return stale;
	const message = 'What this step works on has changed since it began.';
	// "yes": the next attempt makes something else, so nothing is paid for again.
	return { verdict: 'failed', reason: 'outdated', failure: { class: 'lost', message, began: 'yes', retryable: true } };
}

/** Decides on a callback, an answer or a finding: take it, count it as a failure, or ignore it. At most it notes what it cost. */
export async function matchNews(context: TrackerContext, news: JobNews): Promise<Result<MatchedNews>> {
	const videoId = videoIdOf(news.jobKey);
	return await context.locks.run(videoId, async () => {
		const base = { videoId, jobKey: news.jobKey, attempt: news.attempt, h: news.h, event: news.event };
		const loaded = await context.cache.load(videoId);
		if (!loaded.ok) {
			return loaded.code === 'not_found'
				? ok<MatchedNews>({ ...base, verdict: 'ignore', reason: 'unknown_job' })
				: loaded;
		}
		const entry = loaded.value;
		const job = jobOf(entry, news.jobKey);
		const work = job && workOf(entry.snapshot, job);
		const isOutdated = work !== undefined && job?.inputHash !== undefined && work.inputHash !== job.inputHash;
		const judged = isOutdated ? judgeOutdated(context, entry, job, news) : await judge(context, entry, news);
		return ok<MatchedNews>({
			...base,
			...judged,
			step: job?.step,
			inputHash: job?.inputHash,
			objectKey: work?.objectKey,
			contentType: work?.contentType,
		});
	});
}

interface Change {
	settlement: Settlement;
	writes: Durable[];
}

/** Runs a change of one job under the video's lock, and waits outside of it until the change is durable. */
async function changeJob(
	context: TrackerContext,
	jobKey: string,
	change: (entry: VideoEntry, job: JobFacts) => Change | Promise<Change>,
): Promise<Result<Settlement>> {
	const videoId = videoIdOf(jobKey);
	const changed = await context.locks.run(videoId, async (): Promise<Result<Change>> => {
		const loaded = await context.cache.load(videoId);
		if (!loaded.ok) return loaded;
		const job = jobOf(loaded.value, jobKey);
		return job ? ok(await change(loaded.value, job)) : refuse('not_found', `There is no job "${jobKey}".`, 'jobKey');
	});
	if (!changed.ok) return changed;
	const durable = await allDurable(changed.value.writes);
	return durable.ok ? ok(changed.value.settlement) : durable;
}

function applyFailure(
	context: TrackerContext,
	entry: VideoEntry,
	job: JobFacts,
	attempt: number,
	failure: Failure,
	end: CallEnd,
): Change {
	const base = { videoId: entry.snapshot.video.videoId, jobKey: job.jobKey, attempt };
	context.claims.revoke({ jobKey: job.jobKey, attempt, h: hashOf(job) });
	context.claims.release(settlingRef(job.jobKey, hashOf(job)));
	const info = { attempt, failure, nowMs: context.clock.now(), random: context.random };
	const failed = failJob(entry.snapshot, job, info);
	if (!failed) {
		// An attempt that was given up tells what its call has cost; one that had not begun, that it cost nothing.
		const known = end.kind === 'failure' ? concludeAttempt(context, job, attempt, end, false) : job;
		const writes = known === job ? [] : [context.cache.writeJob(entry, known), ...settleVideo(context, entry)];
		return { settlement: { ...base, outcome: 'ignored', reason: 'late_failure' }, writes };
	}
	if (failed.status === 'failed') noteEnded(context, failed);
	const concluded = concludeAttempt(context, failed, attempt, end);
	const writes = [context.cache.writeJob(entry, concluded), ...settleVideo(context, entry)];
	const videoStatus = entry.snapshot.video.status;
	const told = { ...base, videoStatus, reason: failure.class, errorMessage: failed.errorMessage };
	return failed.status === 'failed'
		? { settlement: { ...told, outcome: 'failed' }, writes }
		: { settlement: { ...told, outcome: 'retry', retryAtMs: failed.nextCheckAtMs }, writes };
}

function applyCompletion(context: TrackerContext, entry: VideoEntry, job: JobFacts, event: ProviderEvent): Change {
	const base = { videoId: entry.snapshot.video.videoId, jobKey: job.jobKey, attempt: event.attempt };
	const verdict = judgeEvent(entry.snapshot, event);
	if (verdict !== 'take') {
		noteLate(context, entry, event);
		return {
			settlement: { ...base, outcome: 'ignored', reason: verdict, videoStatus: entry.snapshot.video.status },
			writes: [],
		};
	}
	const [result] = event.outputs;
	const output = { url: result.url, bytes: result.bytes, durationS: result.durationS ?? result.media?.durationS };
	const verified = verifyOutput(entry.snapshot, job, output, result.media);
	if (!verified.ok) {
		// Copying a person's file once more would not change it.
		const retryable = !isPersonsClip(entry.snapshot, job);
		const failure: Failure = { class: 'verification', message: verified.message, began: 'yes', retryable };
		return applyFailure(context, entry, job, job.attempt, failure, endOfEvent(event));
	}
	const nowMs = context.clock.now();
	const completed = completeJob(job, { output, nowMs, externalId: event.externalId });
	if (!completed.ok) return { settlement: { ...base, outcome: 'ignored', reason: completed.code }, writes: [] };
	const concluded = concludeTaken(context, job, completed.value, event);

	noteSuccess(context, event.service);
	noteEnded(context, completed.value);
	context.claims.release({ jobKey: job.jobKey, attempt: job.attempt, h: event.h });
	context.claims.release(settlingRef(job.jobKey, event.h));
	learn(context, entry.snapshot, concluded, event);
	const writes = [context.cache.writeJob(entry, concluded), ...settleVideo(context, entry)];
	const videoStatus = entry.snapshot.video.status;
	return { settlement: { ...base, outcome: 'completed', reason: 'take', videoStatus }, writes };
}

/**
 * Settles a job with a result that is safely in Spaces. The first valid one wins; later ones change nothing.
 * A result that is not what was asked for counts as a failed attempt.
 */
export async function completeStep(context: TrackerContext, event: ProviderEvent): Promise<Result<Settlement>> {
	const output = event.outputs[0];
	if (!output?.persisted) {
		return refuse(
			'not_persisted',
			'Only a result that is stored in Spaces can complete a job. Run Spaces Persist before.',
			'outputs',
		);
	}
	return await changeJob(context, event.jobKey, (entry, job) => applyCompletion(context, entry, job, event));
}

/** Leaves a job as it is, so that the next look brings its result once more; at once where `isUrgent`. */
function keepForLater(context: TrackerContext, entry: VideoEntry, job: JobFacts, isUrgent: boolean): Change {
	const h = hashOf(job);
	context.claims.release(settlingRef(job.jobKey, h));
	const { videoId, status } = entry.snapshot.video;
	const base = { videoId, jobKey: job.jobKey, attempt: job.attempt, videoStatus: status };
	const writes = isUrgent ? [context.cache.writeJob(entry, { ...job, nextCheckAtMs: context.clock.now() })] : [];
	const reason = isUrgent ? 'fresh_url_wanted' : 'kept_for_later';
	return { settlement: { ...base, outcome: 'ignored', reason }, writes };
}

/**
 * Counts a failed attempt: the step is tried again later, or fails for good, and with it the video.
 *
 * @param hasResult true when the provider had delivered and only the storing failed
 * @param report what the service said of the cost
 */
export async function failStep(
	context: TrackerContext,
	jobKey: string,
	attempt: number,
	failure: Failure,
	hasResult = false,
	report: CostReport = {},
): Promise<Result<Settlement>> {
	return await changeJob(context, jobKey, async (entry, job) => {
		if (hasResult) {
			const rescue = await rescueOf(context, job, attempt, failure);
			if (rescue !== 'next_attempt') return keepForLater(context, entry, job, rescue === 'look_now');
			// The provider had delivered: it did not fail, and it was paid.
			const end: CallEnd = { kind: 'result', ...report };
			return applyFailure(context, entry, job, attempt, lostDelivery(failure), end);
		}
		const service = workOf(entry.snapshot, job)?.service;
		if (service) noteFailure(context, service, failure);
		// A person's clip is named by a URL of Airtable's, which dies after two hours: the next attempt reads it anew.
		if (failure.class === 'expired') entry.segmentsReadAtMs = 0;
		return applyFailure(context, entry, job, attempt, failure, { kind: 'failure', failure, ...report });
	});
}
