import type { SharedNotes } from '../sharedNotes';
import type { RedisKeys } from './keys';
import type { RedisLink } from './link';

const ADD = `
local sum = redis.call('INCRBYFLOAT', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return sum`;

/**
 * The notes of all processes, in Redis. While it does not answer, `fallback` keeps those of this process: a message may
 * be sent twice, and sums count what this process knows.
 */
export function createRedisNotes(link: RedisLink, keys: RedisKeys, fallback: SharedNotes): SharedNotes {
	return {
		async once(key, ttlMs) {
			const set = await link.ask(async (client) => await client.set(keys.note(key), '1', 'PX', ttlMs, 'NX'));
			return set.ok ? set.value === 'OK' : await fallback.once(key, ttlMs);
		},
		async add(key, amount, ttlMs) {
			const own = await fallback.add(key, amount, ttlMs);
			const sum = await link.run(ADD, [keys.note(key)], [amount, ttlMs]);
			return sum.ok ? Number(sum.value) : own;
		},
		async sum(key) {
			const sum = await link.ask(async (client) => await client.get(keys.note(key)));
			return sum.ok ? Number(sum.value ?? 0) : await fallback.sum(key);
		},
	};
}
