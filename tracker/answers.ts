import { videoIdOf } from '../engine/video/graph';
import type { JobFacts } from '../engine/video/types';
import type { Health, ServiceHealth } from './health';
import type { VideoState } from './people';

function iso(ms: number | undefined): string | null {
	return ms === undefined ? null : new Date(ms).toISOString();
}

/** A job as the API tells it: names as in the tables, times in ISO 8601 (UTC), what is not there is null. */
export interface JobAnswer {
	job_id: string;
	job_key: string;
	video_id: string;
	step: string;
	/** Order of the segment, for steps per segment. */
	segment: number | null;
	status: string;
	attempt: number;
	retry_count: number;
	paid_again: number;
	skipped: boolean;
	claimed_at: string | null;
	submitted_at: string | null;
	next_check_at: string | null;
	deadline_at: string | null;
	completed_at: string | null;
	/** Permanent address of the result. */
	output_url: string | null;
	/** Seconds. */
	duration_s: number | null;
	/** US dollars. */
	actual_cost: number | null;
	error_message: string | null;
}

/** A video as the API tells it. */
export interface VideoAnswer {
	video_id: string;
	title: string;
	status: string;
	/** 0 to 100. */
	progress: number;
	/** Seconds until the film is thought to be done; null where it has ended or waits for people. */
	eta_s: number | null;
	/** Why steps are held back, in words for people. */
	waiting_for: string | null;
	/** Orders of the segments that wait for a person's clip. */
	waiting_for_clip: number[];
	/** Seconds. */
	narration_s: number | null;
	/** Permanent address of the film. */
	video_url: string | null;
	/** US dollars. */
	actual_cost: number;
	error_message: string | null;
	completed_at: string | null;
}

export function jobAnswer(job: JobFacts): JobAnswer {
	return {
		job_id: job.jobId,
		job_key: job.jobKey,
		video_id: videoIdOf(job.jobKey),
		step: job.step,
		segment: job.order ?? null,
		status: job.status,
		attempt: job.attempt,
		retry_count: job.retries,
		paid_again: job.paidAgain,
		skipped: job.skipped === true,
		claimed_at: iso(job.claimedAtMs),
		submitted_at: iso(job.submittedAtMs),
		next_check_at: iso(job.nextCheckAtMs),
		deadline_at: iso(job.deadlineAtMs),
		completed_at: iso(job.completedAtMs),
		output_url: job.output?.url ?? null,
		duration_s: job.output?.durationS ?? null,
		actual_cost: job.actualCostUsd ?? null,
		error_message: job.errorMessage ?? null,
	};
}

export function videoAnswer(state: VideoState): VideoAnswer {
	return {
		video_id: state.videoId,
		title: state.title,
		status: state.status,
		progress: state.progress,
		eta_s: state.etaS ?? null,
		waiting_for: state.waitingFor ?? null,
		waiting_for_clip: state.waitingForClip,
		narration_s: state.narrationS ?? null,
		video_url: state.videoUrl ?? null,
		actual_cost: state.actualCostUsd,
		error_message: state.errorMessage ?? null,
		completed_at: iso(state.completedAtMs),
	};
}

/** What anybody may know of how the engine does: no words of providers, nothing of any video. */
export interface HealthAnswer {
	/**
	 * `ok`; `degraded`: something is left alone for a while or refuses; `unknown`: this process has seen no tick of the
	 * recovery flow yet; `down`: the recovery flow has missed its ticks.
	 */
	status: Health['status'] | 'unknown' | 'down';
	recovery: { last_tick_at: string | null; age_s: number | null };
	services: Record<string, { state: ServiceHealth['state']; since: string | null }>;
	active_videos: number;
	held_videos: number;
}

function overallStatus({ status, recovery }: Health): HealthAnswer['status'] {
	if (recovery.isLate) return 'down';
	return status === 'ok' && recovery.lastTickAt === null ? 'unknown' : status;
}

export function healthAnswer(health: Health): HealthAnswer {
	const services = Object.entries(health.services).map(([name, { state, since }]) => [
		name.toLowerCase(),
		{ state, since: since ?? null },
	]);
	return {
		status: overallStatus(health),
		recovery: { last_tick_at: health.recovery.lastTickAt, age_s: health.recovery.ageS },
		services: Object.fromEntries(services) as HealthAnswer['services'],
		active_videos: health.active,
		held_videos: health.held,
	};
}
