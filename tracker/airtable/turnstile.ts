import { ok, type Result } from '../../engine/result';
import { LOCK_OUT_MS, PRIORITY_STEP_MS, QUOTA_PROBE_MS } from './constants';
import { quotaRefusal } from './refusals';
import type { ProbeVerdict } from './transport';
import type { RateGate, ReleaseSlot, TrackerClock } from './types';

interface Waiter {
	/** When its turn would come if nobody were before it; lower priorities start later, and age. */
	due: number;
	table: string;
	admit: (turn: Result<ReleaseSlot>) => void;
}

/**
 * - `open`: requests pass as the gate allows;
 * - `closed`: a 429 came, all wait for the probe that follows the silence;
 * - `spent`: the month is used up, all are refused until `probeAt`.
 */
type State = { name: 'open' } | { name: 'closed' } | { name: 'spent'; probeAt: number };

/** Decides which request of a base goes next, and what a 429 means for all of them. */
export class Turnstile {
	private state: State = { name: 'open' };

	private readonly waiting: Waiter[] = [];

	private isServing = false;

	constructor(
		private readonly gate: RateGate,
		private readonly clock: TrackerClock,
		private readonly probe: (table: string) => Promise<ProbeVerdict>,
	) {}

	/** Resolves when a request for this table may be sent; refused with `quota_exceeded` when the month is used up. */
	async enter(table: string, priority: number): Promise<Result<ReleaseSlot>> {
		if (this.state.name === 'spent') {
			if (this.clock.now() < this.state.probeAt) return quotaRefusal();
			this.state = { name: 'closed' };
			void this.reopen(table);
		}
		return await new Promise((admit) => {
			this.waiting.push({ due: this.clock.now() + priority * PRIORITY_STEP_MS, table, admit });
			void this.serve();
		});
	}

	/** A request was answered with 429: silence first, then one probe on behalf of all. */
	close(table: string): void {
		if (this.state.name !== 'open') return;
		this.state = { name: 'closed' };
		this.gate.penalize(LOCK_OUT_MS);
		void this.reopen(table);
	}

	private async reopen(table: string): Promise<void> {
		for (;;) {
			const release = await this.gate.acquire();
			const verdict = await this.probe(table);
			release();
			if (verdict === 'rate_limited') {
				this.gate.penalize(LOCK_OUT_MS);
				continue;
			}
			if (verdict === 'open') {
				this.state = { name: 'open' };
				return await this.serve();
			}
			this.state = { name: 'spent', probeAt: this.clock.now() + QUOTA_PROBE_MS };
			for (const { admit } of this.waiting.splice(0)) admit(quotaRefusal());
			return;
		}
	}

	private async serve(): Promise<void> {
		if (this.isServing) return;
		this.isServing = true;
		while (this.waiting.length > 0 && this.state.name === 'open') {
			const release = await this.gate.acquire();
			const next = this.isOpen() ? this.takeNext() : undefined;
			if (next) next.admit(ok(release));
			else release();
		}
		this.isServing = false;
	}

	/** Asked again after waiting, when the state may be another. */
	private isOpen(): boolean {
		return this.state.name === 'open';
	}

	private takeNext(): Waiter | undefined {
		let first = 0;
		this.waiting.forEach(({ due }, index) => {
			if (due < this.waiting[first].due) first = index;
		});
		return this.waiting.splice(first, 1)[0];
	}
}
