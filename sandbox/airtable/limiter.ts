import type { Clock } from '../core/types';
import { LOCK_OUT_MS, RATE_WINDOW_MS, REQUESTS_PER_SECOND } from './constants';

/** Airtable's limit of one base: five requests in any second; one more, and it refuses everything for 30 s. */
export class BaseLimiter {
	private arrivals: number[] = [];
	private lockedUntil = 0;
	/** Most requests seen within one second. */
	peakPerSecond = 0;

	constructor(private readonly clock: Clock) {}

	/** Counts a request; false when it is refused. */
	admit(): boolean {
		const now = this.clock.now();
		if (now < this.lockedUntil) return false;
		this.arrivals = this.arrivals.filter((at) => at > now - RATE_WINDOW_MS);
		this.arrivals.push(now);
		this.peakPerSecond = Math.max(this.peakPerSecond, this.arrivals.length);
		if (this.arrivals.length <= REQUESTS_PER_SECOND) return true;
		this.lock();
		return false;
	}

	lock(): void {
		this.lockedUntil = this.clock.now() + LOCK_OUT_MS;
		this.arrivals = [];
	}
}
