import type { ClaimEntry, ClaimPhase, ClaimRef, ClaimRegistry } from '../claimRegistry';
import type { TrackerClock } from '../airtable/types';
import { videoIdOf } from '../../engine/video/graph';
import { CLAIM_TTL_MS, HOLDER_TTL_MS, YOUNG_EPOCH_MS } from './constants';
import { epochStartMs, type HolderLease } from './holder';
import type { RedisKeys } from './keys';
import type { RedisLink } from './link';

/** A claim as it stands in Redis. */
interface StoredClaim {
	holder: string;
	phase: ClaimPhase;
	sinceMs: number;
	/** The data of Redis in which it was taken. */
	epoch: string;
}

/**
 * Once per job, attempt and hash. A claim of a process that ended before it could use it is taken over: what it left in
 * the rows is looked at by the recovery flow, and what it did not leave there was never paid for.
 */
const TAKE = `
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
	local known = cjson.decode(redis.call('GET', KEYS[1]))
	if known.holder == ARGV[3] or redis.call('EXISTS', ARGV[4] .. known.holder) == 1 then return 0 end
	redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
redis.call('DEL', KEYS[3])
redis.call('SADD', KEYS[2], KEYS[1])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return 1`;

/** Notes a phase, as long as the claim is ours. */
const MARK = `
local known = redis.call('GET', KEYS[1])
if known and cjson.decode(known).holder == ARGV[3] then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return 1`;

/** True when the claim is ours; where Redis lost its data since it was taken, it is set once more. */
const CONFIRM = `
local known = redis.call('GET', KEYS[1])
if known then return cjson.decode(known).holder == ARGV[3] and 1 or 0 end
if redis.call('GET', KEYS[3]) == ARGV[4] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('SET', KEYS[4], '1', 'PX', ARGV[5])
redis.call('SADD', KEYS[2], KEYS[1])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return 1`;

const GET = `
local known = redis.call('GET', KEYS[1])
if not known then return { '', 0 } end
return { known, redis.call('EXISTS', ARGV[1] .. cjson.decode(known).holder) }`;

const RELEASE_ALL = `
for _, key in ipairs(redis.call('SMEMBERS', KEYS[1])) do redis.call('DEL', key) end
return redis.call('DEL', KEYS[1])`;

function refText(claim: ClaimRef): string {
	return `${claim.jobKey}|${claim.attempt}|${claim.h}`;
}

/** The claims of all processes, in Redis. A claim is alive while the lease of its holder is renewed. */
export class RedisClaims implements ClaimRegistry {
	/** What this process holds, to be announced again where Redis lost it. */
	private readonly own = new Map<string, { claim: ClaimRef; stored: StoredClaim }>();

	constructor(
		private readonly link: RedisLink,
		private readonly keys: RedisKeys,
		private readonly clock: TrackerClock,
		private readonly holder: HolderLease,
	) {}

	async take(claim: ClaimRef, nowMs: number): Promise<boolean> {
		const isReady = await this.holder.ready();
		if (!isReady.ok) return false;
		const stored = {
			holder: this.holder.holderId,
			phase: 'waiting',
			sinceMs: nowMs,
			epoch: this.holder.epoch,
		} as const;
		const values = [JSON.stringify(stored), CLAIM_TTL_MS, stored.holder, this.keys.holders];
		const taken = await this.link.run(TAKE, [...this.keysOf(claim), this.keys.revoked(refText(claim))], values);
		if (!taken.ok || taken.value !== 1) return false;
		this.forgetOld(nowMs);
		this.own.set(refText(claim), { claim, stored });
		return true;
	}

	mark(claim: ClaimRef, phase: ClaimPhase, nowMs: number): void {
		const own = this.own.get(refText(claim));
		if (!own) return;
		own.stored = { ...own.stored, phase, sinceMs: nowMs };
		const values = [JSON.stringify(own.stored), CLAIM_TTL_MS, own.stored.holder];
		void this.link.run(MARK, this.keysOf(claim), values);
	}

	/**
	 * True while the claim is this process's. What made it must be dropped otherwise: another process took the job over,
	 * or Redis can't tell.
	 */
	async confirm(claim: ClaimRef): Promise<boolean> {
		const own = this.own.get(refText(claim));
		if (!own) return false;
		const { stored } = own;
		const keys = [...this.keysOf(claim), this.keys.epoch, this.keys.holder(stored.holder)];
		const values = [JSON.stringify(stored), CLAIM_TTL_MS, stored.holder, stored.epoch, HOLDER_TTL_MS];
		const confirmed = await this.link.run(CONFIRM, keys, values);
		if (!confirmed.ok) return false;
		if (confirmed.value === 1) own.stored = { ...own.stored, epoch: this.holder.epoch };
		else this.own.delete(refText(claim));
		return confirmed.value === 1;
	}

	/** Undefined when nobody alive holds it. Redis that began a moment ago, or does not answer, can't say that. */
	async get(claim: ClaimRef): Promise<ClaimEntry | undefined> {
		const unknown: ClaimEntry = { ...claim, phase: 'waiting', sinceMs: this.clock.now() };
		const isReady = await this.holder.ready();
		const found = await this.link.run(GET, [this.keys.claim(refText(claim))], [this.keys.holders]);
		if (!isReady.ok || !found.ok) return unknown;
		const [text, isAlive] = found.value as [string, number];
		if (text === '') return this.isYoung() ? unknown : undefined;
		const { holder, phase, sinceMs } = JSON.parse(text) as StoredClaim;
		return isAlive === 1 || this.isYoung() ? { ...claim, phase, sinceMs, holder } : undefined;
	}

	release(claim: ClaimRef): void {
		this.own.delete(refText(claim));
		const [key, all] = this.keysOf(claim);
		void this.link.ask(async (client) => await client.multi().del(key).srem(all, key).exec());
	}

	revoke(claim: ClaimRef): void {
		this.release(claim);
		const key = this.keys.revoked(refText(claim));
		void this.link.ask(async (client) => await client.set(key, '1', 'PX', CLAIM_TTL_MS));
	}

	/** Where Redis does not answer, nobody knows of anything that speaks against the call. */
	async isRevoked(claim: ClaimRef): Promise<boolean> {
		const found = await this.link.ask(async (client) => await client.exists(this.keys.revoked(refText(claim))));
		return found.ok && found.value === 1;
	}

	releaseVideo(videoId: string): void {
		for (const [text, { claim }] of this.own) if (videoIdOf(claim.jobKey) === videoId) this.own.delete(text);
		void this.link.run(RELEASE_ALL, [this.keys.claimsOf(videoId)]);
	}

	/** Redis lost its data: what this process holds is set again, unless somebody else has taken it meanwhile. */
	async announce(): Promise<void> {
		await Promise.all([...this.own.values()].map(async ({ claim }) => await this.confirm(claim)));
	}

	private keysOf(claim: ClaimRef): [string, string] {
		return [this.keys.claim(refText(claim)), this.keys.claimsOf(videoIdOf(claim.jobKey))];
	}

	/** What other processes settled is gone in Redis by now. */
	private forgetOld(nowMs: number): void {
		for (const [text, { stored }] of this.own) if (nowMs - stored.sinceMs > CLAIM_TTL_MS) this.own.delete(text);
	}

	private isYoung(): boolean {
		return this.clock.now() - epochStartMs(this.holder.epoch) < YOUNG_EPOCH_MS;
	}
}
