import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IHookFunctions,
	INodeProperties,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

import { CALLBACK_PATHS } from '../../engine/callback/constants';
import {
	readCallbackClaims,
	verifyCallbackQuery,
	type CallbackService,
	type CallbackTokenClaims,
} from '../../engine/callback/token';
import type { ProviderEvent } from '../../engine/events';
import { ok, refuse, type Refusal, type Result } from '../../engine/result';
import { processState } from '../../tracker/processState';
import { clientAddressOf, isAllowedAddress, parseAllowList } from './clientAddress';
import { BAD_CALLS_PER_MINUTE_MAX, BYTES_PER_MIB, WEBHOOK_BODY_MAX_MIB } from './constants';
import { eventJson } from './eventJson';
import { logger } from './log';
import { RejectionCounter } from './rejections';

/** What a service's own check gets to see, besides our token. */
export interface ExtraCheck {
	rawBody: Uint8Array;
	/** Names in lower case. */
	headers: Record<string, string | string[] | undefined>;
	/** The service's credential. */
	credentials: ICredentialDataDecryptedObject;
	/** Unix seconds. */
	nowS: number;
}

interface WebhookBase {
	/** A check besides our token, such as a signature. A refusal answers 401. */
	verifyExtra?: (check: ExtraCheck) => Result<unknown>;
}

/** How one service's callbacks are verified and read. */
export type ProviderWebhook =
	| (WebhookBase & {
			/** These can't sign, so our token in the callback URL is required. */
			service: 'nca' | 'goApi';
			parse: (body: unknown, claims: CallbackTokenClaims) => Result<ProviderEvent> | 'ignore';
	  })
	| (WebhookBase & {
			/** It signs its bodies; our token is checked when the URL carries one. */
			service: 'elevenLabs';
			parse: (body: unknown, claims: CallbackTokenClaims | undefined) => Result<ProviderEvent> | 'ignore';
	  });

const CREDENTIAL_OF: Record<CallbackService, string> = {
	elevenLabs: 'elevenLabsApi',
	goApi: 'goApiApi',
	nca: 'ncaToolkitApi',
};

const STATUS_OF: Record<string, number> = { body_too_large: 413, body_unreadable: 400, body_not_json: 400 };
const TOO_MANY_REQUESTS = 429;
const JSON_TYPE = /^(?:application|text)\/(?:[\w.-]+\+)?json$/;

/** The parameters that every callback trigger has. */
export function webhookTriggerProperties(service: CallbackService): INodeProperties[] {
	const defaultPath = CALLBACK_PATHS[service];
	return [
		{
			displayName: 'Path',
			name: 'path',
			type: 'string',
			default: defaultPath,
			required: true,
			description: 'Where callbacks arrive, behind the webhook address of this n8n',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Bad Calls per Minute',
					name: 'badCallsPerMinute',
					type: 'number',
					typeOptions: { minValue: 0, numberPrecision: 0 },
					default: BAD_CALLS_PER_MINUTE_MAX,
					description:
						'Above this, calls that fail the checks are turned away with 429 and without a line in the log. Calls that pass the checks are never limited. 0 for no limit.',
				},
				{
					displayName: 'Maximum Body Size (MiB)',
					name: 'maxBodyMib',
					type: 'number',
					typeOptions: { minValue: 1, maxValue: 64 },
					default: WEBHOOK_BODY_MAX_MIB,
					description: 'Larger bodies are refused with 413',
				},
			],
		},
	];
}

/** Callback URLs are handed out per job, so there is nothing to register with the service. */
export async function nothingToRegister(this: IHookFunctions): Promise<boolean> {
	this.logger.debug('Callback URLs are given with each job; nothing is registered with the service.');
	return true;
}

async function readCredentials(
	ctx: IWebhookFunctions,
	type: string,
	isOptional = false,
): Promise<ICredentialDataDecryptedObject> {
	try {
		return (await ctx.getCredentials(type)) ?? {};
	} catch (error) {
		if (isOptional) return {};
		// Without the credential no secret is known, and the call is refused further down.
		logger(ctx).warn('A credential of the trigger could not be read', { credential: type, reason: String(error) });
		return {};
	}
}

/** Every provider sends JSON and says so; a call that says nothing is judged by its bytes. */
function checkContentType(ctx: IWebhookFunctions): Result<true> {
	const declared = String(ctx.getHeaderData()['content-type'] ?? '');
	const [type] = declared.split(';');
	if (declared === '' || JSON_TYPE.test(type.trim().toLowerCase())) return ok(true);
	return refuse('content_type', 'The body must be JSON, with the content type application/json.');
}

async function readBody(ctx: IWebhookFunctions): Promise<Result<Uint8Array>> {
	const request = ctx.getRequestObject();
	const options = ctx.getNodeParameter('options', {}) as IDataObject;
	const maxBytes = Number(options.maxBodyMib ?? WEBHOOK_BODY_MAX_MIB) * BYTES_PER_MIB;
	const tooLarge = refuse('body_too_large', 'The body is larger than this trigger accepts.');
	if (Number(request.headers['content-length'] ?? 0) > maxBytes) return tooLarge;
	try {
		await request.readRawBody();
	} catch {
		return refuse('body_unreadable', 'The body could not be read.');
	}
	const { rawBody } = request;
	if (!rawBody) return refuse('body_unreadable', 'The body could not be read.');
	return rawBody.length > maxBytes ? tooLarge : ok(new Uint8Array(rawBody));
}

function parseJson(rawBody: Uint8Array): Result<unknown> {
	try {
		return ok(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(rawBody)));
	} catch {
		return refuse('body_not_json', 'The body is not JSON.');
	}
}

async function verify(
	ctx: IWebhookFunctions,
	webhook: ProviderWebhook,
	credentials: ICredentialDataDecryptedObject,
	rawBody: Uint8Array,
): Promise<Result<CallbackTokenClaims | undefined>> {
	const query = ctx.getQueryData() as Record<string, unknown>;
	// Without the check the form of the query still counts: its words reach the tracker.
	if (credentials.verifyWebhooks === false) return ok(readCallbackClaims(webhook.service, query));

	const nowS = Math.floor(Date.now() / 1000);
	const extra = webhook.verifyExtra?.({ rawBody, headers: ctx.getHeaderData(), credentials, nowS });
	if (extra && !extra.ok) return extra;
	if (webhook.service === 'elevenLabs' && query.sig === undefined) return ok(undefined);

	const callback = await readCredentials(ctx, 'videoEngineCallbackApi');
	const secrets = [callback.currentSecret, callback.previousSecret].map((secret) => String(secret ?? ''));
	return verifyCallbackQuery(webhook.service, query, secrets, nowS);
}

async function isAllowedCaller(ctx: IWebhookFunctions, credentials: ICredentialDataDecryptedObject): Promise<boolean> {
	const allowed = parseAllowList(credentials.allowedIps);
	if (allowed.length === 0) return true;
	const { trustedProxies } = await readCredentials(ctx, 'videoEngineCallbackApi', true);
	return isAllowedAddress(clientAddressOf(ctx.getRequestObject(), parseAllowList(trustedProxies)), allowed);
}

function parseEvent(
	webhook: ProviderWebhook,
	body: unknown,
	claims: CallbackTokenClaims | undefined,
): Result<ProviderEvent> | 'ignore' {
	if (webhook.service === 'elevenLabs') return webhook.parse(body, claims);
	if (!claims) return refuse('token_missing', 'The callback names no job.');
	return webhook.parse(body, claims);
}

function counterOf(ctx: IWebhookFunctions, service: CallbackService): RejectionCounter {
	const key = `rejections|${service}|${String(ctx.getWorkflow().id ?? '')}|${ctx.getNode().name}`;
	return processState.singleton(key, () => new RejectionCounter(service));
}

/** Answers a call that is turned away, in the one form of our errors. */
export function answerRefusal(
	ctx: IWebhookFunctions,
	status: number,
	{ code, message }: { code: string; message: string },
): void {
	ctx.getResponseObject().status(status).json({ error: { code, message } }).end();
}

function reject(
	ctx: IWebhookFunctions,
	service: CallbackService,
	refusal: Refusal,
	status: number,
): IWebhookResponseData {
	const nowMs = Date.now();
	const counter = counterOf(ctx, service);
	const report = counter.record(refusal.code, nowMs);
	const options = ctx.getNodeParameter('options', {}) as IDataObject;
	if (counter.isFlooded(Number(options.badCallsPerMinute ?? BAD_CALLS_PER_MINUTE_MAX), nowMs)) {
		ctx.getResponseObject().setHeader('Retry-After', String(counter.secondsUntilCalm(nowMs)));
		const message = 'Too many calls of this service failed the checks; this is one of them.';
		answerRefusal(ctx, TOO_MANY_REQUESTS, { code: 'too_many_bad_calls', message });
	} else {
		const log = logger(ctx, { service });
		if (refusal.code === 'no_secret') log.warn(`Callback refused: ${refusal.message}`);
		else log.info('Callback refused', { reason: refusal.code });
		answerRefusal(ctx, status, refusal);
	}
	if (!report) return { noWebhookResponse: true };
	return { noWebhookResponse: true, workflowData: [ctx.helpers.returnJsonArray({ ...report })] };
}

/**
 * The whole of a callback trigger's `webhook()`: raw bytes first, size, client address, the service's own check, our
 * token, JSON, then the service's parser. It fails closed, asks nobody else, and starts one execution per event.
 *
 * - accepted → 200 and one {@link ProviderEvent};
 * - nothing to settle (`ignore`) → 200, no execution;
 * - refused → 401, 400 or 413 at once; at most every 10 s an execution with a {@link RejectionReport};
 * - refused, and too many were in this minute → 429 in place of that, and nothing in the log.
 */
export async function handleProviderWebhook(
	ctx: IWebhookFunctions,
	webhook: ProviderWebhook,
): Promise<IWebhookResponseData> {
	const { service } = webhook;
	const rawBody = await readBody(ctx);
	if (!rawBody.ok) return reject(ctx, service, rawBody, STATUS_OF[rawBody.code]);

	const credentials = await readCredentials(ctx, CREDENTIAL_OF[service]);
	if (!(await isAllowedCaller(ctx, credentials))) {
		return reject(ctx, service, refuse('address_refused', 'Calls from this address are not accepted.'), 401);
	}
	const claims = await verify(ctx, webhook, credentials, rawBody.value);
	if (!claims.ok) return reject(ctx, service, claims, 401);

	const type = checkContentType(ctx);
	if (!type.ok) return reject(ctx, service, type, 400);
	const body = parseJson(rawBody.value);
	if (!body.ok) return reject(ctx, service, body, STATUS_OF[body.code]);
	const event = parseEvent(webhook, body.value, claims.value);
	if (event === 'ignore') return { webhookResponse: { received: true } };
	if (!event.ok) return reject(ctx, service, event, 400);
	return { workflowData: [ctx.helpers.returnJsonArray(eventJson(event.value))] };
}
