import { createMetaClient } from '../../tracker/airtable/metaClient';
import { MemoryRateGate } from '../../tracker/airtable/rateGate';
import { SCHEMA } from '../../tracker/airtable/schema';
import { createRealClock } from '../index';
import { REQUEST_TIMEOUT_MS } from './constants';
import { DemoError } from './errors';

const AIRTABLE_URL = 'https://api.airtable.com';

/** Where the tracker's base is and what opens it. */
export interface TrackerAccess {
	accessToken: string;
	baseId: string;
	endpointUrl?: string;
}

/** Creates the tables and fields that the base lacks, as the Job Tracker's set-up does. @throws DemoError */
export async function prepareTracker({
	accessToken,
	baseId,
	endpointUrl = AIRTABLE_URL,
}: TrackerAccess): Promise<void> {
	const client = createMetaClient({
		gate: new MemoryRateGate(createRealClock()),
		request: async (method, path, body) => {
			const response = await fetch(`${endpointUrl}/v0/meta/bases/${baseId}${path}`, {
				method,
				headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
				body: body === undefined ? undefined : JSON.stringify(body),
				signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
			});
			return { status: response.status, body: await response.json() };
		},
	});
	const result = await client.ensureSchema(SCHEMA);
	if (!result.ok) throw new DemoError(`The tracker's tables could not be made: ${result.message}`);
}
