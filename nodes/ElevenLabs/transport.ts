import type { ICredentialDataDecryptedObject, IDataObject, IHttpRequestMethods } from 'n8n-workflow';

import { sha256Hex } from '../../engine/hash';
import { request, type HttpAnswer, type HttpContext, type HttpRequest } from '../shared/http';
import { CREDENTIAL_TYPE, SERVICE_LABEL } from './constants';
import { explainElevenLabs } from './errors';

/** What the transport needs of an n8n context: executions and list searches have it. */
export interface ElevenLabsContext extends HttpContext {
	getCredentials<T extends object = ICredentialDataDecryptedObject>(type: string, itemIndex?: number): Promise<T>;
	getExecutionCancelSignal?(): AbortSignal | undefined;
}

export interface ElevenLabsCredentials {
	apiKey?: string;
	baseUrl?: string;
	maxConcurrent?: number;
}

/** One call: path below the base URL, and what differs from the usual. */
export interface ElevenLabsCall {
	method?: IHttpRequestMethods;
	path: string;
	qs?: IDataObject;
	body?: HttpRequest['body'];
	headers?: Record<string, string>;
	json?: boolean;
	encoding?: HttpRequest['encoding'];
	timeoutMs?: number;
	/** GET is idempotent by itself. */
	idempotent?: boolean;
}

/** Access to ElevenLabs with the credential of one item. */
export interface ElevenLabsClient {
	/** Stands for the key in process-wide state; never the key itself. */
	keyId: string;
	maxConcurrent: number;
	baseUrl: string;
	/** @throws ServiceError */
	call(call: ElevenLabsCall): Promise<HttpAnswer>;
}

function buildClient(ctx: ElevenLabsContext, credentials: ElevenLabsCredentials): ElevenLabsClient {
	const apiKey = String(credentials.apiKey ?? '');
	const baseUrl = String(credentials.baseUrl ?? '')
		.trim()
		.replace(/\/+$/, '');
	return {
		keyId: sha256Hex(`${baseUrl}|${apiKey}`).slice(0, 16),
		maxConcurrent: Math.max(0, Math.floor(Number(credentials.maxConcurrent ?? 0))),
		baseUrl,
		async call({ method = 'GET', path, headers = {}, idempotent = method === 'GET', ...rest }) {
			return await request(ctx, {
				service: SERVICE_LABEL,
				method,
				url: `${baseUrl}${path}`,
				headers: { ...headers, 'xi-api-key': apiKey },
				idempotent,
				signal: ctx.getExecutionCancelSignal?.(),
				explain: explainElevenLabs,
				...rest,
			});
		},
	};
}

/** Opens ElevenLabs with the node's credential; the key stays inside. */
export async function openElevenLabs(ctx: ElevenLabsContext, itemIndex = 0): Promise<ElevenLabsClient> {
	return buildClient(ctx, await ctx.getCredentials<ElevenLabsCredentials>(CREDENTIAL_TYPE, itemIndex));
}
