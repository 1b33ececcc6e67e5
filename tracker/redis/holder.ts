import { randomUUID } from 'node:crypto';

import { ok, type Result } from '../../engine/result';
import type { TrackerClock } from '../airtable/types';
import { HOLDER_RENEW_MS, HOLDER_TTL_MS } from './constants';
import type { RedisKeys } from './keys';
import type { RedisLink } from './link';

/** Renews the lease of a process, and says which data it stands in: another epoch means that the former was lost. */
const RENEW = `
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('SET', KEYS[2], ARGV[3], 'NX')
return redis.call('GET', KEYS[2])`;

/**
 * The lease of this process. As long as it is renewed, everything that the process holds is alive. It is renewed from
 * the first use on, for as long as the process runs.
 */
export class HolderLease {
	/** What Redis calls the data that it has; `<ms since the epoch>:<random>`. */
	epoch = '';

	private started?: Promise<Result<void>>;

	private readonly stopped = new AbortController();

	constructor(
		private readonly link: RedisLink,
		private readonly keys: RedisKeys,
		private readonly clock: TrackerClock,
		readonly holderId: string,
		/** Called when Redis has lost its data, so that what is held is announced again. */
		private readonly onLost: () => Promise<void>,
	) {}

	/** Resolves when the lease stands; refused with `no_lock` when Redis does not answer. */
	async ready(): Promise<Result<void>> {
		const started = await (this.started ??= this.start());
		if (!started.ok) this.started = undefined;
		return started;
	}

	/** Renews now; the rhythm calls it, and so does who can't wait for it. */
	async renew(): Promise<Result<void>> {
		const nowMs = this.clock.now();
		const proposal = `${nowMs}:${randomUUID()}`;
		const renewed = await this.link.run(
			RENEW,
			[this.keys.holder(this.holderId), this.keys.epoch],
			[nowMs, HOLDER_TTL_MS, proposal],
		);
		if (!renewed.ok) return renewed;
		const isLost = this.epoch !== '' && this.epoch !== renewed.value;
		this.epoch = String(renewed.value);
		if (isLost) await this.onLost();
		return ok(undefined);
	}

	/** Lets the lease end by itself. */
	stop(): void {
		this.stopped.abort();
	}

	private async start(): Promise<Result<void>> {
		const first = await this.renew();
		if (first.ok) void this.keepRenewing();
		return first;
	}

	private async keepRenewing(): Promise<void> {
		const { signal } = this.stopped;
		while (!signal.aborted) {
			await this.clock.sleep(HOLDER_RENEW_MS, signal).catch(() => undefined);
			if (!signal.aborted) await this.renew();
		}
	}
}

/** When the data of an epoch began, ms since the epoch. */
export function epochStartMs(epoch: string): number {
	return Number(epoch.split(':')[0]);
}
