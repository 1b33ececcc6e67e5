import { parseRetryAfterS } from '../../../shared/retryAfter';
import { SENTRY_PAUSE_DEFAULT_S } from '../../constants';

const EVENT_CATEGORY = 'error';

/**
 * Seconds for which Sentry wants no events, by the headers of an answer: `X-Sentry-Rate-Limits`
 * (`seconds:categories:scope, …`; no category means all), else `Retry-After`, else a minute where it refused with 429
 * (develop.sentry.dev/sdk/expected-features/rate-limiting).
 */
export function pauseS(status: number, headers: Record<string, string>, nowMs: number): number {
	const limits = headers['x-sentry-rate-limits'];
	if (limits !== undefined) {
		const seconds = limits.split(',').map((limit) => {
			const [duration, categories = ''] = limit.trim().split(':');
			const isOurs = categories === '' || categories.split(';').includes(EVENT_CATEGORY);
			return isOurs && /^\d{1,9}(\.\d+)?$/.test(duration) ? Number(duration) : 0;
		});
		const longest = Math.max(...seconds);
		if (longest > 0 || status !== 429) return longest;
	}
	if (status !== 429) return 0;
	return parseRetryAfterS(headers['retry-after'], nowMs) ?? SENTRY_PAUSE_DEFAULT_S;
}
