import type { CallState } from '../engine/costs/calls';
import type { ServiceName } from '../engine/events';
import type { Result } from '../engine/result';
import { deriveVideo, withoutVoidFailure } from '../engine/video/derive';
import { planVideo } from '../engine/video/planner';
import { isVideoEnded } from '../engine/video/transitions';
import type { Fields, RecordStore, TrackerClock } from './airtable/types';
import type { ServiceRecord } from './breaker';
import type { ClaimRegistry } from './claimRegistry';
import type { VideoLocks } from './concurrency';
import { createLearned, type Learned } from './expectations';
import type { InstanceMemory } from './instances';
import type { LookNote } from './looks';
import type { NoticeBook } from './notices';
import type { ReuseNote } from './reuse';
import type { TrackerSettings } from './settings';
import type { SharedNotes } from './sharedNotes';
import type { QueueEnds, Strikes } from './strikes';
import type { SharedWork } from './sharedWork';
import type { Durable, VideoCache, VideoEntry } from './videoCache';

/** How often a distinct event has come, and when first. */
export interface Deliveries {
	count: number;
	/** ISO 8601, UTC. */
	firstAt: string;
	/** What became of the event, once that is known. */
	verdict?: string;
}

/** What need not outlive the process: losing it costs a look or a repeated count, never a result. */
export interface TrackerMemory {
	/** When the tables were last scanned; undefined before the first scan. */
	lastScanMs?: number;
	/** True while a tick is at work; one that finds it so ends at once. */
	isLooking: boolean;
	/** When a job may be looked at again, so that one look a tick is enough. Costs no write. */
	looks: Map<string, LookNote>;
	/** Videos that failed lately and have been read for it, so that they are read once. */
	failedSeen: Set<string>;
	/** How often a job seemed to be gone. */
	strikes: Map<string, Strikes>;
	/** How far the queues of the NCA Toolkit have come. */
	queueEnds?: QueueEnds;
	/** What is wrong, or was until people are told that it is over. */
	notices: NoticeBook;
	/** Since when a rule of the watch is quiet, ms since the epoch. */
	calmSince: Map<string, number>;
	/** When the watch first looked, ms since the epoch. */
	alertsWatchedMs?: number;
	/** Whether Airtable refuses for want of quota; undefined before its first answer. */
	isQuotaSpent?: boolean;
	/** The one look at what former processes told; undefined before it, and after one that failed. */
	alertsRead?: Promise<boolean>;
	deliveries: Map<string, Deliveries>;
	/** Rows of Webhook Events that Airtable could not take, by event key. */
	unwrittenEvents: Map<string, Fields>;
	/** What was last seen of each service. */
	services: Map<ServiceName, ServiceRecord>;
	/** When a video was last told that it may probe a service. */
	probeOffers: Map<ServiceName, number>;
	/** When a look at a service last failed. */
	failedLooks: Map<ServiceName, number>;
	/** Since when somebody has been asking how the engine does. */
	watchedSinceMs?: number;
	/** How long steps took. */
	learned: Learned;
	/** What is known of this process and others that work on the base; absent before its first work. */
	instances?: InstanceMemory;
	/** How Airtable last answered. */
	airtable?: { isWorking: boolean; sinceMs: number; lastError?: string };
	/** What other videos have, by input hash. */
	reuse: Map<string, ReuseNote>;
	/** How calls ended, by call key. */
	concludedCalls: Map<string, CallState>;
	/** The look at what a day has cost, until it has succeeded; gives whether it did. */
	spendingLoad?: { day: string; work: Promise<boolean> };
}

export function createMemory(): TrackerMemory {
	return {
		isLooking: false,
		looks: new Map(),
		failedSeen: new Set(),
		strikes: new Map(),
		notices: new Map(),
		calmSince: new Map(),
		deliveries: new Map(),
		unwrittenEvents: new Map(),
		services: new Map(),
		failedLooks: new Map(),
		probeOffers: new Map(),
		reuse: new Map(),
		concludedCalls: new Map(),
		learned: createLearned(),
	};
}

/** What every operation of the tracker works with. */
export interface TrackerContext {
	store: RecordStore;
	cache: VideoCache;
	clock: TrackerClock;
	random: () => number;
	settings: TrackerSettings;
	/** Names this process in claims. */
	holderId: string;
	claims: ClaimRegistry;
	locks: VideoLocks;
	notes: SharedNotes;
	memory: TrackerMemory;
	/** What several processes do together; absent where there is one. */
	shared?: SharedWork;
}

/**
 * Brings a video's derived state and its projections up to date after a change of its jobs.
 *
 * @param waitingFor why steps are held back; as before where nothing is said
 */
export function settleVideo(
	context: TrackerContext,
	entry: VideoEntry,
	waitingFor: { words?: string } = { words: entry.snapshot.video.waitingFor },
): Durable[] {
	const nowMs = context.clock.now();
	// First: nothing is planned for a video that has failed, so nobody would know that it waits for a clip.
	entry.snapshot.video = withoutVoidFailure(entry.snapshot);
	const { waitingForClip } = planVideo(entry.snapshot, nowMs);
	const video = deriveVideo(entry.snapshot, waitingForClip, nowMs);
	const isEnded = isVideoEnded(video.status);
	entry.snapshot.video = { ...video, waitingFor: isEnded ? undefined : waitingFor.words };
	// What is under way stays claimed: a video that failed goes on where its given-up job gets its result after all.
	const isOver = isEnded && !entry.snapshot.jobs.some((job) => job.status === 'processing');
	if (isOver) context.claims.releaseVideo(entry.snapshot.video.videoId);
	return context.cache.writeProjections(entry);
}

/** The first refusal of some writes, if any. */
export async function allDurable(writes: Durable[]): Promise<Result<void>> {
	const results = await Promise.all(writes);
	const refusal = results.find((result) => !result.ok);
	return refusal && !refusal.ok ? refusal : { ok: true, value: undefined };
}
