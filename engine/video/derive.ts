import { defaultExpectation, type Expectations } from '../expectations/expectations';
import { findJob } from './lookup';
import { progressOf } from './progress';
import { nextVideoStatus } from './transitions';
import type { JobFacts, SegmentFacts, Step, VideoFacts, VideoSnapshot, VideoStatus } from './types';

/**
 * True for a job that ended without a result which its video needs. A mix is always needed: one that was skipped only
 * takes the concatenated film as its own.
 */
export function isGivenUp(job: JobFacts): boolean {
	return job.status === 'failed' || (job.status === 'cancelled' && (!job.skipped || job.step === 'mix'));
}

/** A job failed for good: the first one, in time, names the reason of the video. */
function firstFailure(snapshot: VideoSnapshot): JobFacts | undefined {
	return snapshot.jobs
		.filter(isGivenUp)
		.sort((a, b) => (a.completedAtMs ?? Infinity) - (b.completedAtMs ?? Infinity))[0];
}

/**
 * The state of a video by its jobs alone: failed or completed where that is settled, else the first of
 * "a voice is open", "waits for a clip", "a background is open", "the rest".
 *
 * @param waitingForClip orders of the segments that wait for a person
 */
function derivedStatus(snapshot: VideoSnapshot, waitingForClip: number[]): VideoStatus {
	const isOpen = (step: Step) =>
		snapshot.jobs.some((job) => job.step === step && job.status !== 'completed' && !job.skipped);
	if (snapshot.jobs.some(isGivenUp)) return 'failed';
	// A person may have removed the row of the last step: that ends nothing.
	if (snapshot.jobs.some((job) => job.step === 'mix' && job.status === 'completed')) return 'completed';
	if (snapshot.jobs.every((job) => job.attempt === 0)) return 'queued';
	if (isOpen('voiceover')) return 'generating_tts';
	if (waitingForClip.length > 0) return 'searching_video';
	if (isOpen('background')) return 'generating_video';
	return 'processing_video';
}

function outputOf(snapshot: VideoSnapshot, step: Step, order?: number): JobFacts['output'] {
	const job = findJob(snapshot, step, order);
	return job?.status === 'completed' ? job.output : undefined;
}

/** What the Videos row shows, computed from the jobs. */
export interface VideoProjection {
	status: VideoStatus;
	progress: number;
	narrationS?: number;
	videoUrl?: string;
	actualCostUsd: number;
	/** Why steps are held back, for people. */
	waitingFor?: string;
	errorMessage?: string;
	completedAtMs?: number;
}

/** A video taken out of its end: its state follows from its jobs again. */
export function reopened(video: VideoFacts): VideoFacts {
	return { ...video, status: 'queued', errorMessage: undefined, completedAtMs: undefined };
}

/**
 * A video that failed goes on where no job of it is given up any more: the result of the one that had failed came after
 * all. So a process that saw it fail and one that reads the rows anew agree.
 */
export function withoutVoidFailure({ video, jobs }: VideoSnapshot): VideoFacts {
	if (video.status !== 'failed' || jobs.some(isGivenUp)) return video;
	return reopened(video);
}

/** The video's facts after an event: its state, its reason and its end follow from its jobs. */
export function deriveVideo(snapshot: VideoSnapshot, waitingForClip: number[], nowMs: number): VideoFacts {
	const video = withoutVoidFailure(snapshot);
	const status = nextVideoStatus(video.status, derivedStatus(snapshot, waitingForClip));
	if (status === video.status) return video;
	const failure = status === 'failed' ? firstFailure(snapshot) : undefined;
	const isEnded = status === 'completed' || status === 'failed';
	return {
		...video,
		status,
		errorMessage: failure ? `${failure.jobKey}: ${failure.errorMessage ?? failure.status}` : video.errorMessage,
		completedAtMs: isEnded ? nowMs : video.completedAtMs,
	};
}

/** Everything of a video that people see and that follows from its jobs. */
export function projectVideo(snapshot: VideoSnapshot, expect: Expectations = defaultExpectation): VideoProjection {
	const voices = snapshot.jobs.filter((job) => job.step === 'voiceover' && !job.skipped);
	const isSpoken = voices.every((job) => job.status === 'completed');
	return {
		status: snapshot.video.status,
		progress: progressOf(snapshot, expect),
		narrationS: isSpoken ? voices.reduce((sum, job) => sum + (job.output?.durationS ?? 0), 0) : undefined,
		videoUrl: outputOf(snapshot, 'mix')?.url,
		actualCostUsd: snapshot.jobs.reduce((sum, job) => sum + (job.actualCostUsd ?? 0), 0),
		waitingFor: snapshot.video.waitingFor,
		errorMessage: snapshot.video.errorMessage,
		completedAtMs: snapshot.video.completedAtMs,
	};
}

/** What a Segments row shows. */
export interface SegmentProjection {
	voiceUrl?: string;
	voiceS?: number;
	clipUrl?: string;
	clipSource?: 'user' | 'generated';
	clipError?: string;
	combinedUrl?: string;
}

/** Everything of a segment that follows from its jobs. */
export function projectSegment(snapshot: VideoSnapshot, segment: SegmentFacts): SegmentProjection {
	const voice = outputOf(snapshot, 'voiceover', segment.order);
	const background = findJob(snapshot, 'background', segment.order);
	const clip = background?.status === 'completed' ? background.output : undefined;
	return {
		voiceUrl: voice?.url,
		voiceS: voice?.durationS,
		clipUrl: clip?.url,
		clipSource: clip && (segment.clip ? 'user' : 'generated'),
		clipError: background?.status === 'completed' ? undefined : background?.errorMessage,
		combinedUrl: outputOf(snapshot, 'combine', segment.order)?.url,
	};
}
