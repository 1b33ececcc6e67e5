/** What the stand-in looks at of an event: develop.sentry.dev/sdk/foundations/transport/event-payloads. */
export interface SentryEvent extends Record<string, unknown> {
	event_id: string;
	level: string;
	message: { formatted: string };
	tags: Record<string, string>;
	fingerprint?: string[];
}

const LEVELS = ['fatal', 'error', 'warning', 'info', 'debug'];
const MAX_TAG_CHARACTERS = 200;
const NEW_LINE = 0x0a;

type Envelope = { id?: string; events: SentryEvent[] } | { problem: string };

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseObject(bytes: Buffer): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(bytes.toString('utf8'));
		return isObject(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

function isTagText(value: unknown): boolean {
	return typeof value === 'string' && value.length <= MAX_TAG_CHARACTERS && !value.includes('\n');
}

/** What is wrong with an event; real Sentry drops or mends some of it silently, the stand-in says it. */
function problemOf(event: Record<string, unknown>): string | undefined {
	const { event_id: id, level, message, tags, fingerprint, timestamp } = event;
	if (typeof id !== 'string' || !/^[0-9a-f]{32}$/.test(id)) return 'event_id must be 32 hex characters';
	if (typeof timestamp !== 'number') return 'timestamp must be in seconds';
	if (typeof level !== 'string' || !LEVELS.includes(level)) return 'unknown level';
	if (!isObject(message) || typeof message.formatted !== 'string') return 'message has no formatted text';
	if (tags !== undefined && (!isObject(tags) || !Object.values(tags).every(isTagText))) return 'invalid tags';
	const isList = Array.isArray(fingerprint) && fingerprint.every((part) => typeof part === 'string');
	return fingerprint === undefined || isList ? undefined : 'fingerprint must be a list of texts';
}

/** Reads an envelope: a line of headers, then for each item a line of headers and its payload. */
export function readEnvelope(body: Buffer): Envelope {
	let at = 0;
	const line = () => {
		const end = body.indexOf(NEW_LINE, at);
		const bytes = body.subarray(at, end === -1 ? body.length : end);
		at = end === -1 ? body.length : end + 1;
		return bytes;
	};
	const head = parseObject(line());
	if (!head) return { problem: 'invalid envelope header' };
	const events: SentryEvent[] = [];
	while (at < body.length) {
		const item = parseObject(line());
		if (!item || typeof item.type !== 'string') return { problem: 'invalid item header' };
		const start = at;
		const length = typeof item.length === 'number' ? item.length : line().length;
		if (start + length > body.length) return { problem: 'unexpected end of file' };
		const payload = body.subarray(start, start + length);
		at = start + length;
		if (at < body.length && body[at] === NEW_LINE) at += 1;
		else if (at < body.length && typeof item.length === 'number') return { problem: 'missing newline after payload' };
		if (item.type !== 'event') continue;
		const event = parseObject(payload);
		const problem = event ? problemOf(event) : 'invalid event';
		if (!event || problem !== undefined) return { problem: problem ?? 'invalid event' };
		if (head.event_id !== event.event_id) return { problem: 'event_id of envelope and event differ' };
		events.push({ tags: {}, ...event } as SentryEvent);
	}
	return { id: events[0]?.event_id, events };
}
