import {
	COST_LIMIT_USD,
	FAILURE_PERCENT_LIMIT,
	P95_LIMIT_S,
	REJECTED_PER_MINUTE_LIMIT,
	STUCK_JOBS_LIMIT,
} from '../engine/watch/constants';
import { DEADLINE_DEFAULT_S, MAX_ATTEMPTS_DEFAULT, TICK_DEFAULT_S } from '../engine/video/constants';

/** What belongs to the installation; comes from the tracker's credential. */
export interface TrackerSettings {
	/** Seconds between two looks at what is under way. */
	tickS: number;
	/** Seconds an attempt may take. */
	deadlineS: number;
	/** Attempts before a step fails for good. */
	maxAttempts: number;
	/** Seconds between two scans of the tables for what the memory does not know. */
	safetyScanS: number;
	/** Dollars per 1,000 characters of speech, for the cost columns. */
	speechUsdPerThousandCharacters: number;
	/** Dollars of a generated clip and of a piece of music, for estimates; what GoAPI reports counts afterwards. */
	clipUsd: number;
	musicUsd: number;
	/** Dollars per second of NCA work; 0 where the toolkit runs on a machine of one's own. */
	ncaUsdPerSecond: number;
	/** Dollars a day (UTC) after which no new paid step is claimed; 0 for no limit. */
	dailyBudgetUsd: number;
	/** Whether a result with the same input hash may be taken from another video. */
	reuseAcrossVideos: boolean;
	/** What keeps several processes apart: nothing but this process's memory, or Redis. */
	lock: 'process' | 'redis';
	/** Above these people are told; 0 for never. Jobs that are stuck. */
	alertStuckJobs: number;
	/** Jobs that failed for good, in percent of those that ended within an hour. */
	alertFailurePercent: number;
	/** Seconds within which 95 of 100 jobs must end. */
	alertP95S: number;
	/** Dollars a day (UTC). */
	alertCostUsd: number;
	/** Callbacks that are turned away within a minute. */
	alertRejectedPerMinute: number;
}

export const DEFAULT_SETTINGS: TrackerSettings = {
	tickS: TICK_DEFAULT_S,
	deadlineS: DEADLINE_DEFAULT_S,
	maxAttempts: MAX_ATTEMPTS_DEFAULT,
	safetyScanS: 15 * 60,
	speechUsdPerThousandCharacters: 0.3,
	clipUsd: 0.26,
	musicUsd: 0.05,
	ncaUsdPerSecond: 0,
	dailyBudgetUsd: 0,
	reuseAcrossVideos: false,
	lock: 'process',
	alertStuckJobs: STUCK_JOBS_LIMIT,
	alertFailurePercent: FAILURE_PERCENT_LIMIT,
	alertP95S: P95_LIMIT_S,
	alertCostUsd: COST_LIMIT_USD,
	alertRejectedPerMinute: REJECTED_PER_MINUTE_LIMIT,
};
