import type { IHttpRequestOptions } from 'n8n-workflow';

import { SCHEMA } from '../../../tracker/airtable/schema';
import { gateOf } from '../../../tracker/tracker';
import { createRealClock } from '../../../sandbox';
import { type NodeBench, openNodeBench } from './support';

const CLOCK = createRealClock();
const TABLES = 'POST /v0/meta/bases/:baseId/tables';
const FIELDS = `${TABLES}/:table/fields`;

let bench: NodeBench;
beforeEach(async () => {
	bench = await openNodeBench();
});
afterEach(async () => await bench.close());

/** Makes a table past the node, but at the node's pace. */
async function makeTable(table: object): Promise<void> {
	const { accessToken, baseId } = bench.credential;
	const endpointUrl = bench.sandbox.baseUrl('airtable');
	const release = await gateOf({ baseId: String(baseId), endpointUrl }, CLOCK).acquire();
	const response = await fetch(`${endpointUrl}/v0/meta/bases/${baseId}/tables`, {
		method: 'POST',
		headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
		body: JSON.stringify(table),
	});
	release();
	expect(response.status).toBe(200);
}

describe('the set-up of the schema', () => {
	it('makes all tables, and running it again does nothing', async () => {
		const [first] = await bench.json('schema.setUp');
		const [second] = await bench.json('schema.setUp');

		expect(first).toMatchObject({ created: expect.arrayContaining(SCHEMA.map(({ name }) => name)), manualSteps: [] });
		expect(second).toEqual({ created: [], manualSteps: [] });
		expect(bench.sandbox.report().airtable).toMatchObject({ tooManyRequests: 0 });
	}, 20_000);

	it('leaves to a person, by name, what Airtable refuses to make', async () => {
		const [videos] = SCHEMA;
		await makeTable({ ...videos, fields: videos.fields.slice(0, -2) });
		bench.sandbox.setFaults({ services: { airtable: { routes: { [FIELDS]: { script: ['422'] } } } } });

		const [report] = await bench.json('schema.setUp');

		expect(report.manualSteps).toEqual([
			expect.stringMatching(/^Add the field "updated_at" \(dateTime\) to the table "Videos": ./),
		]);
		expect(report.created).toEqual([
			'Videos.completed_at',
			'Segments',
			'Jobs',
			'Webhook Events',
			'Paid Calls',
			'Expectations',
			'Alerts',
			'Instances',
		]);
		expect(bench.sandbox.report().airtable).toMatchObject({ tooManyRequests: 0 });
	}, 20_000);

	it('says which token is needed when this one is refused', async () => {
		const credential = { ...bench.credential, accessToken: 'wrong' };

		const failed = bench.run('schema.setUp', {}, { credentials: { airtableTrackerApi: credential } });

		await expect(failed).rejects.toThrow('Airtable does not accept the token');
	});

	it('says so when Airtable fails or can’t be reached', async () => {
		bench.sandbox.setFaults({ services: { airtable: { routes: { [TABLES]: { script: ['503'] } } } } });
		const gone = { ...bench.credential, endpointUrl: 'http://127.0.0.1:1' };

		await expect(bench.run('schema.setUp')).rejects.toThrow('Airtable did not create the table "Videos" (status 503)');
		await expect(bench.run('schema.setUp', {}, { credentials: { airtableTrackerApi: gone } })).rejects.toThrow(
			"Airtable did not read the base's tables (status 0)",
		);
	}, 20_000);
});

describe('a base that is locked', () => {
	afterEach(() => jest.useRealTimers());

	it.each([
		[1, 'goes on after half a minute'],
		[2, 'is not waited for twice'],
	])('%i times %s', async (times) => {
		jest.useFakeTimers();
		const sentAt: number[] = [];
		const startMs = Date.now();
		const httpRequest = async (options: IHttpRequestOptions) => {
			sentAt.push(Date.now() - startMs);
			const isLocked = sentAt.length <= times;
			const body = isLocked ? { errors: [{ error: 'RATE_LIMIT_REACHED', message: 'Slow down' }] } : { tables: [] };
			const made = { id: 'tbl1', name: (options.body as { name?: string } | undefined)?.name, fields: [] };
			return { statusCode: isLocked ? 429 : 200, headers: {}, body: options.method === 'GET' ? body : made };
		};

		const run = bench.run('schema.setUp', {}, { httpRequest });
		const outcome = run.then(
			() => 'done',
			(error: Error) => error.message,
		);
		await jest.advanceTimersByTimeAsync(120_000);

		expect(sentAt[1]).toBeGreaterThanOrEqual(30_000);
		expect(await outcome).toMatch(times === 1 ? /^done$/ : /\(status 429\)/);
	});
});
