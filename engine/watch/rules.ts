import { EXAMPLES_MAX, PERCENTILE, SHARE_MIN_JOBS } from './constants';
import type { Finding, WatchFacts, WatchKind, WatchLimits } from './types';

/**
 * Whether the 95th percentile (nearest rank) of `count` durations lies above a limit which `slow` of them exceed. So two
 * counters are enough, however many processes add to them.
 */
export function isPercentileAbove(slow: number, count: number): boolean {
	return count > 0 && count - slow < Math.ceil(PERCENTILE * count);
}

/** 1 just above the limit, 2 from its double on, 3 from its fourfold …; so that a figure that creeps up is no news. */
export function stepsAbove(value: number, limit: number): number {
	return 1 + Math.max(0, Math.floor(Math.log2(value / limit)));
}

function percent(part: number, whole: number): number {
	return whole === 0 ? 0 : (100 * part) / whole;
}

function round(value: number): string {
	return String(Math.round(value * 100) / 100);
}

interface Rule {
	kind: WatchKind;
	severity: Finding['severity'];
	limit: number;
	value: number;
	message: string;
	isFiring?: boolean;
	/** Precedes the version, so that people are told again where it changes. */
	round?: string;
}

/** What each rule says of the facts; rules whose limit is 0 say nothing. */
export function judgeFacts(facts: WatchFacts, limits: WatchLimits): Finding[] {
	const { stuck, completed, failed, slow, spentUsd, day, rejected } = facts;
	const ended = completed + failed;
	const failedPercent = percent(failed, ended);
	const examples = stuck.slice(0, EXAMPLES_MAX).join(', ');
	const rules: Rule[] = [
		{
			kind: 'stuck_jobs',
			severity: 'error',
			limit: limits.stuckJobs,
			value: stuck.length,
			message: `${stuck.length} jobs have not moved for a long time (limit ${limits.stuckJobs}), e.g. ${examples}.`,
		},
		{
			kind: 'failure_rate',
			severity: 'error',
			limit: limits.failurePercent,
			value: failedPercent,
			isFiring: ended >= SHARE_MIN_JOBS && failedPercent > limits.failurePercent,
			message: `${failed} of the ${ended} jobs of the last hour failed for good: ${round(failedPercent)} % (limit ${limits.failurePercent} %).`,
		},
		{
			kind: 'p95',
			severity: 'warning',
			limit: limits.p95S,
			value: percent(slow, completed),
			isFiring: completed >= SHARE_MIN_JOBS && isPercentileAbove(slow, completed),
			message: `${slow} of the ${completed} jobs that ended within the last hour took longer than ${limits.p95S} s, so the 95th percentile is above that.`,
			round: '95',
		},
		{
			kind: 'cost',
			severity: 'warning',
			limit: limits.costUsd,
			value: spentUsd,
			message: `$${round(spentUsd)} were spent today, ${day} UTC (limit $${limits.costUsd}).`,
			round: day,
		},
		{
			kind: 'signature_failures',
			severity: 'warning',
			limit: limits.rejectedPerMinute,
			value: rejected,
			message: `${rejected} callbacks were turned away within a minute (limit ${limits.rejectedPerMinute}).`,
		},
	];
	return rules.filter(({ limit }) => limit > 0).map(toFinding);
}

function toFinding({ kind, severity, limit, value, message, isFiring = value > limit, round: prefix }: Rule): Finding {
	// A share of slow jobs has no limit of its own to double.
	const steps = kind === 'p95' ? 1 : stepsAbove(value, limit);
	return { kind, severity, isFiring, message, version: prefix === undefined ? `x${steps}` : `${prefix} x${steps}` };
}
