import type { Failure } from '../engine/events';
import { DEADLINE_EXTENDED_MAX_S } from '../engine/video/constants';
import { hashOf } from '../engine/video/graph';
import type { JobFacts } from '../engine/video/types';
import { expectationOf } from '../engine/video/progress';
import { GONE_STRIKES_NEEDED, MS_PER_S } from './constants';
import type { TrackerContext } from './context';
import { expectations } from './expectations';
import { noteFinding } from './looks';
import { clearStrikes, isAbandoned, isOvertaken, strike } from './strikes';
import type { JobNews, MatchedNews } from './types';
import type { VideoEntry } from './videoCache';

/** What to do with a piece of news, and why. */
export type Judgement = Pick<MatchedNews, 'verdict' | 'reason' | 'failure'>;

const WAITING: Judgement = { verdict: 'ignore', reason: 'waiting' };

function lost(message: string): Judgement {
	// "unknown": a lost job may have been paid for, so the next attempt counts as paid again.
	const failure: Failure = { class: 'lost', message, began: 'unknown', retryable: true };
	return { verdict: 'failed', reason: 'lost', failure };
}

function overdue(job: JobFacts, words: string): Judgement {
	const failure: Failure = {
		class: 'timeout',
		message: `No result within the deadline of attempt ${job.attempt}; ${words}.`,
		began: 'unknown',
		retryable: true,
	};
	return { verdict: 'failed', reason: 'timeout', failure };
}

/** A row without the time of its claim counts as one of long ago. */
function secondsSinceClaim(job: JobFacts, nowMs: number): number {
	return (nowMs - (job.claimedAtMs ?? 0)) / MS_PER_S;
}

/** While a job stands in a living queue in which nothing later has ended, its deadline moves on, up to a bound. */
function isBeyondExtension(job: JobFacts, nowMs: number): boolean {
	return secondsSinceClaim(job, nowMs) > DEADLINE_EXTENDED_MAX_S;
}

function judgeQueued(context: TrackerContext, job: JobFacts, nowMs: number, isOverdue: boolean): Judgement {
	if (isOvertaken(context, job)) {
		const count = strike(context, job, 'overtaken');
		return count >= GONE_STRIKES_NEEDED
			? lost('The toolkit has finished later jobs of the same queue, but not this one.')
			: WAITING;
	}
	clearStrikes(context, job);
	if (!isOverdue) return WAITING;
	if (isAbandoned(context, job)) return overdue(job, 'its queue is gone, the toolkit seems to have been restarted');
	if (job.queueId !== undefined && !isBeyondExtension(job, nowMs)) return { verdict: 'ignore', reason: 'queued' };
	return overdue(job, 'it still waits in the queue of its service');
}

function judgeAbsent(context: TrackerContext, { snapshot }: VideoEntry, job: JobFacts, nowMs: number): Judgement {
	const isUnknownCreate = (job.step === 'music' || job.step === 'background') && job.externalId === undefined;
	// A create call of GoAPI whose answer was lost may still call back; paying again before that is too early.
	const slowestS = expectationOf(snapshot, job, expectations(context)).p99S;
	if (isUnknownCreate && secondsSinceClaim(job, nowMs) < slowestS) return WAITING;
	clearStrikes(context, job);
	return lost('The process that made this call has ended, and no result of it was found.');
}

/**
 * Decides on a finding of the recovery flow that is no result. Slow is told from gone: "can't tell" is never a failure
 * before the deadline, and at the deadline every finding but a queue that moves ends the attempt.
 */
export function judgeEvidence(context: TrackerContext, entry: VideoEntry, news: JobNews): Judgement {
	const job = entry.snapshot.jobs.find((candidate) => candidate.jobKey === news.jobKey);
	if (!job) return { verdict: 'ignore', reason: 'unknown_job' };
	const isCurrent = job.status === 'processing' && job.attempt === news.attempt && hashOf(job) === news.h;
	if (!isCurrent) return { verdict: 'ignore', reason: 'stale' };

	noteFinding(context, job, news.evidence === 'unreachable');
	const nowMs = context.clock.now();
	const isOverdue = nowMs >= (job.deadlineAtMs ?? 0);
	switch (news.evidence) {
		case 'queued':
		case 'running':
			return judgeQueued(context, job, nowMs, isOverdue);
		case 'unknown':
			return strike(context, job, 'unknown') >= GONE_STRIKES_NEEDED
				? lost('The service no longer knows this job.')
				: WAITING;
		case 'absent':
			return judgeAbsent(context, entry, job, nowMs);
		default:
			return isOverdue ? overdue(job, news.failure?.message ?? 'its service does not answer') : WAITING;
	}
}
