import { ok, refuse, type Result } from '../../engine/result';
import { videoIdOf } from '../../engine/video/graph';
import type { TrackerClock } from '../airtable/types';
import { dueAtMs } from '../dueTimes';
import type { Strikes } from '../strikes';
import type { Durable, VideoCache, VideoEntry, VideoSharing } from '../videoCache';
import { SNAPSHOT_TTL_MS } from './constants';
import type { RedisKeys } from './keys';
import type { Lease } from './leases';
import type { RedisLink } from './link';
import { entryFromText, entryToText } from './snapshotText';

/** The state of a video, unless the caller has it already. */
const PULL = `
local version = redis.call('HGET', KEYS[1], 'version')
if not version then return {} end
if version == ARGV[1] then return { version } end
return { version, redis.call('HGET', KEYS[1], 'text') }`;

/** Shares a state under its lock, and frees the lock; 0 where the lock is not ours any more. */
const COMMIT = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
if ARGV[2] == '' then return 1 end
redis.call('HSET', KEYS[2], 'version', ARGV[2], 'text', ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
if ARGV[5] == '' then redis.call('ZREM', KEYS[3], ARGV[6]) else redis.call('ZADD', KEYS[3], ARGV[5], ARGV[6]) end
for index = 8, #ARGV do
	redis.call('HSET', KEYS[4], ARGV[index] .. '|' .. ARGV[7], ARGV[2])
	redis.call('HSET', KEYS[5], ARGV[index], ARGV[2])
end
if #ARGV >= 8 then
	redis.call('SADD', KEYS[6], ARGV[6])
	redis.call('PEXPIRE', KEYS[4], ARGV[4])
	redis.call('PEXPIRE', KEYS[5], ARGV[4])
end
return 1`;

/** A row is durable. 1 where another version of it was shared meanwhile: which of the two it shows, nobody knows. */
const DURABLE = `
local mine = ARGV[2] .. '|' .. ARGV[3]
local latest = redis.call('HGET', KEYS[1], mine)
if latest and latest ~= ARGV[4] then return 0 end
redis.call('HDEL', KEYS[1], mine)
if redis.call('HLEN', KEYS[1]) == 0 then redis.call('SREM', KEYS[2], ARGV[1]) end
local version = redis.call('HGET', KEYS[3], ARGV[2])
return (version and version ~= ARGV[4]) and 1 or 0`;

const ACTIVE = `
local found = {}
local due = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for index = 1, #due, 2 do
	found[#found + 1] = due[index]
	found[#found + 1] = due[index + 1]
	found[#found + 1] = redis.call('HGET', ARGV[1] .. due[index], 'version') or ''
end
return found`;

/** What is done on one video under its lock, until it is shared. */
export interface Section {
	/** Rows that it writes. */
	rows: Set<string>;
	/** The version under which it was shared; refused where it can't be shared any more. */
	committed: Promise<Result<string>>;
	end(committed: Result<string>): void;
}

export function openSection(): Section {
	let end: (committed: Result<string>) => void = () => undefined;
	const committed = new Promise<Result<string>>((resolve) => (end = resolve));
	return { rows: new Set(), committed, end };
}

export interface RedisVideosOptions {
	link: RedisLink;
	keys: RedisKeys;
	clock: TrackerClock;
	cache: VideoCache;
	holderId: string;
	/** Seconds between two looks at what is under way. */
	tickS: number;
	/** How often jobs were found missing, as this process remembers. */
	strikes: Map<string, Strikes>;
	/** Writes a row once more, under the video's lock. */
	rewrite: (videoId: string, rows: string[]) => void;
}

/**
 * What all processes know of the videos: the state of each under a version that changes with it. A state is shared
 * before its rows are sent, so that whoever comes next goes on from it without reading the rows.
 */
export class RedisVideos implements VideoSharing {
	readonly sections = new Map<string, Section>();

	/** The states as they were last shared, to share only what differs. */
	private readonly texts = new WeakMap<VideoEntry, string>();

	constructor(private readonly options: RedisVideosOptions) {}

	async refresh(videoId: string): Promise<Result<void>> {
		return this.sections.has(videoId) ? ok(undefined) : await this.pull(videoId);
	}

	/** Brings one video in memory up to what is shared. */
	async pull(videoId: string): Promise<Result<void>> {
		const { link, keys, cache } = this.options;
		const known = cache.peek(videoId);
		const answer = await link.run(PULL, [keys.video(videoId)], [known?.version ?? '']);
		if (!answer.ok) return answer;
		const [version, text] = answer.value as string[];
		// A state that was shared and is gone there may be older than the rows; one that was never shared is newer.
		if (version === undefined && known?.version !== undefined) cache.drop(videoId);
		if (text !== undefined) this.remember(text, version);
		return ok(undefined);
	}

	/** Shares what was done under a lock and frees it; refused where the lock got lost. */
	async commit(videoId: string, lease: Lease, section: Section): Promise<Result<string>> {
		const { link, keys, cache, clock, holderId, tickS } = this.options;
		const entry = cache.peek(videoId);
		const text = entry && entryToText(entry, this.strikesOf(videoId));
		const isChanged = entry !== undefined && (section.rows.size > 0 || text !== this.texts.get(entry));
		const version = isChanged ? lease.token : '';
		const dueMs = entry && cache.isActive(entry) ? dueAtMs(entry, clock.now(), tickS) : '';
		const redisKeys = [
			lease.key,
			keys.video(videoId),
			keys.due,
			keys.unwrittenOf(videoId),
			keys.rowsOf(videoId),
			keys.unwritten,
		];
		const values = [lease.token, version, text ?? '', SNAPSHOT_TTL_MS, dueMs, videoId, holderId, ...section.rows];
		const committed = await link.run(COMMIT, redisKeys, values);
		if (committed.ok && committed.value === 1) {
			if (entry && text !== undefined && isChanged) {
				entry.version = version;
				this.texts.set(entry, text);
			}
			return ok(version);
		}
		cache.drop(videoId);
		if (!committed.ok) return committed;
		return refuse('no_lock', 'The lock on this video got lost, so what was done under it was dropped.');
	}

	async write(videoId: string, row: string, send: () => Durable): Durable {
		const section = this.sections.get(videoId);
		if (!section) return await send();
		section.rows.add(row);
		const committed = await section.committed;
		if (!committed.ok) return committed;
		const written = await send();
		void (written.ok ? this.noteDurable(videoId, row, committed.value) : this.forget(videoId));
		return written;
	}

	/** Memory and rows are apart: the next one who wants the video reads its rows. */
	private async forget(videoId: string): Promise<void> {
		const { link, keys } = this.options;
		await link.ask(async (client) => await client.del(keys.video(videoId)));
	}

	/**
	 * Brings the active videos in memory up to date.
	 *
	 * @param untilMs only those that want a look until then; the others are left out of memory where they have changed
	 */
	async pullActive(untilMs: number): Promise<Result<void>> {
		const { link, keys, cache } = this.options;
		const answer = await link.run(ACTIVE, [keys.due], [keys.video('')]);
		if (!answer.ok) return answer;
		const found = answer.value as string[];
		const shared = new Map<string, { dueMs: number; version: string }>();
		for (let index = 0; index < found.length; index += 3) {
			shared.set(found[index], { dueMs: Number(found[index + 1]), version: found[index + 2] });
		}
		for (const entry of cache.active()) {
			const { videoId } = entry.snapshot.video;
			const isCurrent = entry.version === shared.get(videoId)?.version;
			if (!isCurrent && !this.sections.has(videoId)) cache.drop(videoId);
		}
		const unread = new Set(cache.unread());
		const isWanted = (videoId: string, dueMs: number) => dueMs <= untilMs || unread.has(videoId);
		const wanted = [...shared].filter(([videoId, { dueMs }]) => isWanted(videoId, dueMs) && !cache.has(videoId));
		const pulled = await Promise.all(wanted.map(async ([videoId]) => await this.pull(videoId)));
		await this.dropGone(wanted.map(([videoId]) => videoId));
		return pulled.find((result) => !result.ok) ?? ok(undefined);
	}

	/** Active videos whose state is gone are found by the next scan of the tables. */
	private async dropGone(videoIds: string[]): Promise<void> {
		const { link, keys, cache } = this.options;
		const gone = videoIds.filter((videoId) => !cache.peek(videoId));
		if (gone.length > 0) await link.ask(async (client) => await client.zrem(keys.due, ...gone));
	}

	/** Rows that processes which ended had not brought to Airtable, by video. */
	async orphanedRows(isAlive: (holderId: string) => Promise<boolean>): Promise<Map<string, string[]>> {
		const { link, keys } = this.options;
		const orphaned = new Map<string, string[]>();
		const videos = await link.ask(async (client) => await client.smembers(keys.unwritten));
		for (const videoId of videos.ok ? videos.value : []) {
			const fields = await link.ask(async (client) => await client.hkeys(keys.unwrittenOf(videoId)));
			for (const field of fields.ok ? fields.value : []) {
				const [row, holder] = field.split('|');
				if (await isAlive(holder)) continue;
				orphaned.set(videoId, [...(orphaned.get(videoId) ?? []), row]);
				await link.ask(async (client) => await client.hdel(keys.unwrittenOf(videoId), field));
			}
		}
		return orphaned;
	}

	private remember(text: string, version: string): void {
		const read = entryFromText(text);
		const entry = { ...read.entry, version };
		this.texts.set(entry, text);
		this.options.cache.put(entry);
		const { strikes } = this.options;
		for (const [key] of this.strikesOf(entry.snapshot.video.videoId)) strikes.delete(key);
		for (const [key, strike] of read.strikes) strikes.set(key, strike);
	}

	private strikesOf(videoId: string): Array<[string, Strikes]> {
		return [...this.options.strikes].filter(([, { jobKey }]) => videoIdOf(jobKey) === videoId);
	}

	private async noteDurable(videoId: string, row: string, version: string): Promise<void> {
		const { link, keys, holderId, rewrite } = this.options;
		const redisKeys = [keys.unwrittenOf(videoId), keys.unwritten, keys.rowsOf(videoId)];
		const noted = await link.run(DURABLE, redisKeys, [videoId, row, holderId, version]);
		if (noted.ok && noted.value === 1) rewrite(videoId, [row]);
	}
}
