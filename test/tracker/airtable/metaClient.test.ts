import { createMetaClient, type MetaAnswer, type MetaRequest } from '../../../tracker/airtable/metaClient';
import { SCHEMA, TABLE_POLICIES, type TableSpec } from '../../../tracker/airtable/schema';
import { openBase, type TestBase, valueOf } from './support';

interface Live {
	id: string;
	name: string;
	primaryFieldId: string;
	fields: Array<{ id: string; name: string; type: string; options?: { linkedTableId?: string } }>;
}

describe('in a base', () => {
	let base: TestBase;

	afterEach(async () => await base.close());

	async function liveTables(): Promise<Live[]> {
		await base.clock.advance(1_100);
		return ((await base.meta('GET', '/tables')).body as { tables: Live[] }).tables;
	}

	it('makes every table and field of the schema, with the key as primary field', async () => {
		base = await openBase();

		const live = await liveTables();

		for (const spec of SCHEMA) {
			const table = live.find(({ name }) => name === spec.name);
			const names = table?.fields.map(({ name }) => name);
			expect(names).toEqual(expect.arrayContaining(spec.fields.map(({ name }) => name)));
			expect(table?.fields.find(({ id }) => id === table.primaryFieldId)?.name).toBe(spec.fields[0].name);
		}
		const jobs = live.find(({ name }) => name === 'Jobs');
		const target = jobs?.fields.find(({ name }) => name === 'Segment')?.options?.linkedTableId;
		expect(live.find(({ id }) => id === target)?.name).toBe('Segments');
	});

	it('does nothing the second time', async () => {
		base = await openBase();
		const before = await liveTables();

		await base.clock.advance(1_100);
		const report = valueOf(await createMetaClient({ request: base.meta }).ensureSchema(SCHEMA));

		expect(report).toEqual({ created: [], manualSteps: [] });
		expect(await liveTables()).toEqual(before);
	});

	it('adds what is missing to tables that people have made, and leaves the rest to them', async () => {
		base = await openBase([]);
		const text = (name: string) => ({ name, type: 'singleLineText' });
		await base.meta('POST', '/tables', { name: 'Table 1', fields: [text('Name')] });
		await base.meta('POST', '/tables', {
			name: 'JOBS',
			fields: [
				text('Job_Key'),
				{ name: 'step', type: 'singleSelect', options: { choices: [{ name: 'voiceover' }] } },
				{ name: 'attempt', type: 'checkbox', options: { icon: 'check', color: 'red' } },
				{ name: 'error_message', type: 'richText' },
			],
		});
		const spec: TableSpec[] = [
			{
				name: 'Jobs',
				description: '',
				fields: [
					text('job_key'),
					{ name: 'step', type: 'singleSelect', options: { choices: [{ name: 'voiceover' }, { name: 'mix' }] } },
					{ name: 'attempt', type: 'number', options: { precision: 0 } },
					{ name: 'error_message', type: 'multilineText' },
					{ name: 'total', type: 'formula' },
					{ name: 'Later', type: 'multipleRecordLinks', linkTo: 'Later' },
				],
			},
			{ name: 'Later', description: '', fields: [text('key')] },
		];

		await base.clock.advance(1_100);
		const first = valueOf(await createMetaClient({ request: paced(base) }).ensureSchema(spec));
		const second = valueOf(await createMetaClient({ request: paced(base) }).ensureSchema(spec));

		const steps = [
			'Rename the field "Job_Key" of the table "JOBS" to "job_key".',
			'Add the options "mix" to the field "step" of the table "JOBS".',
			'Change the type of the field "attempt" of the table "JOBS" from checkbox to number.',
			expect.stringMatching(/^Add the field "total" \(formula\) to the table "JOBS": .*not supported/),
		];
		expect(first).toEqual({ created: ['Later', 'JOBS.Later'], manualSteps: steps });
		expect(second).toEqual({ created: [], manualSteps: steps });
	});

	it('adds options where the API lets it', async () => {
		base = await openBase([], { mayUpdateOptions: true });
		const status = (...names: string[]): TableSpec[] => [
			{
				name: 'Jobs',
				description: '',
				fields: [
					{ name: 'key', type: 'singleLineText' },
					{ name: 'status', type: 'singleSelect', options: { choices: names.map((name) => ({ name })) } },
				],
			},
		];
		const client = createMetaClient({ request: paced(base) });
		await client.ensureSchema(status('pending'));

		const report = valueOf(await client.ensureSchema(status('pending', 'failed')));

		expect(report).toEqual({ created: ['Jobs.status: failed'], manualSteps: [] });
	});

	it('says when a link points to another table than it should', async () => {
		base = await openBase();
		const spec = SCHEMA.map((table) => ({
			...table,
			fields: table.fields.map((field) =>
				field.name === 'Video Link' ? { ...field, linkTo: 'Jobs' } : field,
			) as TableSpec['fields'],
		}));

		await base.clock.advance(1_100);
		const report = valueOf(await createMetaClient({ request: base.meta }).ensureSchema(spec));

		expect(report.manualSteps).toEqual([
			'Change the type of the field "Video Link" of the table "Segments" from multipleRecordLinks to multipleRecordLinks to "Jobs".',
		]);
	});
});

describe('when Airtable refuses', () => {
	const FIELD = { id: 'fld1', name: 'status', type: 'singleSelect', options: { choices: [] } };
	const TABLE = { id: 'tbl1', name: 'Jobs', fields: [FIELD] };
	const SPEC: TableSpec[] = [
		{
			name: 'Jobs',
			description: '',
			fields: [
				{ name: 'status', type: 'singleSelect', options: { choices: [{ name: 'x' }] } },
				{ name: 'plain', type: 'url' },
			],
		},
	];

	/** Answers in turn. */
	function scripted(...answers: MetaAnswer[]): MetaRequest {
		return async () => answers.shift() ?? { status: 500, body: null };
	}

	it.each<[string, MetaAnswer[], string]>([
		['the token', [{ status: 401, body: null }], 'auth'],
		['the scope', [{ status: 403, body: { error: { message: 'no scope' } } }], 'forbidden'],
		['an unknown base', [{ status: 404, body: { error: 'NOT_FOUND' } }], 'forbidden'],
		['for being busy', [{ status: 429, body: { errors: [] } }], 'unavailable'],
		['without an answer', [{ status: 0, body: undefined }], 'unavailable'],
		['with a body that is no list', [{ status: 200, body: { tables: [{}] } }], 'unexpected'],
		[
			'to make a table',
			[
				{ status: 200, body: { tables: [] } },
				{ status: 422, body: {} },
			],
			'unexpected',
		],
		[
			'to change options, for the token',
			[
				{ status: 200, body: { tables: [TABLE] } },
				{ status: 401, body: null },
			],
			'auth',
		],
		[
			'to add a field',
			[
				{ status: 200, body: { tables: [TABLE] } },
				{ status: 403, body: {} },
				{ status: 503, body: {} },
			],
			'unavailable',
		],
	])('%s', async (_case, answers, code) => {
		const result = await createMetaClient({ request: scripted(...answers) }).ensureSchema(SPEC);

		expect(result).toMatchObject({ ok: false, code });
	});

	it('to make a link', async () => {
		const table = { id: 'tbl1', name: 'A', fields: [{ id: 'fld1', name: 'key', type: 'singleLineText' }] };
		const spec: TableSpec[] = [
			{
				name: 'A',
				description: '',
				fields: [
					{ name: 'key', type: 'singleLineText' },
					{ name: 'B', type: 'multipleRecordLinks', linkTo: 'B' },
				],
			},
			{ name: 'B', description: '', fields: [{ name: 'key', type: 'singleLineText' }] },
		];
		const request = scripted(
			{ status: 200, body: { tables: [table] } },
			{ status: 200, body: { ...table, id: 'tbl2', name: 'B' } },
			{ status: 500, body: {} },
		);

		expect(await createMetaClient({ request }).ensureSchema(spec)).toMatchObject({ ok: false, code: 'unavailable' });
	});
});

it('has a policy with a long-text note for each table', () => {
	for (const { name, fields } of SCHEMA) {
		const { noteField } = TABLE_POLICIES[name];
		expect(fields.find((field) => field.name === noteField)?.type).toBe('multilineText');
	}
});

/** Keeps below the limit without a gate: time passes before each request. */
function paced(base: TestBase): MetaRequest {
	return async (method, path, body) => {
		await base.clock.advance(1_100);
		return await base.meta(method, path, body);
	};
}
