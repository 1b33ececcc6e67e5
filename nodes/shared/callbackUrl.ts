import type { ICredentialDataDecryptedObject, INode } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { CALLBACK_PATHS, CALLBACK_TOKEN_LIFETIME_S } from '../../engine/callback/constants';
import { signCallbackUrl, type CallbackService } from '../../engine/callback/token';
import type { JobContext } from './jobContext';

/** The part of an execution that {@link buildCallbackUrl} needs. */
export interface CallbackUrlContext {
	getCredentials<T extends object = ICredentialDataDecryptedObject>(type: string, itemIndex?: number): Promise<T>;
	getNode(): INode;
}

interface CallbackCredentials {
	publicBaseUrl?: string;
	currentSecret?: string;
}

export interface CallbackUrlOptions {
	/** Path behind `/webhook/`, when the trigger does not use its default. */
	path?: string;
	nowMs?: number;
}

/**
 * The signed URL at which a provider reports about a job. It is a secret: it never appears in output, logs or errors.
 *
 * @throws NodeOperationError when the credential "Video Engine Callback API" is not filled in
 */
export async function buildCallbackUrl(
	ctx: CallbackUrlContext,
	service: CallbackService,
	job: JobContext,
	itemIndex: number,
	options: CallbackUrlOptions = {},
): Promise<string> {
	const credentials = await ctx.getCredentials<CallbackCredentials>('videoEngineCallbackApi', itemIndex);
	const base = String(credentials.publicBaseUrl ?? '')
		.trim()
		.replace(/\/+$/, '');
	const secret = String(credentials.currentSecret ?? '');
	if (!/^https?:\/\/\S+$/i.test(base) || secret === '') {
		const message = 'Public Base URL and Current Secret are required in the Video Engine Callback credential';
		throw new NodeOperationError(ctx.getNode(), message, { itemIndex });
	}
	const path = (options.path ?? CALLBACK_PATHS[service]).replace(/^\/+/, '');
	const exp = Math.floor((options.nowMs ?? Date.now()) / 1000) + CALLBACK_TOKEN_LIFETIME_S;
	const claims = { service, job: job.jobKey, attempt: job.attempt, h: job.h, exp };
	return signCallbackUrl(`${base}/webhook/${path}`, claims, secret);
}
