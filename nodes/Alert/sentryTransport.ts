import type { IExecuteFunctions } from 'n8n-workflow';

import { sha256Hex } from '../../engine/hash';
import type { Failure } from '../../engine/events';
import { processState } from '../../tracker/processState';
import { ServiceError } from '../shared/errors';
import { request, type HttpAnswer, type HttpTiming } from '../shared/http';
import type { Dsn } from './actions/sentry/dsn';
import { SENTRY_CLIENT } from './actions/sentry/event';
import { pauseS } from './actions/sentry/limits';
import { SEND_TIMEOUT_MS } from './constants';

/** Until when a project wants no events, ms since the epoch; one per DSN and process. */
function pauseOf(dsn: Dsn): { untilMs: number } {
	return processState.singleton(`sentry:${sha256Hex(`${dsn.url}|${dsn.publicKey}`)}`, () => ({ untilMs: 0 }));
}

function authHeader({ publicKey, secretKey }: Dsn): string {
	const secret = secretKey === undefined ? '' : `, sentry_secret=${secretKey}`;
	return `Sentry sentry_version=7, sentry_client=${SENTRY_CLIENT}, sentry_key=${publicKey}${secret}`;
}

function explain({ status }: HttpAnswer, retryAfterS: number): Partial<Failure> | undefined {
	if (status === 401 || status === 403) {
		return { class: 'auth', message: 'Sentry does not accept this DSN, or the key was disabled.' };
	}
	if (status === 404) return { class: 'auth', message: 'Sentry does not know this project.' };
	if (status === 413) return { class: 'invalid_input', message: 'The event is too large for Sentry.' };
	return status === 429 ? { message: 'Sentry wants fewer events.', retryAfterS } : undefined;
}

/**
 * Sends one envelope. An answer that asks for a pause is honoured by all events that follow, as Sentry demands.
 *
 * @throws ServiceError, never with a key in it
 */
export async function sendEnvelope(
	ctx: IExecuteFunctions,
	dsn: Dsn,
	envelope: string,
	timing?: HttpTiming,
): Promise<void> {
	const now = () => timing?.nowMs() ?? Date.now();
	const pause = pauseOf(dsn);
	const note = ({ status, headers }: Pick<HttpAnswer, 'status' | 'headers'>) => {
		const seconds = pauseS(status, headers, now());
		pause.untilMs = Math.max(pause.untilMs, now() + seconds * 1000);
		return seconds;
	};
	if (now() < pause.untilMs) {
		const retryAfterS = Math.ceil((pause.untilMs - now()) / 1000);
		const message = `Sentry asked for a pause of ${retryAfterS} s more; this event was not sent.`;
		throw new ServiceError({ class: 'rate_limited', message, began: 'no', retryable: true, retryAfterS }, 'Sentry');
	}
	const answer = await request(ctx, {
		service: 'Sentry',
		method: 'POST',
		url: dsn.url,
		headers: { 'content-type': 'application/x-sentry-envelope', 'x-sentry-auth': authHeader(dsn) },
		body: envelope,
		json: false,
		timeoutMs: SEND_TIMEOUT_MS,
		signal: ctx.getExecutionCancelSignal(),
		secrets: [dsn.publicKey, ...(dsn.secretKey === undefined ? [] : [dsn.secretKey])],
		explain: (refused) => explain(refused, note(refused)),
		timing,
	});
	note(answer);
}
