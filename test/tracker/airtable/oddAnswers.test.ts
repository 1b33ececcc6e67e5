import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { VirtualClock } from '../../../sandbox';
import { createRecordStore } from '../../../tracker/airtable/recordStore';
import type { RecordStore } from '../../../tracker/airtable/types';
import { driveWith } from './support';

/** Answers that Airtable gives seldom, or a proxy in its place: status and body, the last one again and again. */
let answers: Array<[status: number, body: unknown]>;
let paths: string[];
let server: Server;
let clock: VirtualClock;
let store: RecordStore;

beforeEach(async () => {
	paths = [];
	server = createServer((request, response) => {
		paths.push(`${request.method} ${request.url}`);
		const [status, body] = answers.length > 1 ? answers.shift()! : answers[0];
		response.writeHead(status, { 'content-type': 'application/json' });
		response.end(typeof body === 'string' ? body : JSON.stringify(body));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	clock = new VirtualClock(0);
	store = createRecordStore({
		token: 'patSecret',
		baseId: 'app with space',
		endpointUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/prefix/`,
		clock,
		random: () => 0,
	});
});

afterEach(async () => {
	server.closeAllConnections();
	await new Promise((resolve) => server.close(resolve));
});

async function drive<T>(work: Promise<T>): Promise<T> {
	return await driveWith(clock, work);
}

const RECORD = { id: 'rec00000000000001', createdTime: '2026-01-01T00:00:00.000Z', fields: { k: 'a' } };

it('keeps a path prefix of the endpoint and encodes what goes into the path', async () => {
	answers = [[200, { records: [] }]];

	await drive(store.list('Webhook Events/x'));

	expect(paths).toEqual(['GET /prefix/v0/app%20with%20space/Webhook%20Events%2Fx?pageSize=100']);
});

it.each([
	['a list without records', {}],
	['records that are none', { records: [null] }],
	['records without an id', { records: [{ fields: {} }] }],
	['records without fields', { records: [{ id: 'rec1' }] }],
])('refuses %s', async (_case, body) => {
	answers = [[200, body]];

	expect(await drive(store.list('T'))).toMatchObject({ ok: false, code: 'unexpected' });
});

it('does not believe an update without the record in its answer', async () => {
	answers = [[200, { records: [] }]];

	expect(await drive(store.update('T', 'rec1', { k: 'a' }))).toMatchObject({ ok: false, code: 'unavailable' });
});

it('looks for a created record that is not in the answer', async () => {
	answers = [
		[200, {}],
		[200, { records: [RECORD] }],
	];

	const created = await drive(store.create('T', { k: 'a' }, { keyField: 'k' }));

	expect(created).toMatchObject({ ok: true, value: { id: RECORD.id } });
	expect(paths.map((path) => path.split(' ')[0])).toEqual(['POST', 'GET']);
});

it('takes a page of a proxy for no answer', async () => {
	answers = [
		[200, '<html>'],
		[200, { records: [RECORD] }],
	];

	expect(await drive(store.list('T'))).toMatchObject({ ok: true, value: [RECORD] });
});

it('starts a list again no more than three times', async () => {
	answers = [[422, { error: { type: 'LIST_RECORDS_ITERATOR_NOT_AVAILABLE', message: 'gone' } }]];

	expect(await drive(store.list('T'))).toMatchObject({ ok: false, code: 'unavailable' });
	expect(paths).toHaveLength(4);
});

it.each([
	[402, { error: { type: 'PAYMENT', message: 'pay' } }, 'unexpected', 'status 402: pay'],
	[404, { error: 'NOT_FOUND' }, 'not_found', 'Could not find'],
	[413, { error: {} }, 'too_large', 'too large'],
	[422, { error: { type: 'ROW_DOES_NOT_EXIST', message: 'Record ID rec1 does not exist' } }, 'not_found', 'rec1'],
])('says what a %s means', async (status, body, code, words) => {
	answers = [[status, body]];

	const refused = await drive(store.update('T', 'rec1', { k: 'a' }));

	expect(refused).toMatchObject({ ok: false, code, message: expect.stringContaining(words) });
});

it('sends a rescued record again only as often as it can change', async () => {
	answers = [
		[422, { error: { type: 'INVALID_VALUE_FOR_COLUMN', message: 'Field "a" cannot accept the provided value' } }],
	];
	const tables = { T: { priority: 0, noteField: 'note' } };
	const port = (server.address() as AddressInfo).port;
	const rescuing = createRecordStore({
		token: 'p',
		baseId: 'b',
		endpointUrl: `http://127.0.0.1:${port}`,
		clock,
		random: () => 0,
		tables,
	});

	const refused = await drive(rescuing.create('T', { a: 1, b: ['recAAAAAAAAAAAAAA', 2], c: '' }));

	expect(refused).toMatchObject({ ok: false, code: 'invalid_value', field: 'a' });
	expect(paths).toHaveLength(3);
});

it('gives up a rescue when the month ends in the middle of it', async () => {
	answers = [
		[422, { error: { type: 'X', message: 'Record ID recAAAAAAAAAAAAAA does not exist' } }],
		[200, { records: [] }],
		[429, { errors: [{ error: 'PUBLIC_API_BILLING_LIMIT_EXCEEDED' }] }],
	];

	const refused = await drive(store.upsert('Jobs', 'job_key', { job_key: 'a', Video: ['recAAAAAAAAAAAAAA'] }));

	expect(refused).toMatchObject({ ok: false, code: 'quota_exceeded' });
});

it('does not believe a rescued record that is not in the answer', async () => {
	answers = [
		[422, { error: { type: 'UNKNOWN_FIELD_NAME', message: 'Unknown field name: "a"' } }],
		[200, { records: [] }],
	];

	expect(await drive(store.create('Jobs', { a: 1 }))).toMatchObject({ ok: false, code: 'unexpected' });
});
