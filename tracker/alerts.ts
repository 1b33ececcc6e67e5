import { sha256Hex, shortHash } from '../engine/hash';
import { ok, type Result } from '../engine/result';
import { REPEATED_ALERT_MS } from './constants';
import { allDurable, type TrackerContext } from './context';
import type { Durable } from './videoCache';

export interface AlertRequest {
	/** The video that failed; absent for errors that belong to no video. */
	videoId?: string;
	/** What happened, in words that stay the same when it happens again. */
	cause: string;
}

/** True once per cause within an hour, for errors that belong to no video. */
function tellOnce(context: TrackerContext, cause: string): boolean {
	const { told } = context.memory;
	const nowMs = context.clock.now();
	for (const [key, atMs] of told) if (nowMs - atMs > REPEATED_ALERT_MS) told.delete(key);
	const key = shortHash(sha256Hex(cause));
	if (told.has(key)) return false;
	told.set(key, nowMs);
	return true;
}

/**
 * Decides whether people are to be told: once per failed video (until a person retries it), however many of its jobs
 * failed, and once per cause and hour for anything else. The claim is durable before anyone is told.
 */
export async function claimAlert(context: TrackerContext, request: AlertRequest): Promise<Result<{ tell: boolean }>> {
	const { videoId } = request;
	if (videoId === undefined) return ok({ tell: tellOnce(context, request.cause) });

	const claimed = await context.locks.run(videoId, async (): Promise<Result<Durable | undefined>> => {
		const loaded = await context.cache.load(videoId);
		if (!loaded.ok) return loaded;
		const { jobs } = loaded.value.snapshot;
		const failed = jobs.find((job) => job.status === 'failed');
		if (!failed || jobs.some((job) => job.alertedAtMs !== undefined)) return ok(undefined);
		return ok(context.cache.writeJob(loaded.value, { ...failed, alertedAtMs: context.clock.now() }));
	});
	if (!claimed.ok)
		return claimed.code === 'not_found' ? ok({ tell: tellOnce(context, `${videoId} ${request.cause}`) }) : claimed;
	if (claimed.value === undefined) return ok({ tell: false });
	const durable = await allDurable([claimed.value]);
	return durable.ok ? ok({ tell: true }) : durable;
}
