import type { IExecuteFunctions, IHttpRequestMethods } from 'n8n-workflow';

import type { Result } from '../../engine/result';
import { createMetaClient, type SchemaReport } from '../../tracker/airtable/metaClient';
import { SCHEMA } from '../../tracker/airtable/schema';
import { request } from '../shared/http';
import type { TrackerCredentials } from './connection';

/** Creates what is missing of the tracker's tables, through Airtable's Meta API. */
export async function setUpSchema(
	ctx: IExecuteFunctions,
	credentials: TrackerCredentials,
): Promise<Result<SchemaReport>> {
	const { token, baseId, endpointUrl } = credentials;
	const client = createMetaClient({
		request: async (method, path, body) => {
			const answer = await request(ctx, {
				service: 'Airtable',
				method: method as IHttpRequestMethods,
				url: `${endpointUrl}/v0/meta/bases/${encodeURIComponent(baseId)}${path}`,
				headers: { Authorization: `Bearer ${token}` },
				body: body as object | undefined,
				idempotent: method === 'GET',
			});
			return { status: answer.status, body: answer.body };
		},
	});
	return await client.ensureSchema(SCHEMA);
}
