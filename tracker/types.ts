import type { Failure, ProviderEvent, ServiceName } from '../engine/events';
import type { StepWork } from '../engine/video/graph';
import type { SegmentFacts, Step, VideoOptions, VideoStatus } from '../engine/video/types';
import type { ReusableObject } from './reuse';
import type { NoticeKind, NoticeSeverity } from './notices';

/** What a video is made of, as the intake hands it over. */
export interface NewVideoRequest {
	title: string;
	script: string;
	segments: Array<Omit<SegmentFacts, 'segmentId' | 'clip'>>;
	options: VideoOptions;
}

export interface CreatedVideo {
	videoId: string;
	segments: SegmentFacts[];
}

/** One claimed step: everything that its node needs. */
export interface ClaimedStep {
	videoId: string;
	jobKey: string;
	jobId: string;
	step: Step;
	order?: number;
	service: StepWork['service'];
	attempt: number;
	inputHash: string;
	h: string;
	objectKey: string;
	contentType: string;
	input: Record<string, unknown>;
	/** Results of other videos for the same input, to be looked at before anything is called. */
	reuse?: ReusableObject[];
}

/** What the recovery flow found where it looked, when it was no result. */
export type Evidence = 'queued' | 'running' | 'unknown' | 'absent' | 'unreachable';

/** News about a job: a provider's event, a finding of the recovery flow, or a failed call. */
export interface JobNews {
	jobKey: string;
	attempt: number;
	h: string;
	event?: ProviderEvent;
	evidence?: Evidence;
	failure?: Failure;
	/** Who was asked, where a look found no result. */
	service?: ServiceName;
}

export type NewsVerdict = 'take' | 'failed' | 'ignore';

/** What to do with a piece of news. */
export interface MatchedNews {
	verdict: NewsVerdict;
	/** Why: `take`, `duplicate`, `stale`, `settling`, `waiting` … */
	reason: string;
	videoId: string;
	jobKey: string;
	attempt: number;
	h: string;
	step?: Step;
	inputHash?: string;
	objectKey?: string;
	contentType?: string;
	event?: ProviderEvent;
	failure?: Failure;
}

/** What a completed or failed step led to. */
export interface Settlement {
	outcome: 'completed' | 'retry' | 'failed' | 'ignored';
	reason: string;
	videoId: string;
	jobKey: string;
	attempt: number;
	videoStatus?: VideoStatus;
	/** Names the cause of a failure for good, so that people are told once. */
	errorMessage?: string;
	retryAtMs?: number;
}

/** A thing to look into, found by {@link Tracker.findDue}. */
export type DueItem =
	| { look: 'advance'; videoId: string }
	| { look: 'tell'; videoId: string; jobKey: string; attempt: number; errorMessage: string }
	| {
			look: 'alert';
			/** Names the cause. */
			alertKey: string;
			kind: NoticeKind;
			state: 'open' | 'recovered';
			severity: NoticeSeverity;
			/** People are told again when this changes. */
			version: string;
			title: string;
			message: string;
			/** What a person can do. */
			advice: string;
			/** The provider's words. */
			reason: string;
			service: string;
			/** Empty where it concerns no single video. */
			videoId: string;
			jobKey: string;
			step: string;
			attempt: number | null;
	  }
	| {
			look: 'nca' | 'goApi' | 'spaces';
			videoId: string;
			jobKey: string;
			step: Step;
			attempt: number;
			h: string;
			inputHash: string;
			objectKey: string;
			externalId: string | null;
			queueId: string | null;
	  };
