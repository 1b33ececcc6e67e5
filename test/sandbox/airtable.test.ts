import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

import { type Sandbox, startSandbox, VirtualClock } from '../../sandbox';

/** The parts of Airtable's answers that these tests read. */
interface Json {
	[key: string]: unknown;
	id: string;
	name: string;
	primaryFieldId: string;
	offset?: string;
	createdRecords: string[];
	updatedRecords: string[];
	fields: Json & Json[] & { Clip: Attachment[]; Jobs: string[]; job_key: string };
	options: { linkedTableId: string; inverseLinkFieldId: string };
	records: Json[];
	tables: Json[];
	bases: Json[];
	errors: Array<{ error: string }>;
	error: { type: string };
	url: string;
	filename: string;
}

interface Attachment {
	url: string;
	filename: string;
	size?: number;
}

const CHOICES = { choices: [{ name: 'pending' }, { name: 'completed' }] };

let sandbox: Sandbox;
let clock: VirtualClock;

/** One API call; time moves on first, so that the limit of five a second is not met by accident. */
async function call(method: string, path: string, body?: unknown, options: { token?: string; wait?: number } = {}) {
	await clock.advance(options.wait ?? 1_001);
	const { baseUrl, token, baseId } = sandbox.credentials('airtable');
	const response = await fetch(`${baseUrl}/v0/${path.replace('BASE', baseId)}`, {
		method,
		headers: { authorization: `Bearer ${options.token ?? token}`, 'content-type': 'application/json' },
		body: body === undefined ? undefined : JSON.stringify(body),
	});
	return { status: response.status, body: (await response.json()) as Json };
}

async function createJobs(): Promise<Json> {
	const videos = await call('POST', 'meta/bases/BASE/tables', {
		name: 'Videos',
		fields: [{ name: 'video_id', type: 'singleLineText' }],
	});
	const jobs = await call('POST', 'meta/bases/BASE/tables', {
		name: 'Jobs',
		fields: [
			{ name: 'job_key', type: 'singleLineText' },
			{ name: 'status', type: 'singleSelect', options: CHOICES },
			{ name: 'attempt', type: 'number', options: { precision: 0 } },
			{ name: 'ready', type: 'checkbox', options: { icon: 'check', color: 'greenBright' } },
			{
				name: 'due_at',
				type: 'dateTime',
				options: { dateFormat: { name: 'iso' }, timeFormat: { name: '24hour' }, timeZone: 'utc' },
			},
			{ name: 'Video Link', type: 'multipleRecordLinks', options: { linkedTableId: videos.body.id } },
			{ name: 'Clip', type: 'multipleAttachments' },
			{ name: 'note', type: 'multilineText' },
		],
	});
	return jobs.body;
}

async function addJobs(...rows: object[]): Promise<string[]> {
	const { body } = await call('POST', 'BASE/Jobs', { records: rows.map((fields) => ({ fields })) });
	return body.records.map((record: Json) => record.id);
}

async function keysOf(filterByFormula: string): Promise<string[] | string> {
	const { body } = await call('POST', 'BASE/Jobs/listRecords', { filterByFormula });
	return body.error?.type ?? body.records.map((record: Json) => record.fields.job_key);
}

beforeEach(async () => {
	clock = new VirtualClock(Date.parse('2026-01-01T00:00:00.000Z'));
	sandbox = await startSandbox({ services: ['airtable'], clock });
});

afterEach(async () => await sandbox.stop());

describe('records', () => {
	beforeEach(createJobs);

	it('leaves empty cells out and accepts the trailing /? of the airtable package', async () => {
		const { body } = await call('POST', 'BASE/Jobs/?', {
			records: [{ fields: { job_key: 'a', note: '', ready: false, attempt: null, 'Video Link': [] } }],
		});

		expect(body.records[0].fields).toEqual({ job_key: 'a' });
	});

	it('finds a table and a field by id as well as by name', async () => {
		const { tables } = (await call('GET', 'meta/bases/BASE/tables')).body;
		const jobs = tables.find((table: Json) => table.name === 'Jobs');

		const { body } = await call('POST', `BASE/${jobs?.id}`, { fields: { [String(jobs?.primaryFieldId)]: 'a' } });

		expect(body.fields).toEqual({ job_key: 'a' });
	});

	it('merges with PATCH and clears what was not sent with PUT', async () => {
		const [id] = await addJobs({ job_key: 'a', attempt: 1 });

		const patched = await call('PATCH', 'BASE/Jobs', { records: [{ id, fields: { note: 'n' } }] });
		const put = await call('PUT', 'BASE/Jobs', { records: [{ id, fields: { job_key: 'b' } }] });

		expect(patched.body.records[0].fields).toEqual({ job_key: 'a', attempt: 1, note: 'n' });
		expect(put.body.records[0].fields).toEqual({ job_key: 'b' });
	});

	it('writes all records of a request or none', async () => {
		const { status, body } = await call('POST', 'BASE/Jobs', {
			records: [{ fields: { job_key: 'good' } }, { fields: { job_key: 'bad', attempt: 'one' } }],
		});

		expect(status).toBe(422);
		expect(body.error).toEqual({
			type: 'INVALID_VALUE_FOR_COLUMN',
			message: 'Field "attempt" cannot accept the provided value',
		});
		expect(await keysOf('')).toEqual([]);
	});

	it.each([
		['an unknown field', { nope: 1 }, 'UNKNOWN_FIELD_NAME'],
		['a new option', { status: 'processed' }, 'INVALID_MULTIPLE_CHOICE_OPTIONS'],
		['a number for a text', { note: 5 }, 'INVALID_VALUE_FOR_COLUMN'],
		['a text for a checkbox', { ready: 'yes' }, 'INVALID_VALUE_FOR_COLUMN'],
		['no date', { due_at: 'soon' }, 'INVALID_VALUE_FOR_COLUMN'],
		['a link to nowhere', { 'Video Link': ['recNotThere0000000'] }, 'ROW_DOES_NOT_EXIST'],
		['a local path as attachment', { Clip: [{ url: 'file:///etc/hosts' }] }, 'INVALID_VALUE_FOR_COLUMN'],
		['a text that is too long', { note: 'x'.repeat(100_001) }, 'INVALID_VALUE_FOR_COLUMN'],
	])('refuses %s', async (_case, fields, type) => {
		const { status, body } = await call('POST', 'BASE/Jobs', { records: [{ fields }] });

		expect([status, body.error.type]).toEqual([422, type]);
	});

	it('makes options, numbers and linked records of strings when asked to', async () => {
		const { body } = await call('POST', 'BASE/Jobs', {
			typecast: true,
			records: [{ fields: { status: 'new', attempt: '3', 'Video Link': ['a new video'] } }],
		});

		expect(body.records[0].fields).toMatchObject({ status: 'new', attempt: 3, 'Video Link': [expect.any(String)] });
		const { records } = (await call('GET', 'BASE/Videos')).body;
		expect(records[0].fields).toEqual({ video_id: 'a new video', Jobs: [body.records[0].id] });
	});

	it('shows a link on both sides and takes it away with the record', async () => {
		const video = (await call('POST', 'BASE/Videos', { fields: { video_id: 'v1' } })).body.id;
		const [job] = await addJobs({ job_key: 'a', 'Video Link': [video] });

		const linked = await call('GET', `BASE/Videos/${video}`);
		await call('DELETE', `BASE/Jobs?records[]=${job}`);
		const unlinked = await call('GET', `BASE/Videos/${video}`);

		expect(linked.body.fields.Jobs).toEqual([job]);
		expect(unlinked.body.fields).toEqual({ video_id: 'v1' });
	});

	it('updates the one match of an upsert, creates where there is none, refuses where there are two', async () => {
		const [id] = await addJobs({ job_key: 'a' }, { job_key: 'twin' }, { job_key: 'twin' });
		const upsert = async (...keys: string[]) =>
			await call('PATCH', 'BASE/Jobs', {
				performUpsert: { fieldsToMergeOn: ['job_key'] },
				records: keys.map((job_key) => ({ fields: { job_key, note: 'n' } })),
			});

		const good = await upsert('a', 'b');
		const bad = await upsert('c', 'twin');

		expect(good.body.updatedRecords).toEqual([id]);
		expect(good.body.createdRecords).toHaveLength(1);
		expect(bad.status).toBe(422);
		expect(await keysOf("{note}='n'")).toEqual(['a', 'b']);
	});

	it('takes at most ten records a write and knows missing ones', async () => {
		const records = Array.from({ length: 11 }, () => ({ fields: {} }));
		const unknown = { records: [{ id: 'recNotThere0000000', fields: {} }] };

		expect((await call('POST', 'BASE/Jobs', { records })).body.error.type).toBe('INVALID_RECORDS');
		expect((await call('PATCH', 'BASE/Jobs', unknown)).body.error.type).toBe('ROW_DOES_NOT_EXIST');
		expect(await call('GET', 'BASE/Jobs/recNotThere0000000')).toEqual({ status: 404, body: { error: 'NOT_FOUND' } });
	});

	it('pages in the order asked for and ends an iterator with a restart', async () => {
		await addJobs({ job_key: 'b', attempt: 2 }, { job_key: 'c' }, { job_key: 'a', attempt: 1 });
		const query = 'pageSize=2&sort[0][field]=attempt&sort[0][direction]=desc&fields[]=job_key';

		const first = await call('GET', `BASE/Jobs?${query}`);
		const second = await call('GET', `BASE/Jobs?${query}&offset=${first.body.offset}`);
		await sandbox.restart('airtable');
		const late = await call('GET', `BASE/Jobs?${query}&offset=${first.body.offset}`);
		const wrong = await call('GET', `BASE/Jobs?${query}&offset=7`);

		expect([...first.body.records, ...second.body.records].map((record: Json) => record.fields)).toEqual([
			{ job_key: 'b' },
			{ job_key: 'a' },
			{ job_key: 'c' },
		]);
		expect(second.body.offset).toBeUndefined();
		expect(late.body.error.type).toBe('LIST_RECORDS_ITERATOR_NOT_AVAILABLE');
		expect(wrong.body.error.type).toBe('INVALID_OFFSET_VALUE');
	});

	it.each<[string, string[] | string]>([
		["{job_key}='it\\'s'", ["it's"]],
		['job_key="plain"', ['plain']],
		["OR({status}='pending',{attempt}>=3)", ['plain', 'late']],
		["AND(NOT({ready}),{status}!='pending')", ['late']],
		['{attempt}+1=2', ["it's"]],
		['{note}=BLANK()', ['plain', 'late']],
		["FIND('v1',ARRAYJOIN({Video Link}))>0", ['plain']],
		['IS_BEFORE({due_at},NOW())', ["it's"]],
		["IF({due_at},IS_AFTER({due_at},DATETIME_PARSE('2026-06-01')))", ['late']],
		['LEN({job_key})=4', ["it's", 'late']],
		["LOWER({note})='loud'", ["it's"]],
		['', ["it's", 'plain', 'late']],
		["{nope}='x'", 'INVALID_FILTER_BY_FORMULA'],
		['NOPE({note})', 'INVALID_FILTER_BY_FORMULA'],
		["{note}='x", 'INVALID_FILTER_BY_FORMULA'],
		["{note}=='x'", 'INVALID_FILTER_BY_FORMULA'],
	])('filters by %s', async (formula, expected) => {
		const video = (await call('POST', 'BASE/Videos', { fields: { video_id: 'v1' } })).body.id;
		await addJobs(
			{ job_key: "it's", attempt: 1, ready: true, note: 'LOUD', due_at: '2025-12-31T00:00:00.000Z' },
			{ job_key: 'plain', status: 'pending', 'Video Link': [video] },
			{ job_key: 'late', attempt: 3, due_at: '2027-01-01T00:00:00.000Z' },
		);

		expect(await keysOf(formula)).toEqual(expected);
	});

	it('finds a record by its id', async () => {
		const [, id] = await addJobs({ job_key: 'a' }, { job_key: 'b' });

		expect(await keysOf(`RECORD_ID()='${id}'`)).toEqual(['b']);
	});
});

describe('access and limits', () => {
	it('tells a wrong token from a base and a table that are not there', async () => {
		const none = await call('GET', 'BASE/Jobs', undefined, { token: 'patWrong' });
		const base = await call('GET', 'appOther000000000/Jobs');
		const table = await call('GET', 'BASE/Nope');

		expect([none.status, none.body.error.type]).toEqual([401, 'AUTHENTICATION_REQUIRED']);
		expect([base.status, base.body.error.type]).toEqual([403, 'INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND']);
		expect([table.status, table.body.error.type]).toEqual([403, 'INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND']);
	});

	it('refuses the sixth request of a second and everything for 30 s after it', async () => {
		await createJobs();
		await clock.advance(2_000);
		const burst = [];
		for (let i = 0; i < 6; i++) burst.push(await call('GET', 'BASE/Jobs', undefined, { wait: 0 }));

		const during = await call('GET', 'BASE/Jobs', undefined, { wait: 29_990 });
		const after = await call('GET', 'BASE/Jobs', undefined, { wait: 11 });

		expect(burst.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
		expect(burst[5].body).toEqual({
			errors: [{ error: 'RATE_LIMIT_REACHED', message: 'Rate limit exceeded. Please try again later' }],
		});
		expect([during.status, after.status]).toEqual([429, 200]);
		expect(sandbox.report().airtable).toMatchObject({ requests: 10, rateLimited: 2, tooManyRequests: 2 });
	});

	it('says so when the month is used up, while the meta API goes on', async () => {
		await createJobs();
		sandbox.setFaults({ services: { airtable: { quota: 1 } } });

		const data = await call('GET', 'BASE/Jobs');
		const meta = await call('GET', 'meta/bases/BASE/tables');

		expect([data.status, data.body.errors[0].error]).toEqual([429, 'PUBLIC_API_BILLING_LIMIT_EXCEEDED']);
		expect(meta.status).toBe(200);
	});

	it('counts the calls of a month and the rights of a token as settings', async () => {
		await sandbox.stop();
		const settings = { airtable: { monthlyCallsLeft: 2, mayCreateOptions: false } };
		sandbox = await startSandbox({ services: ['airtable'], clock, settings });
		await createJobs();

		const typecast = await call('POST', 'BASE/Jobs', { typecast: true, records: [{ fields: { status: 'new' } }] });
		const last = await call('GET', 'BASE/Jobs');
		const over = await call('GET', 'BASE/Jobs');

		expect(typecast.body.error.type).toBe('INVALID_MULTIPLE_CHOICE_OPTIONS');
		expect([last.status, over.status]).toEqual([200, 429]);
		expect(sandbox.report().airtable).toMatchObject({ quotaRefused: 1, rateLimited: 0 });
	});

	it('refuses a URL of more than 16,000 characters', async () => {
		const { token, baseId } = sandbox.credentials('airtable');
		const rawQuery = `filterByFormula=${'x'.repeat(16_000)}`;

		// Past the HTTP server, which has a limit of its own close to this one.
		const { status } = await sandbox.standIn('airtable').handle({
			method: 'GET',
			path: `/v0/${baseId}/Jobs`,
			rawQuery,
			query: new URLSearchParams(rawQuery),
			headers: { authorization: `Bearer ${token}` },
			stream: Readable.from([]),
			body: async () => Buffer.alloc(0),
			signal: new AbortController().signal,
		});

		expect(status).toBe(414);
	});

	it('refuses a body that is too large or no JSON', async () => {
		await createJobs();

		const large = await call('POST', 'BASE/Jobs', { records: [{ fields: { note: 'x'.repeat(6_000_000) } }] });
		const noJson = await call('POST', 'BASE/Jobs', 5);

		expect([large.status, noJson.status]).toEqual([413, 422]);
	});
});

describe('the meta API', () => {
	it('shows tables, fields and the field that a link makes in the other table', async () => {
		const jobs = await createJobs();

		const { tables } = (await call('GET', 'meta/bases/BASE/tables')).body;

		const back = tables[0].fields[1];
		const link = tables[1].fields.find((field: Json) => field.name === 'Video Link');
		expect(tables.map((table: Json) => table.name)).toEqual(['Videos', 'Jobs']);
		expect(back).toMatchObject({ name: 'Jobs', options: { linkedTableId: jobs.id, inverseLinkFieldId: link?.id } });
		expect(link?.options.inverseLinkFieldId).toBe(back.id);
	});

	it.each([
		['a formula', { name: 'f', type: 'formula' }, 'UNSUPPORTED_FIELD_TYPE_FOR_CREATE'],
		['a taken name', { name: 'NOTE', type: 'singleLineText' }, 'DUPLICATE_OR_EMPTY_FIELD_NAME'],
		['a number without precision', { name: 'n', type: 'number' }, 'INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE'],
		[
			'a link to a table that is not there',
			{ name: 'l', type: 'multipleRecordLinks', options: { linkedTableId: 'tblNope' } },
			'INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE',
		],
	])('refuses %s', async (_case, field, type) => {
		const { id } = await createJobs();

		const { status, body } = await call('POST', `meta/bases/BASE/tables/${id}/fields`, field);

		expect([status, body.error.type]).toEqual([422, type]);
	});

	it('adds and renames fields, but does not change their options', async () => {
		const { id } = await createJobs();
		const path = `meta/bases/BASE/tables/${id}/fields`;

		const added = await call('POST', path, { name: 'kind', type: 'singleSelect', options: CHOICES });
		const renamed = await call('PATCH', `${path}/${added.body.id}`, { name: 'sort' });
		const changed = await call('PATCH', `${path}/${added.body.id}`, { options: { choices: [{ name: 'more' }] } });

		expect(renamed.body).toMatchObject({ id: added.body.id, name: 'sort' });
		expect(changed.status).toBe(422);
	});

	it('knows who asks, and makes bases', async () => {
		const base = await call('POST', 'meta/bases', {
			name: 'Second',
			workspaceId: 'wspSandbox0000000',
			tables: [{ name: 'T', fields: [{ name: 'n', type: 'singleLineText' }] }],
		});

		expect((await call('GET', 'meta/whoami')).status).toBe(200);
		expect((await call('GET', 'meta/bases')).body.bases).toHaveLength(2);
		expect(base.body.tables[0].name).toBe('T');
	});
});

describe('attachments', () => {
	beforeEach(createJobs);

	it('fetches what a write points to and serves it under a URL that ends after two hours', async () => {
		const origin = createServer((_request, response) =>
			response.writeHead(200, { 'content-type': 'video/mp4' }).end('film'),
		);
		await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
		const source = `http://127.0.0.1:${(origin.address() as AddressInfo).port}/clip.mp4`;

		const [id] = await addJobs({ job_key: 'a', Clip: [{ url: source }] });
		const stored = async () => (await call('GET', `BASE/Jobs/${id}`)).body.fields.Clip[0];
		let attachment = await stored();
		while (attachment.size === undefined) attachment = await stored();
		const fresh = await fetch(attachment.url);
		const part = await fetch(attachment.url, { headers: { range: 'bytes=1-2' } });
		await clock.advance(2 * 60 * 60 * 1000);
		const late = await fetch(attachment.url);
		origin.close();

		expect(attachment).toMatchObject({ filename: 'clip.mp4', size: 4, type: 'video/mp4' });
		expect(attachment.url).not.toBe(source);
		expect([fresh.headers.get('content-type'), await fresh.text()]).toEqual(['video/mp4', 'film']);
		expect([part.status, await part.text()]).toEqual([206, 'il']);
		expect(late.status).toBe(410);
	});

	it('drops an attachment that cannot be fetched', async () => {
		const [id] = await addJobs({ job_key: 'a', Clip: [{ url: 'http://127.0.0.1:1/clip.mp4' }] });

		const fields = async () => (await call('GET', `BASE/Jobs/${id}`)).body.fields;
		let current = await fields();
		while (current.Clip) current = await fields();

		expect(sandbox.report().airtable).toMatchObject({ attachmentsNotFetched: 1 });
	});

	it('takes a file from a person without costing a request, and from the API up to 5 MB', async () => {
		const [id] = await addJobs({ job_key: 'a' });
		const { requests } = sandbox.report().airtable!;
		const query = `table=Jobs&record=${id}&field=Clip&filename=cat.mp4`;

		const dropped = await fetch(`${sandbox.baseUrl('airtable')}/_people/upload?${query}`, {
			method: 'POST',
			headers: { 'content-type': 'video/mp4' },
			body: 'meow',
		});
		const seen = await fetch(`${sandbox.baseUrl('airtable')}/_people/records?table=Jobs`);
		const costs = sandbox.report().airtable!.requests;
		const uploaded = await call('POST', `BASE/${id}/Clip/uploadAttachment`, {
			contentType: 'text/plain',
			file: Buffer.from('text').toString('base64'),
			filename: 'a.txt',
		});

		const [clip] = ((await seen.json()) as Json).records[0].fields.Clip;
		expect(dropped.status).toBe(200);
		expect(await (await fetch(clip.url)).text()).toBe('meow');
		expect(costs).toBe(requests);
		expect((Object.values(uploaded.body.fields)[0] as Json[]).map((entry) => entry.filename)).toEqual([
			'cat.mp4',
			'a.txt',
		]);
	});

	it('lets a person edit a cell', async () => {
		const [id] = await addJobs({ job_key: 'a' });

		await fetch(`${sandbox.baseUrl('airtable')}/_people/edit`, {
			method: 'POST',
			body: JSON.stringify({ table: 'Jobs', record: id, fields: { ready: true } }),
		});

		expect(await keysOf('{ready}')).toEqual(['a']);
		expect(sandbox.report().airtable?.recordsPerWrite).toEqual({ 1: 1 });
	});
});

it('keeps its records over a restart and forgets them with a reset', async () => {
	await createJobs();
	await addJobs({ job_key: 'a' });

	await sandbox.restart('airtable');
	const kept = await keysOf('');
	await sandbox.reset();
	const { tables } = (await call('GET', 'meta/bases/BASE/tables')).body;

	expect(kept).toEqual(['a']);
	expect(tables).toEqual([]);
});
