import { createHash } from 'node:crypto';

/** Parts of a body that say where an answer goes or how calls relate, not what is made. */
const IGNORED_KEY = /^(webhook.*|seed|previous_.*|next_.*|request_?ids?)$/i;

/**
 * The hash by which the report tells equal work: SHA-256 (hex) of method, path and body as canonical JSON, without
 * webhook settings, seeds, neighbours' texts and request ids. It is the sandbox's own on purpose: a witness that
 * shares no code with what it watches.
 */
export function workHash(method: string, path: string, body: unknown): string {
	return createHash('sha256')
		.update(`${method}\n${path}\n${canonical(withoutCallerId(body))}`)
		.digest('hex');
}

/**
 * The job that work belongs to, as the callback URL in its body names it (`?job=`). Nothing else of the URL is kept:
 * the rest is a token.
 */
export function jobKeyIn(body: unknown): string | undefined {
	if (!isRecord(body)) return undefined;
	for (const [name, value] of Object.entries(body)) {
		const found = isRecord(value) ? jobKeyIn(value) : /^(webhook_url|endpoint)$/.test(name) && jobOfUrl(value);
		if (found) return found;
	}
	return undefined;
}

/** The job that a callback URL of ours names. */
export function jobOfUrl(url: unknown): string | undefined {
	if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
	return new URL(url).searchParams.get('job') ?? undefined;
}

/** NCA echoes a caller's own `id`: a request id by another name. */
function withoutCallerId(body: unknown): unknown {
	if (!isRecord(body)) return body;
	return Object.fromEntries(Object.entries(body).filter(([key]) => key !== 'id'));
}

function canonical(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
	if (!isRecord(value)) return JSON.stringify(value ?? null);
	const members = Object.keys(value)
		.filter((key) => !IGNORED_KEY.test(key) && value[key] !== undefined)
		.sort()
		.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
	return `{${members.join(',')}}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
}
