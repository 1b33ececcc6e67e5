/** The steps of a video, in the order in which a person reads them. */
export const STEPS = ['voiceover', 'background', 'combine', 'concatenate', 'music', 'mix'] as const;
export type Step = (typeof STEPS)[number];

export const JOB_STATUSES = ['pending', 'processing', 'completed', 'failed', 'cancelled'] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

export const VIDEO_STATUSES = [
	'queued',
	'generating_tts',
	'transcribing',
	'searching_video',
	'generating_video',
	'processing_video',
	'storyboard_complete',
	'completed',
	'failed',
] as const;
export type VideoStatus = (typeof VIDEO_STATUSES)[number];

export type StepService = 'elevenLabs' | 'spaces' | 'goApi' | 'nca';
export type BackgroundSource = 'user' | 'generated';
export type ClipFit = 'loop' | 'freeze';

/** What belongs to one video; decided at intake and frozen with it. */
export interface VideoOptions {
	voice: {
		voiceId: string;
		modelId: string;
		outputFormat: string;
		languageCode?: string;
		settings: Record<string, number | boolean>;
	};
	background: {
		source: BackgroundSource;
		model: string;
		taskType: string;
		/** Further input of the task; the prompt is added per segment. */
		taskInput: Record<string, unknown>;
		/** Put in front of the segment's text. */
		promptPrefix: string;
	};
	picture: { width: number; height: number; fps: number; fit: ClipFit; preset: string };
	music: {
		prompt: string;
		model: string;
		taskType: string;
		taskInput: Record<string, unknown>;
		/** File extension of what the model makes. */
		extension: string;
		volumeDb: number;
		fadeOutS: number;
	};
	maxAttempts: number;
	deadlineS: number;
}

/** A clip that a person put into the Segments table. */
export interface PersonsClip {
	/** Changes when the person swaps the file. */
	id: string;
	/** Temporary: Airtable's URLs die after about two hours. */
	url: string;
	fileName: string;
	bytes?: number;
}

export interface SegmentFacts {
	segmentId: string;
	order: number;
	text: string;
	startS: number;
	endS: number;
	clip?: PersonsClip;
}

/** A result that is safely in Spaces. */
export interface JobOutput {
	/** Permanent URL. */
	url: string;
	bytes?: number;
	durationS?: number;
}

export interface JobFacts {
	jobKey: string;
	jobId: string;
	step: Step;
	/** Order of the segment for steps per segment. */
	order?: number;
	status: JobStatus;
	/** 0 before the first claim. */
	attempt: number;
	/** 64 hex characters; set by the claim. */
	inputHash?: string;
	/** Where the wanted result belongs in Spaces; set by the claim. */
	objectKey?: string;
	holder?: string;
	externalId?: string;
	queueId?: string;
	claimedAtMs?: number;
	submittedAtMs?: number;
	nextCheckAtMs?: number;
	deadlineAtMs?: number;
	completedAtMs?: number;
	output?: JobOutput;
	/** Failed attempts since the first claim or a person's last retry. */
	retries: number;
	/** How many times the provider was, or may have been, paid for a result that was paid for before. */
	paidAgain: number;
	/** Input hash of the latest result for which the provider was, or may have been, paid. */
	paidHash?: string;
	errorMessage?: string;
	/** When people were told that this job failed for good. */
	alertedAtMs?: number;
	/** What the attempt under way is thought to cost; set by the claim of a paid step. */
	estimatedCostUsd?: number;
	actualCostUsd?: number;
	/** True where a person decided that the video does without this step. */
	skipped?: boolean;
	/** Short lines, newest last. */
	history: string[];
}

export interface VideoFacts {
	videoId: string;
	title: string;
	status: VideoStatus;
	options: VideoOptions;
	errorMessage?: string;
	/** Why steps that could start are held back (a service that fails, a budget that is spent), for people. */
	waitingFor?: string;
	createdAtMs: number;
	completedAtMs?: number;
}

/** Everything that the planner may know of a video. */
export interface VideoSnapshot {
	video: VideoFacts;
	segments: SegmentFacts[];
	jobs: JobFacts[];
}
