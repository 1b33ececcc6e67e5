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
};
