import { ok, refuse, type Result } from '../../engine/result';
import type { RateGate, TrackerClock } from '../airtable/types';
import { createKeyedMutex, type VideoLocks } from '../concurrency';
import type { TrackerMemory } from '../context';
import { createSharedNotes, type SharedNotes } from '../sharedNotes';
import type { TrackerSettings } from '../settings';
import type { SharedWork } from '../sharedWork';
import type { VideoCache, VideoEntry } from '../videoCache';
import { RedisClaims } from './claims';
import { HolderLease } from './holder';
import { redisKeys, type RedisKeys } from './keys';
import { takeLease, tryLease, type LeaseSource } from './leases';
import { RedisLink } from './link';
import { createRedisNotes } from './notes';
import { RedisRateGate } from './rateGate';
import type { RedisSettings } from './settings';
import { openSection, RedisVideos } from './videos';

const MS_PER_S = 1_000;

export interface RedisBaseOptions {
	settings: RedisSettings;
	/** What names the base: its address and id. */
	base: string;
	clock: TrackerClock;
	random: () => number;
	holderId: string;
}

/** What the processes of an installation share about one base. */
export class RedisBase {
	readonly link: RedisLink;

	readonly keys: RedisKeys;

	readonly gate: RateGate;

	readonly notes: SharedNotes;

	readonly claims: RedisClaims;

	private readonly holder: HolderLease;

	private readonly source: LeaseSource;

	constructor(readonly options: RedisBaseOptions) {
		const { settings, base, clock, random, holderId } = options;
		this.link = new RedisLink(settings, clock);
		this.keys = redisKeys(settings.keyPrefix, base);
		this.source = { link: this.link, clock, random };
		this.gate = new RedisRateGate(this.link, this.keys, clock, random);
		const own = createSharedNotes(() => clock.now());
		this.notes = createRedisNotes(this.link, this.keys, own);
		this.holder = new HolderLease(this.link, this.keys, clock, holderId, async () => await this.claims.announce());
		this.claims = new RedisClaims(this.link, this.keys, clock, this.holder);
	}

	/** The parts of a tracker that are shared, around its own memory. */
	around(
		cache: VideoCache,
		memory: TrackerMemory,
		settings: TrackerSettings,
	): { locks: VideoLocks; shared: SharedWork } {
		const { link, keys } = this;
		const { clock, holderId } = this.options;
		const rewrite = (videoId: string, rows: string[]) => void rewriteRows(locks, cache, videoId, rows);
		const { strikes } = memory;
		const { tickS } = settings;
		const videos = new RedisVideos({ link, keys, clock, cache, holderId, tickS, strikes, rewrite });
		cache.sharing = videos;
		const locks = this.locksOf(videos);
		const share = async (videoId: string) => await locks.run(videoId, async () => ok(undefined));
		return {
			locks,
			shared: {
				share,
				refresh: async () => await videos.pullActive(Infinity),
				check: async () => await this.holder.ready(),
				tick: async (work) => await this.tick(work, { cache, videos, memory, settings, share, rewrite }),
			},
		};
	}

	/** Lets go of Redis; what this process holds ends by itself. */
	async close(): Promise<void> {
		this.holder.stop();
		await this.link.close();
	}

	private locksOf(videos: RedisVideos): VideoLocks {
		const mutex = createKeyedMutex();
		const { holder, keys, source } = this;
		return {
			async run<T>(videoId: string, work: () => Promise<Result<T>>): Promise<Result<T>> {
				// Whoever writes rows must be seen to be alive, or others write them as well.
				const isAlive = await holder.ready();
				if (!isAlive.ok) return isAlive;
				return await mutex.run(videoId, async () => {
					const lease = await takeLease(source, keys.lock(videoId), `video ${videoId}`);
					if (!lease.ok) return lease;
					const pulled = await videos.pull(videoId);
					const section = openSection();
					videos.sections.set(videoId, section);
					let committed: Result<string> = refuse('no_lock', 'The work on this video broke off.');
					try {
						const done = pulled.ok ? await work() : pulled;
						committed = await videos.commit(videoId, lease.value, section);
						return committed.ok ? done : committed;
					} finally {
						videos.sections.delete(videoId);
						section.end(committed);
						lease.value.forget();
					}
				});
			},
		};
	}

	private async tick<T>(work: () => Promise<Result<T>>, parts: TickParts): Promise<Result<T> | undefined> {
		const { keys, link } = this;
		const lease = await tryLease(this.source, keys.tick);
		if (!lease.ok) return lease;
		if (!lease.value) return undefined;
		const { cache, memory, videos, settings, share, rewrite } = parts;
		const orphaned = await videos.orphanedRows(async (holderId) => await this.isAlive(holderId));
		for (const [videoId, rows] of orphaned) rewrite(videoId, rows);

		const scanned = await link.ask(async (client) => await client.get(keys.scan));
		memory.lastScanMs = scanned.ok && scanned.value !== null ? Number(scanned.value) : undefined;
		const nowMs = this.options.clock.now();
		const isScan = memory.lastScanMs === undefined || nowMs - memory.lastScanMs >= settings.safetyScanS * MS_PER_S;
		const pulled = await videos.pullActive(isScan ? Infinity : nowMs);
		const readBefore = new Map(cache.all().map((entry) => [entry, entry.segmentsReadAtMs]));
		const done = pulled.ok ? await work() : pulled;
		const isUnshared = (entry: VideoEntry) =>
			entry.version === undefined || readBefore.get(entry) !== entry.segmentsReadAtMs;
		const unshared = cache.all().filter(isUnshared);
		await Promise.all(unshared.map(async (entry) => await share(entry.snapshot.video.videoId)));
		const at = memory.lastScanMs;
		if (isScan && at !== undefined) await link.ask(async (client) => await client.set(keys.scan, at));
		await lease.value.release();
		return done;
	}

	/** Redis that does not answer can't tell; then nothing is done for others. */
	private async isAlive(holderId: string): Promise<boolean> {
		const found = await this.link.ask(async (client) => await client.exists(this.keys.holder(holderId)));
		return !found.ok || found.value === 1;
	}
}

interface TickParts {
	cache: VideoCache;
	videos: RedisVideos;
	memory: TrackerMemory;
	settings: TrackerSettings;
	share: (videoId: string) => Promise<Result<void>>;
	rewrite: (videoId: string, rows: string[]) => void;
}

/** Writes rows once more of which nobody knows what they show. */
async function rewriteRows(locks: VideoLocks, cache: VideoCache, videoId: string, rows: string[]): Promise<void> {
	await locks.run(videoId, async () => {
		const loaded = await cache.load(videoId);
		if (!loaded.ok) return loaded;
		for (const row of rows) cache.rewrite(loaded.value, row);
		return ok(undefined);
	});
}
