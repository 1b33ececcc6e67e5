import { randomUUID } from 'node:crypto';

import { ok, refuse, type Result } from '../../engine/result';
import type { TrackerClock } from '../airtable/types';
import { RedisLink } from './link';
import { readRedisSettings } from './settings';

const PROBE_TTL_MS = 10_000;

/** Connects with the fields of the credential, writes a key and reads it back. Says what is wrong in words for people. */
export async function probeRedis(fields: Record<string, unknown>, clock: TrackerClock): Promise<Result<void>> {
	const settings = readRedisSettings(fields);
	if (!settings.ok) return settings;
	const link = new RedisLink(settings.value, clock);
	const value = randomUUID();
	const key = `${settings.value.keyPrefix}:probe:${value}`;
	const read = await link.ask(async (client) => {
		await client.set(key, value, 'PX', PROBE_TTL_MS);
		const found = await client.get(key);
		await client.del(key);
		return found;
	});
	await link.close();
	if (!read.ok) return refuse(read.code, advice(read.message));
	return read.value === value ? ok(undefined) : refuse('no_lock', 'Redis did not give back what was written to it.');
}

/** Words of Redis and what to do about them. */
function advice(message: string): string {
	if (/WRONGPASS|invalid username-password/i.test(message)) return `${message} Check user and password.`;
	if (/NOAUTH/.test(message)) return `${message} This Redis wants a password.`;
	if (/NOPERM/.test(message)) return `${message} The user may not write keys that begin with the prefix.`;
	if (/ENOTFOUND|EAI_AGAIN/.test(message)) return `${message} Check the host.`;
	return message;
}
