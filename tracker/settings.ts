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
}

export const DEFAULT_SETTINGS: TrackerSettings = {
	tickS: TICK_DEFAULT_S,
	deadlineS: DEADLINE_DEFAULT_S,
	maxAttempts: MAX_ATTEMPTS_DEFAULT,
	safetyScanS: 15 * 60,
	speechUsdPerThousandCharacters: 0.3,
};
