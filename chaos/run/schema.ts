import { Buffer } from 'node:buffer';

import { SANDBOX_BASE_ID, SANDBOX_TOKEN } from '../../sandbox/airtable/constants';
import { createMetaClient } from '../../tracker/airtable/metaClient';
import { SCHEMA } from '../../tracker/airtable/schema';
import type { World } from '../world/world';

/** Creates the tracker's tables, as the Job Tracker's set-up does; resolves while time is played. */
export async function setUpTables(world: World): Promise<void> {
	const client = createMetaClient({
		// One request a second stays far below the limit.
		gate: {
			acquire: async () => {
				await world.time.sleep(1_100);
				return () => undefined;
			},
			penalize: () => undefined,
		},
		request: async (method, path, body) => {
			const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body));
			const reply = await world.standIn('airtable').handle({
				method,
				path: `/v0/meta/bases/${SANDBOX_BASE_ID}${path}`,
				rawQuery: '',
				query: new URLSearchParams(),
				headers: { authorization: `Bearer ${SANDBOX_TOKEN}`, 'content-type': 'application/json' },
				stream: undefined as never,
				body: async () => bytes,
				signal: new AbortController().signal,
			});
			return { status: reply.status, body: reply.body };
		},
	});
	const made = await client.ensureSchema(SCHEMA);
	if (!made.ok) throw new Error(`The tables could not be made: ${made.message}`);
}
