import type { SandboxContext, SandboxReply, SandboxRequest, StandIn } from '../core/types';
import { readEnvelope, type SentryEvent } from './envelope';

const PROJECT = '4507';
const PUBLIC_KEY = 'c0ffee00c0ffee00c0ffee00c0ffee00';
const ENVELOPE_PATH = new RegExp(`^/api/(\\d+)/envelope/$`);
/** Events above this size are refused: docs.sentry.io/platforms/javascript/troubleshooting, "size limits". */
const MAX_ENVELOPE_BYTES = 1_000_000;

interface ReceivedEvent {
	/** ISO 8601, UTC. */
	at: string;
	event: SentryEvent;
}

/** Starts the stand-in of a Sentry project. `GET /_events` shows what came in. */
export async function createSentryStandIn(context: SandboxContext): Promise<StandIn> {
	let events: ReceivedEvent[] = [];
	return {
		service: 'sentry',
		credentials: { sentryDsn: dsnOf(context.baseUrl('sentry')) },
		routeOf: ({ method, path }) => `${method} ${path.replace(/^\/api\/[^/]+\//, '/api/:project/')}`,
		handle: async (request) => {
			if (request.method === 'GET' && request.path === '/_events') return { status: 200, body: { events } };
			const outcome = await receive(request);
			if ('reply' in outcome) return outcome.reply;
			const at = new Date(context.clock.now()).toISOString();
			for (const event of outcome.events) events.push({ at, event });
			return { status: 200, body: outcome.id === undefined ? {} : { id: outcome.id } };
		},
		reset: async () => {
			events = [];
		},
		stop: async () => undefined,
		report: () => ({
			events: events.map(({ at, event }) => ({ at, level: event.level, tags: event.tags, title: titleOf(event) })),
			issues: new Set(events.map(({ event }) => JSON.stringify(event.fingerprint ?? titleOf(event)))).size,
		}),
	};
}

function dsnOf(baseUrl: string): string {
	const { protocol, host } = new URL(baseUrl);
	return `${protocol}//${PUBLIC_KEY}@${host}/${PROJECT}`;
}

function titleOf(event: SentryEvent): string {
	return event.message.formatted.split('\n')[0];
}

/** The key of `X-Sentry-Auth: Sentry sentry_version=7, sentry_key=…`, or of the query. */
function keyOf({ headers, query }: SandboxRequest): string | undefined {
	const auth = headers['x-sentry-auth'];
	if (auth === undefined)
		return query.get('sentry_version') === '7' ? (query.get('sentry_key') ?? undefined) : undefined;
	const [, words] = /^Sentry\s+(.*)$/.exec(auth) ?? [];
	const pairs = new Map((words ?? '').split(',').map((pair) => pair.trim().split('=', 2) as [string, string]));
	return pairs.get('sentry_version') === '7' ? pairs.get('sentry_key') : undefined;
}

async function receive(
	request: SandboxRequest,
): Promise<{ reply: SandboxReply } | { id?: string; events: SentryEvent[] }> {
	const [, project] = ENVELOPE_PATH.exec(request.path) ?? [];
	if (project === undefined) return refused(404, 'not found');
	if (request.method !== 'POST') return refused(405, 'method not allowed');
	const key = keyOf(request);
	if (key === undefined) return refused(401, 'missing authorization information');
	if (key !== PUBLIC_KEY || project !== PROJECT)
		return refused(403, 'event submission rejected with_reason: ProjectId');
	const body = await request.body();
	if (body.length > MAX_ENVELOPE_BYTES) return refused(413, 'envelope too large');
	const read = readEnvelope(body);
	return 'problem' in read ? refused(400, read.problem) : read;
}

function refused(status: number, detail: string): { reply: SandboxReply } {
	return { reply: { status, body: { detail } } };
}
