import type { StepService, Step, VideoSnapshot } from '../video/types';
import { CHARACTERS_PER_PRICE } from './constants';
import type { CalledService, Cost, Prices } from './types';

/** What an estimate looks at. */
export interface WorkToPrice {
	step: Step;
	service: StepService;
	/** The text of a voiceover. */
	text?: string;
	/** How long the step usually takes, in seconds. */
	expectedS: number;
}

/** Characters as ElevenLabs counts them: code points. */
export function charactersOf(text: string): number {
	return Array.from(text).length;
}

export function speechCost(characters: number, prices: Prices): Cost {
	const usd = (characters / CHARACTERS_PER_PRICE) * prices.speechUsdPerThousandCharacters;
	return { usd, units: characters, unit: 'characters' };
}

export function ncaCost(seconds: number, prices: Prices): Cost {
	return { usd: seconds * prices.ncaUsdPerSecond, units: seconds, unit: 'seconds' };
}

/** What one call is thought to cost; undefined for work that nobody charges for. */
export function estimateWork(work: WorkToPrice, prices: Prices): Cost | undefined {
	switch (work.service) {
		case 'elevenLabs':
			return speechCost(charactersOf(work.text ?? ''), prices);
		case 'goApi':
			return { usd: work.step === 'music' ? prices.musicUsd : prices.clipUsd, units: 1, unit: 'tasks' };
		case 'nca':
			return ncaCost(work.expectedS, prices);
		default:
			return undefined;
	}
}

/** Whether a call of this service is charged for: a toolkit on a machine of one's own is not. */
export function isCharged(service: CalledService, prices: Prices): boolean {
	return service !== 'nca' || prices.ncaUsdPerSecond > 0;
}

/** Who does a step of a new video; a background that a person is to choose costs nothing. */
function serviceOf(snapshot: VideoSnapshot, step: Step): StepService {
	switch (step) {
		case 'voiceover':
			return 'elevenLabs';
		case 'background':
			return snapshot.video.options.background.source === 'generated' ? 'goApi' : 'spaces';
		case 'music':
			return 'goApi';
		default:
			return 'nca';
	}
}

/**
 * What a new video is thought to cost, over all of its steps, in US dollars.
 *
 * @param expectedSecondsOf how long each of its jobs usually takes
 */
export function estimateVideoUsd(
	snapshot: VideoSnapshot,
	expectedSecondsOf: (job: VideoSnapshot['jobs'][number]) => number,
	prices: Prices,
): number {
	const costs = snapshot.jobs.map((job) => {
		const text = snapshot.segments.find((segment) => segment.order === job.order)?.text;
		const service = serviceOf(snapshot, job.step);
		return estimateWork({ step: job.step, service, text, expectedS: expectedSecondsOf(job) }, prices)?.usd ?? 0;
	});
	return costs.reduce((sum, usd) => sum + usd, 0);
}
