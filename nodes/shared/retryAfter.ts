/**
 * Seconds to wait from a `Retry-After` header: a number of seconds or an HTTP date (RFC 9110, 10.2.3).
 * Undefined when it is absent or makes no sense.
 */
export function parseRetryAfterS(value: string | undefined, nowMs: number): number | undefined {
	if (value === undefined) return undefined;
	const text = value.trim();
	if (/^\d{1,9}(\.\d+)?$/.test(text)) return Number(text);
	const atMs = Date.parse(text);
	return Number.isNaN(atMs) ? undefined : Math.max(0, Math.ceil((atMs - nowMs) / 1000));
}
