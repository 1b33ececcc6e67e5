import type { StepService } from '../video/types';

/** What services charge, in US dollars. */
export interface Prices {
	speechUsdPerThousandCharacters: number;
	clipUsd: number;
	musicUsd: number;
	ncaUsdPerSecond: number;
}

/** The services whose work is written down as calls; copying a person's clip costs nothing. */
export type CalledService = Exclude<StepService, 'spaces'>;

/** A price, and what it is for in the service's own unit. */
export interface Cost {
	usd: number;
	units: number;
	/** `characters`, `tasks`, `points`, `seconds`, `usd`. */
	unit: string;
}
