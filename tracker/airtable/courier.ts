import type { Refusal } from '../../engine/result';
import { MAX_LOCK_OUTS, MAX_RETRIES, RETRY_BASE_MS, RETRY_CAP_MS } from './constants';
import type { ApiAnswer, ApiRequest, Transport } from './transport';
import type { Turnstile } from './turnstile';
import type { TrackerClock } from './types';

export interface Delivery {
	table: string;
	priority: number;
	/** Whether sending it twice does no harm. */
	isIdempotent: boolean;
	/** Called when the turn has come, so that a batch can fill until then; called again for a retry. */
	build: () => ApiRequest;
}

/** `turned_away`: the request was never sent, since the month is used up. */
export type DeliveryResult = ApiAnswer | { ok: false; kind: 'turned_away'; refusal: Refusal };

export interface CourierOptions {
	turnstile: Turnstile;
	transport: Transport;
	clock: TrackerClock;
	random: () => number;
}

/** Brings requests to Airtable: waits for turns, sits out lock-outs, tries again where that does no harm. */
export class Courier {
	constructor(private readonly options: CourierOptions) {}

	async deliver(delivery: Delivery): Promise<DeliveryResult> {
		const spent = { retries: 0, lockOuts: 0 };
		for (;;) {
			const answer = await this.deliverOnce(delivery);
			if (answer.ok || !(await this.waitForRetry(answer, delivery, spent))) return answer;
		}
	}

	private async deliverOnce(delivery: Delivery): Promise<DeliveryResult> {
		const { turnstile, transport } = this.options;
		const turn = await turnstile.enter(delivery.table, delivery.priority);
		if (!turn.ok) return { ok: false, kind: 'turned_away', refusal: turn };
		const answer = await transport.send(delivery.build());
		turn.value();
		if (!answer.ok && answer.kind === 'rate_limited') turnstile.close(delivery.table);
		return answer;
	}

	/** False when there is to be no retry. After a 429 the turnstile does the waiting. */
	private async waitForRetry(
		failure: Exclude<DeliveryResult, { ok: true }>,
		{ isIdempotent }: Delivery,
		spent: { retries: number; lockOuts: number },
	): Promise<boolean> {
		if (failure.kind === 'rate_limited') return ++spent.lockOuts < MAX_LOCK_OUTS;
		if (failure.kind !== 'transient' || (failure.mayHaveBegun && !isIdempotent)) return false;
		if (spent.retries === MAX_RETRIES) return false;
		await this.pause(spent.retries++);
		return true;
	}

	/** Waits longer with every retry, by chance between half and all of the time. */
	async pause(retries: number): Promise<void> {
		const ceiling = Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** retries);
		await this.options.clock.sleep(ceiling * (0.5 + this.options.random() / 2));
	}
}
