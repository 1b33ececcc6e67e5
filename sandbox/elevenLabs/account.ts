import { ApiError } from './errors';
import type { ElevenLabsSettings } from './settings';

const MONTH_S = 30 * 86_400;

/** Counts characters against the plan's quota. */
export class Account {
	private used = 0;

	constructor(private readonly settings: Pick<ElevenLabsSettings, 'quota' | 'tier'>) {}

	get characterCount(): number {
		return this.used;
	}

	reset(): void {
		this.used = 0;
	}

	/**
	 * Takes credits before the work.
	 * @throws ApiError 401 `quota_exceeded`, which is no matter of the key
	 */
	charge(cost: number): void {
		const left = this.settings.quota - this.used;
		if (cost > left) throw quotaExceeded(this.settings.quota, left, cost);
		this.used += cost;
	}

	/** `GET /v1/user/subscription`. */
	subscription(nowMs: number): object {
		const nextReset = Math.floor(nowMs / 1000) + MONTH_S;
		return {
			tier: this.settings.tier,
			character_count: this.used,
			character_limit: this.settings.quota,
			max_character_limit_extension: null,
			max_credit_limit_extension: 0,
			can_extend_character_limit: false,
			allowed_to_extend_character_limit: false,
			next_character_count_reset_unix: nextReset,
			voice_slots_used: 0,
			professional_voice_slots_used: 0,
			voice_limit: 30,
			max_voice_add_edits: 95,
			voice_add_edit_counter: 0,
			professional_voice_limit: 1,
			can_use_instant_voice_cloning: true,
			can_use_professional_voice_cloning: true,
			currency: 'usd',
			current_overage: { amount: '0', currency: 'usd' },
			status: 'active',
			billing_period: 'monthly_period',
			character_refresh_period: 'monthly_period',
			next_invoice: null,
			open_invoices: [],
			has_open_invoices: false,
			pending_change: null,
		};
	}
}

export function quotaExceeded(quota: number, left: number, cost: number): ApiError {
	return new ApiError(
		401,
		'quota_exceeded',
		`This request exceeds your quota of ${quota}. You have ${left} credits remaining, while ${cost} credits are required for this request.`,
	);
}
