import { ok, refuse, type Result } from '../result';
import type { JobStatus, VideoStatus } from './types';

/** Why a job changes its state; a person's acts are apart, since only they may go back. */
export type JobCause =
	'claim' | 'complete' | 'retry_later' | 'fail' | 'cancel' | 'person_retry' | 'person_skip' | 'adopt';

/** The one table of job transitions: from → cause → to. What is not here is illegal. */
const JOB_TRANSITIONS: Record<JobStatus, Partial<Record<JobCause, JobStatus>>> = {
	pending: {
		claim: 'processing',
		complete: 'completed',
		adopt: 'completed',
		fail: 'failed',
		cancel: 'cancelled',
		person_retry: 'pending',
		person_skip: 'cancelled',
	},
	processing: {
		claim: 'processing',
		complete: 'completed',
		retry_later: 'pending',
		fail: 'failed',
		cancel: 'cancelled',
		person_retry: 'pending',
		person_skip: 'cancelled',
	},
	completed: { person_retry: 'pending', person_skip: 'cancelled' },
	// A result that arrives after all was given up is still a result: the video goes on with it.
	failed: { complete: 'completed', cancel: 'cancelled', person_retry: 'pending', person_skip: 'cancelled' },
	cancelled: { person_retry: 'pending', person_skip: 'cancelled' },
};

/** The state that a job takes, or a refusal with code `illegal_transition`. */
export function nextJobStatus(from: JobStatus, cause: JobCause): Result<JobStatus> {
	const to = JOB_TRANSITIONS[from][cause];
	if (to === undefined)
		return refuse('illegal_transition', `A job that is ${from} can't be changed by "${cause}".`, 'status');
	return ok(to);
}

/** How far a video has come; a derived state of lower rank never replaces a higher one. */
const VIDEO_RANK: Record<VideoStatus, number> = {
	queued: 0,
	generating_tts: 1,
	transcribing: 2,
	searching_video: 3,
	generating_video: 4,
	processing_video: 5,
	storyboard_complete: 6,
	completed: 7,
	failed: 7,
};

export function isVideoEnded(status: VideoStatus): boolean {
	return status === 'completed' || status === 'failed';
}

/** The state that a video shows next: it never goes back by itself, and one whose end holds stays ended. */
export function nextVideoStatus(from: VideoStatus, derived: VideoStatus): VideoStatus {
	if (isVideoEnded(from)) return from;
	return VIDEO_RANK[derived] >= VIDEO_RANK[from] ? derived : from;
}
