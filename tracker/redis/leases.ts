import { randomUUID } from 'node:crypto';

import { ok, refuse, type Result } from '../../engine/result';
import type { TrackerClock } from '../airtable/types';
import { LOCK_RENEW_MS, LOCK_RETRY_FIRST_MS, LOCK_RETRY_MAX_MS, LOCK_TTL_MS, LOCK_WAIT_MS } from './constants';
import type { RedisLink } from './link';

const RENEW = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

const RELEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;

/** A lock that one process holds. */
export interface Lease {
	key: string;
	/** Names this holding of the lock: whoever writes under it proves by it that the lock is still theirs. */
	token: string;
	/** Ends the renewal and frees the lock where it is still ours. */
	release(): Promise<void>;
	/** Ends the renewal of a lock that was freed already. */
	forget(): void;
}

export interface LeaseSource {
	link: RedisLink;
	clock: TrackerClock;
	random: () => number;
}

/** Renews until it is ended, or until the lock turns out to be lost. */
async function keepRenewing(source: LeaseSource, key: string, token: string, ended: AbortSignal): Promise<void> {
	while (!ended.aborted) {
		await source.clock.sleep(LOCK_RENEW_MS, ended).catch(() => undefined);
		if (ended.aborted) return;
		const renewed = await source.link.run(RENEW, [key], [token, LOCK_TTL_MS]);
		if (renewed.ok && renewed.value !== 1) return;
	}
}

/** The lock, when it is free; undefined when somebody holds it. */
export async function tryLease(source: LeaseSource, key: string): Promise<Result<Lease | undefined>> {
	const token = randomUUID();
	const set = await source.link.ask(async (client) => await client.set(key, token, 'PX', LOCK_TTL_MS, 'NX'));
	if (!set.ok) return set;
	if (set.value !== 'OK') return ok(undefined);
	const ended = new AbortController();
	void keepRenewing(source, key, token, ended.signal);
	return ok({
		key,
		token,
		forget: () => ended.abort(),
		release: async () => {
			ended.abort();
			await source.link.run(RELEASE, [key], [token]);
		},
	});
}

/** The lock, as soon as it is free. Code `no_lock` when that takes too long or Redis does not answer. */
export async function takeLease(source: LeaseSource, key: string, what: string): Promise<Result<Lease>> {
	const deadlineMs = source.clock.now() + LOCK_WAIT_MS;
	let pauseMs = LOCK_RETRY_FIRST_MS;
	let tried = await tryLease(source, key);
	while (tried.ok && tried.value === undefined) {
		if (source.clock.now() >= deadlineMs) {
			return refuse('no_lock', `Another process works on ${what} for longer than ${LOCK_WAIT_MS / 1_000} s.`);
		}
		await source.clock.sleep(pauseMs * (0.5 + source.random() / 2));
		pauseMs = Math.min(pauseMs * 2, LOCK_RETRY_MAX_MS);
		tried = await tryLease(source, key);
	}
	return tried as Result<Lease>;
}
