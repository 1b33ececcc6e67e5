import type { CostReport } from '../engine/costs/actual';
import { sha256Hex } from '../engine/hash';
import type { ProviderEvent, Failure } from '../engine/events';
import { ok, type Result } from '../engine/result';
import { MemoryRateGate } from './airtable/rateGate';
import { createRecordStore } from './airtable/recordStore';
import type { RateGate, RecordStore, RequestReport, TrackerClock } from './airtable/types';
import { claimAlert, type AlertClaim, type AlertRequest } from './alerts';
import { claimReadySteps, claimSome, markSubmitted, type ClaimedSome, type SubmissionNote } from './claim';
import { createMemory, type TrackerContext, type TrackerMemory } from './context';
import { createVideo } from './create';
import { health, noteAirtable, type Health } from './health';
import { recordEvent, recordRejected, recordVerdict } from './events';
import { cancel, checkNow, getStatus, listActive, retry, skip, type Target, type VideoState } from './people';
import { processState } from './processState';
import { findDue, findDueOf } from './recovery';
import { RedisBase } from './redis/parts';
import type { RedisSettings } from './redis/settings';
import type { TrackerSettings } from './settings';
import { createSharedNotes } from './sharedNotes';
import { completeStep, failStep, matchNews } from './settle';
import type { ClaimedStep, CreatedVideo, DueItem, JobNews, MatchedNews, NewVideoRequest, Settlement } from './types';
import { findTarget } from './targets';
import { VideoCache } from './videoCache';
import { noteQuota } from './watch';

/**
 * The job tracker of one base: Airtable is the record that people see, this is what decides.
 * All operations return results; a refusal names its code and field.
 */
export class Tracker {
	constructor(readonly context: TrackerContext) {
		context.cache.usual = context.memory.learned.expect;
	}

	async createVideo(request: NewVideoRequest): Promise<Result<CreatedVideo>> {
		return await createVideo(this.context, request);
	}

	async claimReadySteps(videoId: string): Promise<Result<ClaimedStep[]>> {
		return await claimReadySteps(this.context, videoId);
	}

	/** Claims at most `limit` steps, and tells how many more could start. */
	async claimSome(videoId: string, limit: number): Promise<Result<ClaimedSome>> {
		return await claimSome(this.context, videoId, limit);
	}

	async markSubmitted(note: SubmissionNote): Promise<Result<{ noted: boolean }>> {
		return await markSubmitted(this.context, note);
	}

	recordEvent(event: ProviderEvent): { eventKey: string; deliveries: number } {
		return recordEvent(this.context, event);
	}

	recordRejected(count: number, reasons: string): void {
		recordRejected(this.context, count, reasons);
	}

	async matchNews(news: JobNews): Promise<Result<MatchedNews>> {
		const matched = await matchNews(this.context, news);
		if (matched.ok && news.event) recordVerdict(this.context, news.event, matched.value.reason);
		return matched;
	}

	async complete(event: ProviderEvent): Promise<Result<Settlement>> {
		return await completeStep(this.context, event);
	}

	async fail(
		jobKey: string,
		attempt: number,
		failure: Failure,
		hasResult = false,
		report: CostReport = {},
	): Promise<Result<Settlement>> {
		return await failStep(this.context, jobKey, attempt, failure, hasResult, report);
	}

	/** @param videoId only of this video, and at once */
	async findDue(videoId?: string): Promise<Result<DueItem[]>> {
		if (videoId !== undefined) return await findDueOf(this.context, videoId);
		const { shared } = this.context;
		const look = async () => await findDue(this.context);
		return shared ? ((await shared.tick(look)) ?? ok([])) : await look();
	}

	/** What an id from outside names: a video, a segment of it, or a job by key or UUID. */
	async findTarget(id: string, segment?: number): Promise<Result<Target>> {
		return await findTarget(this.context, id, segment);
	}

	async claimAlert(request: AlertRequest): Promise<Result<AlertClaim>> {
		return await claimAlert(this.context, request);
	}

	async retry(target: Target): Promise<Result<{ changed: string[] }>> {
		return await retry(this.context, target);
	}

	async cancel(target: Target): Promise<Result<{ changed: string[] }>> {
		return await cancel(this.context, target);
	}

	/** Lets a video do without a segment or its music; see {@link skip}. */
	async skip(target: Target): Promise<Result<{ changed: string[] }>> {
		return await skip(this.context, target);
	}

	async checkNow(target: Target): Promise<Result<{ changed: string[] }>> {
		return await checkNow(this.context, target);
	}

	async getStatus(videoId: string): Promise<Result<VideoState>> {
		return await getStatus(this.context, videoId);
	}

	/** How the engine does; asks no service. */
	async health(): Promise<Health> {
		await this.context.shared?.refresh();
		return await health(this.context);
	}

	/** Every video that is under way; costs no request. Code `no_lock` where Redis can't say. */
	async listActive(): Promise<Result<VideoState[]>> {
		const refreshed = (await this.context.shared?.refresh()) ?? ok(undefined);
		return refreshed.ok ? ok(listActive(this.context)) : refreshed;
	}
}

export interface TrackerOptions {
	store: RecordStore;
	clock: TrackerClock;
	random: () => number;
	settings: TrackerSettings;
	holderId: string;
	memory?: TrackerMemory;
	/** What several processes share; absent where there is one. */
	redis?: RedisBase;
}

/** A tracker over a store; tests build it with a store and a clock of their own. */
export function createTracker(options: TrackerOptions): Tracker {
	const { redis, memory = createMemory(), ...rest } = options;
	const given = { ...rest, store: noteQuota(options.store, memory) };
	const { store, clock, settings } = given;
	const cache = new VideoCache(store, clock);
	if (redis) {
		const { claims, notes } = redis;
		return new Tracker({ ...given, ...redis.around(cache, memory, settings), cache, memory, claims, notes });
	}
	return new Tracker({
		...given,
		cache,
		memory,
		claims: processState.claims,
		locks: processState.videoLocks,
		notes: createSharedNotes(() => clock.now()),
	});
}

export interface TrackerConnection {
	token: string;
	baseId: string;
	endpointUrl: string;
}

/** What the processes share about a base, in this Redis; one per process. */
export function redisOf(
	{ endpointUrl, baseId }: Omit<TrackerConnection, 'token'>,
	settings: RedisSettings,
	clock: TrackerClock,
): RedisBase {
	const base = `${endpointUrl}|${baseId}`;
	const key = `redis:${sha256Hex(`${base}|${JSON.stringify(settings)}`)}`;
	return processState.singleton(key, () => {
		const redis = new RedisBase({ settings, base, clock, random: Math.random, holderId: processState.holderId });
		processState.addRegistry(redis.claims);
		return redis;
	});
}

/**
 * The gate of a base, one per process, or one in Redis for all of them: Airtable counts all requests to a base together,
 * whatever the token.
 */
export function gateOf(
	connection: Omit<TrackerConnection, 'token'>,
	clock: TrackerClock,
	redis?: RedisSettings,
): RateGate {
	if (redis) return redisOf(connection, redis, clock).gate;
	const key = `gate:${sha256Hex(`${connection.endpointUrl}|${connection.baseId}`)}`;
	return processState.singleton(key, () => new MemoryRateGate(clock));
}

/**
 * The tracker of a base, one per process: all nodes share its locks, its rate limit and its memory.
 * Changed settings take effect at once.
 */
export function trackerOf(
	connection: TrackerConnection,
	settings: TrackerSettings,
	clock: TrackerClock,
	random: () => number,
	redisSettings?: RedisSettings,
): Tracker {
	const { token, baseId, endpointUrl } = connection;
	const where = redisSettings === undefined ? '' : JSON.stringify(redisSettings);
	const key = `tracker:${sha256Hex(`${endpointUrl}|${baseId}|${token}|${where}`)}`;
	const tracker = processState.singleton(key, () => {
		const redis = redisSettings && redisOf(connection, redisSettings, clock);
		const gate = gateOf(connection, clock, redisSettings);
		const memory = createMemory();
		const onRequest = (report: RequestReport) => noteAirtable(memory, report, clock.now());
		const store = createRecordStore({ token, baseId, endpointUrl, clock, random, gate, onRequest });
		return createTracker({ store, clock, random, settings, holderId: processState.holderId, memory, redis });
	});
	Object.assign(tracker.context.settings, settings);
	return tracker;
}
