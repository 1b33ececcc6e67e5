import type { IExecuteFunctions } from 'n8n-workflow';

import { signAdvance } from '../../engine/callback/advance';
import { ADVANCE_PATH } from '../../engine/callback/constants';
import { request } from '../shared/http';
import { logger } from '../shared/log';
import { REDIS_CREDENTIAL } from './connection';

/** More calls at once would only wait in n8n's queue; longer lists go in portions. */
const CALLS_MAX = 20;
const CALL_TIMEOUT_MS = 10_000;

const CALLBACK_CREDENTIAL = 'videoEngineCallbackApi';

interface Address {
	baseUrl: string;
	secret: string;
}

/** Where the webhook processes of this n8n are; undefined where the node does not know. */
async function addressOf(ctx: IExecuteFunctions, itemIndex: number): Promise<Address | undefined> {
	if (!ctx.getNode().credentials?.[CALLBACK_CREDENTIAL]) return undefined;
	const callback = await ctx.getCredentials(CALLBACK_CREDENTIAL, itemIndex);
	const redis = await ctx.getCredentials(REDIS_CREDENTIAL, itemIndex);
	const text = (value: unknown) => String(value ?? '').trim();
	const baseUrl = (text(redis.internalBaseUrl) || text(callback.publicBaseUrl)).replace(/\/+$/, '');
	const secret = text(callback.currentSecret);
	return URL.canParse(baseUrl) && secret !== '' ? { baseUrl, secret } : undefined;
}

async function call(ctx: IExecuteFunctions, { baseUrl, secret }: Address, videoId: string, limit: number) {
	const query = signAdvance({ videoId, limit }, secret, Math.floor(Date.now() / 1000));
	await request(ctx, {
		service: 'n8n',
		method: 'POST',
		url: `${baseUrl}/webhook/${ADVANCE_PATH}?${query}`,
		timeoutMs: CALL_TIMEOUT_MS,
		secrets: [query],
		signal: ctx.getExecutionCancelSignal(),
	});
}

/**
 * Asks the webhook processes of this n8n to start executions that claim what is left of a video: n8n's queue gives each
 * to a worker that has room. A call that comes twice claims nothing twice, and one that gets lost is found by the
 * recovery flow.
 *
 * @returns false where nobody could be asked, so that the caller claims everything itself
 */
export async function startElsewhere(
	ctx: IExecuteFunctions,
	itemIndex: number,
	videoId: string,
	left: number,
): Promise<boolean> {
	const address = await addressOf(ctx, itemIndex);
	if (!address) return false;
	const portion = Math.ceil(left / CALLS_MAX);
	const calls = Array.from({ length: Math.ceil(left / portion) }, async () => {
		await call(ctx, address, videoId, portion);
	});
	const done = await Promise.allSettled(calls);
	const failed = done.filter((result) => result.status === 'rejected');
	for (const { reason } of failed) {
		logger(ctx, { videoId }).warn('Another process could not be asked to go on', { reason: String(reason) });
	}
	return failed.length === 0;
}
