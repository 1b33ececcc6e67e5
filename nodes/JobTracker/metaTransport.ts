import type { IExecuteFunctions } from 'n8n-workflow';

import type { Result } from '../../engine/result';
import { LOCK_OUT_MS } from '../../tracker/airtable/constants';
import {
	createMetaClient,
	type MetaAnswer,
	type MetaRequest,
	type SchemaReport,
} from '../../tracker/airtable/metaClient';
import { SCHEMA } from '../../tracker/airtable/schema';
import { failureOf } from '../shared/errors';
import { request } from '../shared/http';
import { getGate, type TrackerCredentials } from './connection';

/** A base that is locked is waited for once; who locks it again and again is not us. */
const TRIES_WHEN_LOCKED = 2;

/** One request of the base's schema. Refusals are answers here: the client turns some into steps for a person. */
async function send(
	ctx: IExecuteFunctions,
	{ token, baseId, endpointUrl }: TrackerCredentials,
	...[method, path, body]: Parameters<MetaRequest>
): Promise<MetaAnswer> {
	try {
		return await request(ctx, {
			service: 'Airtable',
			method,
			url: `${endpointUrl}/v0/meta/bases/${encodeURIComponent(baseId)}${path}`,
			headers: { Authorization: `Bearer ${token}` },
			body: body as object | undefined,
			idempotent: method === 'GET',
			signal: ctx.getExecutionCancelSignal(),
			// Every request needs a slot of the base's gate, so none is repeated behind its back.
			explain: () => ({ retryable: false }),
		});
	} catch (error) {
		const { httpStatus, message } = failureOf(error);
		return { status: httpStatus ?? 0, body: { error: { message } } };
	}
}

/**
 * Creates what is missing of the tracker's tables, through Airtable's meta API:
 * airtable.com/developers/web/api/get-base-schema.
 */
export async function setUpSchema(
	ctx: IExecuteFunctions,
	credentials: TrackerCredentials,
): Promise<Result<SchemaReport>> {
	const gate = getGate(credentials);
	const paced: MetaRequest = async (...call) => {
		for (let tries = 1; ; tries++) {
			const release = await gate.acquire(ctx.getExecutionCancelSignal());
			const answer = await send(ctx, credentials, ...call);
			release();
			if (answer.status !== 429 || tries === TRIES_WHEN_LOCKED) return answer;
			gate.penalize(LOCK_OUT_MS);
		}
	};
	return await createMetaClient({ request: paced }).ensureSchema(SCHEMA);
}
