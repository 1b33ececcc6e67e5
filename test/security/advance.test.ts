import { signAdvance } from '../../engine/callback/advance';
import { JobTrackerTrigger } from '../../nodes/JobTracker/JobTrackerTrigger.node';
import { BAD_CALLS_PER_MINUTE_MAX } from '../../nodes/shared/constants';
import { mockWebhookCtx } from '../support/mockWebhookCtx';
import { NOW_S, OLD_TOKEN_SECRET, queryOf, TOKEN_SECRET } from './support/callers';

async function call(query: Record<string, unknown>, callback: Record<string, string> = {}) {
	const trigger = new JobTrackerTrigger();
	const credentials = { videoEngineCallbackApi: { currentSecret: TOKEN_SECRET, previousSecret: '', ...callback } };
	const { ctx, response, lines } = mockWebhookCtx(trigger, { query, credentials });
	const { workflowData } = await trigger.webhook.call(ctx);
	return { status: response.status ?? 200, code: codeOf(response.body), items: workflowData?.[0] ?? [], lines };
}

function codeOf(body: unknown): string {
	return (body as { error?: { code: string } } | undefined)?.error?.code ?? 'accepted';
}

const signed = (secret = TOKEN_SECRET, atS = NOW_S) =>
	Object.fromEntries(new URLSearchParams(signAdvance({ videoId: 'vid_1', limit: 2 }, secret, atS)));

describe('the trigger between processes answers', () => {
	it.each<[string, Record<string, unknown>, Record<string, string>, string]>([
		['a call of ours', signed(), {}, 'accepted'],
		[
			'a call with the former secret, still active',
			signed(OLD_TOKEN_SECRET),
			{ previousSecret: OLD_TOKEN_SECRET },
			'accepted',
		],
		['a call with the former secret, taken away', signed(OLD_TOKEN_SECRET), {}, 'token_forged'],
		['no token', {}, {}, 'token_missing'],
		['a token of another key', signed('guess'), {}, 'token_forged'],
		['a token of another video', { ...signed(), video: 'vid_2' }, {}, 'token_forged'],
		['a token for more steps', { ...signed(), limit: '3' }, {}, 'token_forged'],
		['an old call', signed(TOKEN_SECRET, NOW_S - 86_400), {}, 'token_expired'],
		['the token of a callback', queryOf('nca'), {}, 'token_malformed'],
		['a video as a list', { ...signed(), video: ['vid_1', 'vid_1'] }, {}, 'token_malformed'],
		['no secret set, and a token of the empty key', signed(''), { currentSecret: '' }, 'no_secret'],
	])('%s', async (_what, query, callback, expected) => {
		const { code, status, items } = await call(query, callback);

		expect(code).toBe(expected);
		expect(status).toBe(expected === 'accepted' ? 200 : 401);
		expect(items.map(({ json }) => json)).toEqual(expected === 'accepted' ? [{ videoId: 'vid_1', limit: 2 }] : []);
	});

	it('a flood of bad calls with 429 and without a line in the log, and good ones as ever', async () => {
		for (let count = 0; count <= BAD_CALLS_PER_MINUTE_MAX; count++) await call({});
		const bad = await call({});

		expect([bad.status, bad.lines]).toEqual([429, []]);
		expect((await call(signed())).code).toBe('accepted');
	});
});
