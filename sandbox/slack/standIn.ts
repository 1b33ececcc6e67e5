import type { SandboxContext, SandboxReply, SandboxRequest, StandIn } from '../core/types';

/** Slack's limits of one message: docs.slack.dev/reference/block-kit/blocks. */
const MAX_BLOCKS = 50;
const MAX_BLOCK_TEXT_CHARACTERS = 3_000;
const WEBHOOK_PATH = '/services/T00SANDBOX/B00SANDBOX/sandboxIncomingWebhook01';

/** A message that came in. */
interface SlackMessage {
	/** ISO 8601, UTC. */
	at: string;
	payload: Record<string, unknown>;
}

/** Starts the sink of a Slack incoming webhook. `GET /_messages` shows what came in. */
export async function createSlackStandIn(context: SandboxContext): Promise<StandIn> {
	let messages: SlackMessage[] = [];
	return {
		service: 'slack',
		credentials: { slackWebhookUrl: `${context.baseUrl('slack')}${WEBHOOK_PATH}` },
		// The path is the secret, so the label hides it.
		routeOf: ({ method, path }) => `${method} ${path.startsWith('/services/') ? '/services/:webhook' : path}`,
		handle: async (request) => {
			if (request.method === 'GET' && request.path === '/_messages') return { status: 200, body: { messages } };
			const outcome = await receive(request);
			if ('reply' in outcome) return outcome.reply;
			messages.push({ at: new Date(context.clock.now()).toISOString(), payload: outcome.payload });
			return plain(200, 'ok');
		},
		reset: async () => {
			messages = [];
		},
		stop: async () => undefined,
		report: () => ({ messages: messages.map(({ at, payload }) => ({ at, text: payload.text })) }),
	};
}

async function receive(
	request: SandboxRequest,
): Promise<{ reply: SandboxReply } | { payload: Record<string, unknown> }> {
	if (request.path !== WEBHOOK_PATH) return { reply: plain(404, 'no_service') };
	if (request.method !== 'POST') return { reply: plain(405, 'method_not_allowed') };
	const payload = parseObject((await request.body()).toString('utf8'));
	if (!payload) return { reply: plain(400, 'invalid_payload') };
	const { text, blocks, attachments } = payload;
	if (blocks !== undefined && !areBlocks(blocks)) return { reply: plain(400, 'invalid_blocks') };
	const hasText = typeof text === 'string' && text !== '';
	if (!hasText && blocks === undefined && attachments === undefined) return { reply: plain(400, 'no_text') };
	return { payload };
}

function areBlocks(blocks: unknown): boolean {
	return Array.isArray(blocks) && blocks.length <= MAX_BLOCKS && blocks.every(isBlock);
}

function isBlock(block: unknown): boolean {
	if (typeof block !== 'object' || block === null || !('type' in block)) return false;
	const text = 'text' in block ? (block.text as { text?: unknown } | null)?.text : undefined;
	return text === undefined || (typeof text === 'string' && text !== '' && text.length <= MAX_BLOCK_TEXT_CHARACTERS);
}

function parseObject(text: string): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
	} catch {
		return undefined;
	}
}

function plain(status: number, body: string): SandboxReply {
	return { status, headers: { 'content-type': 'text/html' }, body };
}
