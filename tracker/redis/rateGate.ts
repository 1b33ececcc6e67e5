import type { RateLimiterRedis } from 'rate-limiter-flexible';

import { RATE_MARGIN_MS, RATE_WINDOW_MS, REQUESTS_PER_SECOND } from '../airtable/constants';
import type { RateGate, ReleaseSlot, TrackerClock } from '../airtable/types';
import { LONELY_REQUEST_MS, SLOT_HOLD_S, SLOT_RETRY_MS } from './constants';
import type { RedisKeys } from './keys';
import type { RedisLink } from './link';

const SILENCE = 'silence';
const MS_PER_S = 1_000;

/**
 * One gate for all processes that use a base. There are as many slots as Airtable takes requests in a second. A slot is
 * taken before a request leaves, and free again one second after its answer came: the server saw it at some moment in
 * between, so it never sees more in a second, whoever sent them.
 */
export class RedisRateGate implements RateGate {
	private limiter?: Promise<RateLimiterRedis>;

	/** Silence as far as this process knows, for the time in which Redis does not answer. */
	private silentUntilMs = 0;

	private lonelyAtMs = 0;

	private last: Promise<void> = Promise.resolve();

	constructor(
		private readonly link: RedisLink,
		private readonly keys: RedisKeys,
		private readonly clock: TrackerClock,
		private readonly random: () => number,
	) {}

	async acquire(signal?: AbortSignal): Promise<ReleaseSlot> {
		const before = this.last;
		let leave: () => void = () => undefined;
		this.last = new Promise((resolve) => (leave = resolve));
		await before;
		try {
			return await this.waitForSlot(signal);
		} finally {
			leave();
		}
	}

	penalize(ms: number): void {
		this.silentUntilMs = Math.max(this.silentUntilMs, this.clock.now() + ms);
		void this.withLimiter(async (limiter) => await limiter.block(SILENCE, Math.ceil(ms / MS_PER_S)));
	}

	private async waitForSlot(signal?: AbortSignal): Promise<ReleaseSlot> {
		for (;;) {
			signal?.throwIfAborted();
			const ownSilenceMs = this.silentUntilMs - this.clock.now();
			const found = ownSilenceMs > 0 ? { waitMs: ownSilenceMs } : await this.tryAll();
			if ('release' in found) return found.release;
			await this.clock.sleep(found.waitMs, signal);
		}
	}

	private async tryAll(): Promise<{ release: ReleaseSlot } | { waitMs: number }> {
		const tried = await this.withLimiter(async (limiter) => {
			const silence = await limiter.get(SILENCE);
			if (silence && silence.msBeforeNext > 0) return { waitMs: silence.msBeforeNext };
			const first = Math.floor(this.random() * REQUESTS_PER_SECOND);
			for (let index = 0; index < REQUESTS_PER_SECOND; index++) {
				const slot = `slot-${(first + index) % REQUESTS_PER_SECOND}`;
				if (await takes(limiter, slot)) return { release: () => this.free(limiter.getKey(slot)) };
			}
			return { waitMs: SLOT_RETRY_MS };
		});
		return tried ?? this.alone();
	}

	/** Without Redis nobody knows what the other processes send: each keeps far below its share. */
	private alone(): { release: ReleaseSlot } | { waitMs: number } {
		const waitMs = this.lonelyAtMs + LONELY_REQUEST_MS - this.clock.now();
		if (waitMs > 0) return { waitMs };
		this.lonelyAtMs = this.clock.now();
		return { release: () => undefined };
	}

	private free(key: string): void {
		void this.link.ask(async (client) => await client.pexpire(key, RATE_WINDOW_MS + RATE_MARGIN_MS));
	}

	private async withLimiter<T>(work: (limiter: RateLimiterRedis) => Promise<T>): Promise<T | undefined> {
		const done = await this.link.ask(async (client) => {
			this.limiter ??= import('rate-limiter-flexible').then(
				({ RateLimiterRedis: Limiter }) =>
					new Limiter({ storeClient: client, keyPrefix: this.keys.gate, points: 1, duration: SLOT_HOLD_S }),
			);
			return await work(await this.limiter);
		});
		return done.ok ? done.value : undefined;
	}
}

/** The library rejects with an answer where a slot is taken, and with an Error where Redis failed. */
async function takes(limiter: RateLimiterRedis, slot: string): Promise<boolean> {
	return await limiter.consume(slot).then(
		() => true,
		(reason: unknown) => (reason instanceof Error ? Promise.reject(reason) : false),
	);
}
