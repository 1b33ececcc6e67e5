import {
	CALM_MS,
	REJECTED_BUCKET_MS,
	REJECTED_BUCKETS,
	STUCK_AFTER_S,
	WINDOW_BUCKET_MS,
	WINDOW_BUCKETS,
} from '../engine/watch/constants';
import { judgeFacts } from '../engine/watch/rules';
import type { Finding, WatchFacts, WatchKind } from '../engine/watch/types';
import { expectationOf } from '../engine/video/progress';
import type { JobFacts, VideoSnapshot } from '../engine/video/types';
import type { RecordStore } from './airtable/types';
import { readOpenAlerts } from './alertRows';
import { MS_PER_S } from './constants';
import type { TrackerContext, TrackerMemory } from './context';
import { remindOfMissingClips } from './missingClips';
import { expectations } from './expectations';
import { raise, recover } from './notices';
import { dayOf, spendingKey } from './spending';

const CALM_WORDS: Readonly<Record<WatchKind, string>> = {
	stuck_jobs: 'Jobs move again.',
	failure_rate: 'Jobs succeed again.',
	p95: 'Jobs are fast enough again.',
	cost: 'Spending is below its limit again.',
	signature_failures: 'Callbacks are no longer turned away.',
};

type Counter = 'completed' | 'failed' | 'slow';

function bucketNote(name: string, bucket: number): string {
	return `watch:${name}:${bucket}`;
}

/** Adds to a counter that all processes share; nobody waits for it. */
function count(context: TrackerContext, name: Counter | 'rejected', amount: number, bucketMs: number, buckets: number) {
	const bucket = Math.floor(context.clock.now() / bucketMs);
	void context.notes.add(bucketNote(name, bucket), amount, bucketMs * (buckets + 1));
}

/** The sum of a counter over the last buckets, the one under way included. */
async function total(context: TrackerContext, name: string, bucketMs: number, buckets: number): Promise<number> {
	const last = Math.floor(context.clock.now() / bucketMs);
	const keys = Array.from({ length: buckets }, (_, index) => bucketNote(name, last - index));
	const sums = await Promise.all(keys.map(async (key) => await context.notes.sum(key)));
	return sums.reduce((sum, amount) => sum + amount, 0);
}

/** Counts a job that ended: well, with how long its last attempt took, or for good without a result. */
export function noteEnded(context: TrackerContext, job: JobFacts): void {
	const name = job.status === 'failed' ? 'failed' : 'completed';
	count(context, name, 1, WINDOW_BUCKET_MS, WINDOW_BUCKETS);
	const tookMs = (job.completedAtMs ?? 0) - (job.claimedAtMs ?? Infinity);
	if (name === 'completed' && tookMs > context.settings.alertP95S * MS_PER_S) {
		count(context, 'slow', 1, WINDOW_BUCKET_MS, WINDOW_BUCKETS);
	}
}

/** Counts callbacks that a trigger turned away. */
export function noteRejected(context: TrackerContext, amount: number): void {
	count(context, 'rejected', amount, REJECTED_BUCKET_MS, REJECTED_BUCKETS);
}

/** Passes everything on to a store, and notes whether the base's quota is used up. */
export function noteQuota(store: RecordStore, memory: TrackerMemory): RecordStore {
	const noted = async <T extends { ok: boolean; code?: string }>(answer: Promise<T>): Promise<T> => {
		const result = await answer;
		if (result.ok) memory.isQuotaSpent = false;
		else if (result.code === 'quota_exceeded') memory.isQuotaSpent = true;
		return result;
	};
	return {
		list: async (...args) => await noted(store.list(...args)),
		create: async (...args) => await noted(store.create(...args)),
		update: async (...args) => await noted(store.update(...args)),
		upsert: async (...args) => await noted(store.upsert(...args)),
		remove: async (...args) => await noted(store.remove(...args)),
		stats: () => store.stats(),
	};
}

/** Jobs that have not moved for ten minutes, or for longer than 99 of 100 of their kind take. */
function stuckJobs(context: TrackerContext): string[] {
	const nowMs = context.clock.now();
	const expect = expectations(context);
	const isStuck = (snapshot: VideoSnapshot, job: JobFacts) => {
		if (job.status !== 'processing') return false;
		const movedAtMs = Math.max(job.claimedAtMs ?? 0, job.submittedAtMs ?? 0);
		const afterS = Math.max(STUCK_AFTER_S, expectationOf(snapshot, job, expect).p99S);
		return nowMs - movedAtMs > afterS * MS_PER_S;
	};
	return context.cache
		.active()
		.flatMap(({ snapshot }) => snapshot.jobs.filter((job) => isStuck(snapshot, job)).map((job) => job.jobKey));
}

async function gather(context: TrackerContext): Promise<WatchFacts> {
	const ended = async (name: Counter) => await total(context, name, WINDOW_BUCKET_MS, WINDOW_BUCKETS);
	const day = dayOf(context.clock.now());
	const [completed, failed, slow, spentUsd, rejected] = await Promise.all([
		ended('completed'),
		ended('failed'),
		ended('slow'),
		context.notes.sum(spendingKey(day)),
		total(context, 'rejected', REJECTED_BUCKET_MS, REJECTED_BUCKETS),
	]);
	return { stuck: stuckJobs(context), completed, failed, slow, spentUsd, day, rejected };
}

/** Says that a rule fires, or, once it was quiet for a while, that it is over. */
function apply(context: TrackerContext, finding: Finding): void {
	const { kind, severity, message, version, isFiring } = finding;
	const { calmSince } = context.memory;
	const nowMs = context.clock.now();
	if (isFiring) {
		calmSince.delete(kind);
		raise(context, { key: kind, kind, severity, message, version });
		return;
	}
	const sinceMs = calmSince.get(kind) ?? nowMs;
	calmSince.set(kind, sinceMs);
	if (nowMs - sinceMs >= CALM_MS) recover(context, kind, CALM_WORDS[kind]);
}

/** Ends what a former process told of, or what a person has mended. */
function endWhatIsOver(context: TrackerContext): void {
	const { notices, services } = context.memory;
	const finished = (videoId: string | undefined) =>
		context.cache.all().some(({ snapshot: { video } }) => video.videoId === videoId && video.status === 'completed');
	for (const { notice, isOver } of [...notices.values()]) {
		if (isOver) continue;
		const service = [...services].find(([name]) => name === notice.service)?.[1];
		if (notice.kind === 'circuit_open' && service?.isWorking && service.breaker.state === 'closed') {
			recover(context, notice.key, 'It works again.');
		}
		if (notice.kind === 'job_failed' && finished(notice.videoId)) {
			recover(context, notice.key, 'The video is finished after all.');
		}
	}
}

function watchQuota(context: TrackerContext): void {
	const key = 'airtable_quota';
	if (context.memory.isQuotaSpent) {
		const message = 'Airtable has refused requests since the quota of the base or workspace is used up.';
		raise(context, { key, kind: key, severity: 'critical', message, version: 'spent', service: 'airtable' });
	} else if (context.memory.isQuotaSpent === false) {
		recover(context, key, 'Airtable takes requests again.');
	}
}

/** Looks at the figures, raises what exceeds its limit and ends what no longer does. Asks no service. */
export async function watch(context: TrackerContext): Promise<void> {
	const { settings, memory, clock } = context;
	memory.alertsWatchedMs ??= clock.now();
	// Not with the first tick, which has enough to read; an alert reads it earlier.
	if (clock.now() - memory.alertsWatchedMs >= settings.safetyScanS * MS_PER_S) await readOpenAlerts(context);
	const limits = {
		stuckJobs: settings.alertStuckJobs,
		failurePercent: settings.alertFailurePercent,
		p95S: settings.alertP95S,
		costUsd: settings.alertCostUsd,
		rejectedPerMinute: settings.alertRejectedPerMinute,
	};
	for (const finding of judgeFacts(await gather(context), limits)) apply(context, finding);
	endWhatIsOver(context);
	watchQuota(context);
	remindOfMissingClips(context);
}
