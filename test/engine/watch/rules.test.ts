import fc from 'fast-check';

import { SHARE_MIN_JOBS } from '../../../engine/watch/constants';
import { isPercentileAbove, judgeFacts, stepsAbove } from '../../../engine/watch/rules';
import type { WatchFacts, WatchLimits } from '../../../engine/watch/types';

const LIMITS: WatchLimits = { stuckJobs: 10, failurePercent: 5, p95S: 600, costUsd: 100, rejectedPerMinute: 10 };
const QUIET: WatchFacts = {
	stuck: [],
	completed: 100,
	failed: 0,
	slow: 0,
	spentUsd: 0,
	day: '2026-01-01',
	rejected: 0,
};
const stuck = (count: number) => Array.from({ length: count }, (_, index) => `vid_1.combine.${index}`);
const firing = (facts: Partial<WatchFacts>, limits = LIMITS) =>
	judgeFacts({ ...QUIET, ...facts }, limits).filter((finding) => finding.isFiring);

describe('the rules of the watch', () => {
	it.each<[string, string, Partial<WatchFacts>, Partial<WatchFacts>]>([
		['more than 10 stuck jobs', 'stuck_jobs', { stuck: stuck(11) }, { stuck: stuck(10) }],
		['more than 5 % failed', 'failure_rate', { completed: 94, failed: 6 }, { completed: 95, failed: 5 }],
		['more than 5 of 100 slow', 'p95', { slow: 6 }, { slow: 5 }],
		['more than $100 a day', 'cost', { spentUsd: 100.01 }, { spentUsd: 100 }],
		['more than 10 rejected a minute', 'signature_failures', { rejected: 11 }, { rejected: 10 }],
	])('fire at %s and are silent at the limit', (_name, kind, loud, silent) => {
		expect(firing(loud).map((finding) => finding.kind)).toEqual([kind]);
		expect(firing(silent)).toEqual([]);
	});

	it('say nothing of shares of a few jobs', () => {
		const few = SHARE_MIN_JOBS - 1;
		expect(firing({ completed: 0, failed: few })).toEqual([]);
		expect(firing({ completed: few, slow: few })).toEqual([]);
		expect(firing({ completed: 0, failed: 0 })).toEqual([]);
	});

	it('are switched off by a limit of 0', () => {
		const off: WatchLimits = { stuckJobs: 0, failurePercent: 0, p95S: 0, costUsd: 0, rejectedPerMinute: 0 };
		expect(judgeFacts({ ...QUIET, stuck: stuck(99), failed: 99, slow: 99, spentUsd: 999, rejected: 99 }, off)).toEqual(
			[],
		);
	});

	it('name the figure, the limit and examples', () => {
		const [finding] = firing({ stuck: stuck(12) });
		expect(finding.message).toContain('12 jobs');
		expect(finding.message).toContain('limit 10');
		expect(finding.message).toContain('vid_1.combine.0, vid_1.combine.1, vid_1.combine.2.');
	});

	it('are news again only when the figure has doubled, or on another day for the cost', () => {
		const version = (facts: Partial<WatchFacts>) => firing(facts)[0].version;
		expect(version({ rejected: 11 })).toBe(version({ rejected: 19 }));
		expect(version({ rejected: 11 })).not.toBe(version({ rejected: 20 }));
		expect(version({ spentUsd: 150 })).not.toBe(version({ spentUsd: 150, day: '2026-01-02' }));
		expect(version({ slow: 6 })).toBe(version({ slow: 90 }));
	});

	it('tell the 95th percentile by two counters as by sorting all durations', () => {
		fc.assert(
			fc.property(fc.array(fc.nat(1200), { minLength: 1, maxLength: 300 }), fc.nat(1200), (durations, limit) => {
				const sorted = [...durations].sort((a, b) => a - b);
				const p95 = sorted[Math.ceil(0.95 * sorted.length) - 1];
				const slow = durations.filter((duration) => duration > limit).length;
				expect(isPercentileAbove(slow, durations.length)).toBe(p95 > limit);
			}),
		);
		expect(isPercentileAbove(0, 0)).toBe(false);
	});

	it('count steps that never fall while the figure grows', () => {
		const figure = fc.double({ min: 0, max: 1e9, noNaN: true });
		fc.assert(
			fc.property(figure, figure, fc.double({ min: 0.01, max: 1e6, noNaN: true }), (a, b, limit) => {
				const [low, high] = a < b ? [a, b] : [b, a];
				expect(stepsAbove(low, limit)).toBeLessThanOrEqual(stepsAbove(high, limit));
				expect(stepsAbove(low, limit)).toBeGreaterThanOrEqual(1);
			}),
		);
	});

	it('fire for any facts exactly when a limit is exceeded, and never without a message', () => {
		const facts = fc.record({
			stuck: fc.nat(40).map(stuck),
			completed: fc.nat(200),
			failed: fc.nat(50),
			slow: fc.constant(0),
			spentUsd: fc.double({ min: 0, max: 1000, noNaN: true }),
			day: fc.constant('2026-01-01'),
			rejected: fc.nat(50),
		});
		fc.assert(
			fc.property(facts, (given) => {
				const kinds = judgeFacts(given, LIMITS)
					.filter((finding) => finding.isFiring)
					.map((finding) => finding.kind);
				const ended = given.completed + given.failed;
				expect(kinds.includes('stuck_jobs')).toBe(given.stuck.length > 10);
				expect(kinds.includes('failure_rate')).toBe(ended >= SHARE_MIN_JOBS && 20 * given.failed > ended);
				expect(kinds.includes('cost')).toBe(given.spentUsd > 100);
				expect(kinds.includes('signature_failures')).toBe(given.rejected > 10);
				for (const { message, version } of judgeFacts(given, LIMITS)) {
					expect(message).not.toMatch(/undefined|NaN/);
					expect(version).not.toMatch(/undefined|NaN/);
				}
			}),
		);
	});
});
