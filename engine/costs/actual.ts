import type { ProviderEvent } from '../events';
import { GOAPI_POINTS_PER_USD } from './constants';
import { ncaCost, speechCost } from './estimate';
import type { CalledService, Cost, Prices } from './types';

/** The part of an event that says what a call cost. */
export type CostReport = Pick<ProviderEvent, 'usage' | 'timings'>;

/**
 * What a call cost by the service's own words: ElevenLabs names characters (header `character-cost`), GoAPI points
 * (`meta.usage.consume`), NCA its run time. Undefined where it said nothing.
 */
export function reportedCost(service: CalledService, report: CostReport, prices: Prices): Cost | undefined {
	const { usage, timings } = report;
	if (usage?.unit === 'usd') return { usd: usage.amount, units: usage.amount, unit: 'usd' };
	if (usage?.unit === 'characters') return speechCost(usage.amount, prices);
	if (service === 'goApi' && usage) {
		return { usd: usage.amount / GOAPI_POINTS_PER_USD, units: usage.amount, unit: 'points' };
	}
	return service === 'nca' && timings?.runS !== undefined ? ncaCost(timings.runS, prices) : undefined;
}
