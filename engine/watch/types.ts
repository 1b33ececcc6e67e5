/** Above these people are told. 0 switches a rule off. */
export interface WatchLimits {
	/** Jobs that are under way for longer than they should. */
	stuckJobs: number;
	/** Jobs that failed for good, in percent of those that ended within the window. */
	failurePercent: number;
	/** Seconds within which 95 of 100 jobs must end. */
	p95S: number;
	/** US dollars a day (UTC). */
	costUsd: number;
	/** Callbacks that are turned away within a minute. */
	rejectedPerMinute: number;
}

/** What is known at a tick. */
export interface WatchFacts {
	/** Keys of the jobs that are stuck. */
	stuck: string[];
	/** Jobs that ended within the window. */
	completed: number;
	failed: number;
	/** Of the completed ones, those that took longer than the limit. */
	slow: number;
	/** US dollars spent today. */
	spentUsd: number;
	/** The UTC day, `yyyy-mm-dd`. */
	day: string;
	/** Callbacks turned away within the last minute. */
	rejected: number;
}

export type WatchKind = 'stuck_jobs' | 'failure_rate' | 'p95' | 'cost' | 'signature_failures';

/** What a rule says at a tick. */
export interface Finding {
	kind: WatchKind;
	severity: 'error' | 'warning';
	/** True while its limit is exceeded. */
	isFiring: boolean;
	/** Changes when people are to be told again: at the limit, then whenever the figure has doubled. */
	version: string;
	/** For people: the figure and the limit. */
	message: string;
}
