import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTracker } from '../../tracker/tracker';
import type { TrackerClock } from '../../tracker/airtable/types';
import { DEFAULT_SETTINGS } from '../../tracker/settings';
import { RedisBase } from '../../tracker/redis/parts';
import { readRedisSettings } from '../../tracker/redis/settings';
import type { RedisServer } from './redisServer';
import { MemoryStore } from './memoryStore';
import { good, TrackerBench } from './trackerBench';

/** A clock that tells real time, moved by the test, and that really sleeps, since Redis counts real time as well. */
export class RedisClock implements TrackerClock {
	aheadMs = 0;

	now(): number {
		return Date.now() + this.aheadMs;
	}

	async sleep(ms: number, signal?: AbortSignal): Promise<void> {
		await sleep(ms, undefined, { signal, ref: false });
	}
}

/** One process of an installation: a tracker of its own over the same base and the same Redis. */
export class TestProcess extends TrackerBench {
	readonly redis: RedisBase;

	readonly clock = new RedisClock();

	constructor(server: RedisServer, base: string, store: MemoryStore, holderId: string = randomUUID()) {
		super(store, holderId);
		const settings = good(readRedisSettings({ url: server.url }));
		const { clock } = this;
		this.redis = new RedisBase({ settings, base, clock, random: () => 0.5, holderId });
		const context = createTracker({
			store,
			clock,
			random: () => 0.5,
			settings: { ...DEFAULT_SETTINGS, lock: 'redis' },
			holderId,
			redis: this.redis,
		}).context;
		Object.assign(this.tracker.context, context);
	}

	/** Ends as a killed process does: nothing is renewed any more, and its lease has run out. */
	async die(server: RedisServer): Promise<void> {
		await this.redis.close();
		const client = server.client();
		await client.del(this.redis.keys.holder(this.holderId));
		client.disconnect();
	}
}
