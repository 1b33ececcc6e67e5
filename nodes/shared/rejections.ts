import { BAD_CALLS_WINDOW_MS, REJECTED_REPORT_INTERVAL_MS } from './constants';

/** What a trigger says about calls that it refused. */
export interface RejectionReport {
	verdict: 'rejected';
	service: string;
	/** Calls refused since the last report. */
	count: number;
	/** How often each reason occurred. */
	reasons: Record<string, number>;
}

/** Counts refused calls and lets a report out at most once per interval. */
export class RejectionCounter {
	private count = 0;

	private reasons: Record<string, number> = {};

	private lastReportMs = Number.NEGATIVE_INFINITY;

	private windowStartMs = Number.NEGATIVE_INFINITY;

	private inWindow = 0;

	constructor(
		private readonly service: string,
		private readonly intervalMs = REJECTED_REPORT_INTERVAL_MS,
	) {}

	/** Counts one refused call; gives a report of all since the last one when the interval has passed. */
	record(reason: string, nowMs: number): RejectionReport | undefined {
		this.count += 1;
		this.reasons[reason] = (this.reasons[reason] ?? 0) + 1;
		if (nowMs - this.windowStartMs >= BAD_CALLS_WINDOW_MS) {
			this.windowStartMs = nowMs;
			this.inWindow = 0;
		}
		this.inWindow += 1;
		if (nowMs - this.lastReportMs < this.intervalMs) return undefined;

		const report: RejectionReport = {
			verdict: 'rejected',
			service: this.service,
			count: this.count,
			reasons: this.reasons,
		};
		this.lastReportMs = nowMs;
		this.count = 0;
		this.reasons = {};
		return report;
	}

	/**
	 * Whether more calls were refused in this minute than are answered one by one. Calls that are good are never
	 * counted, so a flood of bad ones keeps no good one out.
	 *
	 * @param maxPerMinute 0 for no limit
	 */
	isFlooded(maxPerMinute: number, nowMs: number): boolean {
		return maxPerMinute > 0 && this.inWindow > maxPerMinute && nowMs - this.windowStartMs < BAD_CALLS_WINDOW_MS;
	}

	/** Whole seconds until bad calls are answered one by one again. */
	secondsUntilCalm(nowMs: number): number {
		return Math.max(1, Math.ceil((this.windowStartMs + BAD_CALLS_WINDOW_MS - nowMs) / 1000));
	}
}
