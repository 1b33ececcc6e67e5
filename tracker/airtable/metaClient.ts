import { ok, refuse, type Result } from '../../engine/result';
import type { FieldSpec, TableSpec } from './schema';
import type { RateGate } from './types';

export interface MetaAnswer {
	status: number;
	body: unknown;
}

/**
 * Sends one request of the meta API of one base.
 *
 * @param path below the base, e.g. `/tables`, as in `GET /v0/meta/bases/{baseId}/tables`
 */
export type MetaRequest = (method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown) => Promise<MetaAnswer>;

export interface SchemaReport {
	/** Tables and fields that were made or completed, e.g. `Jobs` or `Jobs.status`. */
	created: string[];
	/** What the API can't do, as sentences for a person. */
	manualSteps: string[];
}

export interface MetaClient {
	/** Makes what is missing of a schema and changes nothing else; running it again does nothing. */
	ensureSchema(spec: readonly TableSpec[]): Promise<Result<SchemaReport>>;
}

interface Choice {
	id?: string;
	name: string;
}

interface LiveField {
	id: string;
	name: string;
	type: string;
	options?: { choices?: Choice[]; linkedTableId?: string };
}

interface LiveTable {
	id: string;
	name: string;
	fields: LiveField[];
}

/** Types that hold the same kind of value, so that a person's choice between them is left alone. */
const TEXT_TYPES = ['singleLineText', 'multilineText', 'richText', 'url', 'email', 'phoneNumber'];
const NUMBER_TYPES = ['number', 'currency', 'percent', 'duration'];

/**
 * Builds a client of the meta API over a request function: airtable.com/developers/web/api/get-base-schema.
 *
 * @param gate the base's gate: the meta API falls under the same five requests a second as its records
 */
export function createMetaClient({ request, gate }: { request: MetaRequest; gate?: RateGate }): MetaClient {
	const paced: MetaRequest = async (method, path, body) => {
		const release = await gate?.acquire();
		const answer = await request(method, path, body);
		release?.();
		return answer;
	};
	return { ensureSchema: async (spec) => await new SchemaSetUp(paced, spec).run() };
}

class SchemaSetUp {
	private readonly report: SchemaReport = { created: [], manualSteps: [] };

	private tables: LiveTable[] = [];

	constructor(
		private readonly request: MetaRequest,
		private readonly spec: readonly TableSpec[],
	) {}

	/** A link needs the other table's id: those that point forward come when all tables are there. */
	async run(): Promise<Result<SchemaReport>> {
		const read = await this.readTables();
		if (!read.ok) return read;
		for (const table of this.spec) {
			const done = await this.ensureTable(table);
			if (!done.ok) return done;
		}
		for (const table of this.spec) {
			for (const field of table.fields.filter((field) => this.isMissingLink(table, field))) {
				const done = await this.ensureField(table, field);
				if (!done.ok) return done;
			}
		}
		return ok(this.report);
	}

	private async readTables(): Promise<Result<void>> {
		const answer = await this.request('GET', '/tables');
		const tables = answer.status === 200 ? readTables(answer.body) : undefined;
		if (!tables) return refusalOf(answer, "read the base's tables");
		this.tables = tables;
		return ok(undefined);
	}

	private async ensureTable(spec: TableSpec): Promise<Result<void>> {
		const possible = spec.fields.filter(({ linkTo }) => linkTo === undefined || this.tableNamed(linkTo));
		if (!this.tableNamed(spec.name)) {
			const { name, description } = spec;
			const fields = possible.map((field) => this.bodyOf(field));
			const answer = await this.request('POST', '/tables', { name, description, fields });
			const table = answer.status === 200 ? readTable(answer.body) : undefined;
			if (!table) return refusalOf(answer, `create the table "${name}"`);
			this.tables.push(table);
			this.report.created.push(name);
			return ok(undefined);
		}
		for (const field of possible) {
			const done = await this.ensureField(spec, field);
			if (!done.ok) return done;
		}
		return ok(undefined);
	}

	private async ensureField(spec: TableSpec, field: FieldSpec): Promise<Result<void>> {
		const table = this.tableNamed(spec.name);
		if (!table) return ok(undefined);
		const live = table.fields.find(({ name }) => isSameName(name, field.name));
		if (live) return await this.compare(table, live, field);
		const { name, type } = field;
		const answer = await this.request('POST', `/tables/${table.id}/fields`, this.bodyOf(field));
		const place = `${table.name}.${name}`;
		const created = answer.status === 200 ? (answer.body as LiveField) : undefined;
		if (created) {
			table.fields.push(created);
			this.report.created.push(place);
		} else if (answer.status === 422) {
			this.report.manualSteps.push(
				`Add the field "${name}" (${type}) to the table "${table.name}": ${wordsOf(answer)}`,
			);
		} else {
			return refusalOf(answer, `create the field "${place}"`);
		}
		return ok(undefined);
	}

	private bodyOf({ name, type, options, linkTo }: FieldSpec): object {
		if (linkTo !== undefined) return { name, type, options: { linkedTableId: this.tableNamed(linkTo)?.id } };
		return options === undefined ? { name, type } : { name, type, options };
	}

	private isMissingLink(table: TableSpec, { name, linkTo }: FieldSpec): boolean {
		const live = this.tableNamed(table.name);
		return linkTo !== undefined && !live?.fields.some((field) => isSameName(field.name, name));
	}

	/** A field that exists is never changed but for missing options of a select. */
	private async compare(table: LiveTable, live: LiveField, field: FieldSpec): Promise<Result<void>> {
		const place = `the field "${live.name}" of the table "${table.name}"`;
		if (live.name !== field.name) {
			this.report.manualSteps.push(`Rename ${place} to "${field.name}".`);
		}
		const linkedId = field.linkTo === undefined ? undefined : this.tableNamed(field.linkTo)?.id;
		if (!holdsTheSame(live.type, field.type) || (linkedId !== undefined && live.options?.linkedTableId !== linkedId)) {
			const target = field.linkTo === undefined ? '' : ` to "${field.linkTo}"`;
			this.report.manualSteps.push(`Change the type of ${place} from ${live.type} to ${field.type}${target}.`);
			return ok(undefined);
		}
		return live.type === 'singleSelect' ? await this.addChoices(table, live, field) : ok(undefined);
	}

	/** Airtable's API adds options to a select only in some workspaces; elsewhere a person does it. */
	private async addChoices(table: LiveTable, live: LiveField, field: FieldSpec): Promise<Result<void>> {
		const present = live.options?.choices ?? [];
		const wanted = (field.options?.choices ?? []) as Choice[];
		const missing = wanted.filter(({ name }) => !present.some((choice) => choice.name === name));
		if (missing.length === 0) return ok(undefined);
		const path = `/tables/${table.id}/fields/${live.id}`;
		const answer = await this.request('PATCH', path, { options: { choices: [...present, ...missing] } });
		if (answer.status === 200) {
			this.report.created.push(...missing.map(({ name }) => `${table.name}.${live.name}: ${name}`));
			return ok(undefined);
		}
		if (answer.status === 401 || answer.status === 429 || answer.status >= 500) {
			return refusalOf(answer, `add options to "${table.name}.${live.name}"`);
		}
		const names = missing.map(({ name }) => `"${name}"`).join(', ');
		this.report.manualSteps.push(`Add the options ${names} to the field "${live.name}" of the table "${table.name}".`);
		return ok(undefined);
	}

	private tableNamed(wanted: string): LiveTable | undefined {
		return this.tables.find(({ name }) => isSameName(name, wanted));
	}
}

/** Airtable's names are unique without regard to case. */
function isSameName(a: string, b: string): boolean {
	return a.toLowerCase() === b.toLowerCase();
}

function holdsTheSame(live: string, wanted: string): boolean {
	if (live === wanted) return true;
	return [TEXT_TYPES, NUMBER_TYPES].some((types) => types.includes(live) && types.includes(wanted));
}

function readTables(body: unknown): LiveTable[] | undefined {
	const tables = (body as { tables?: unknown } | null)?.tables;
	return Array.isArray(tables) && tables.every((table) => readTable(table) !== undefined) ? tables : undefined;
}

function readTable(body: unknown): LiveTable | undefined {
	const { id, name, fields } = (body ?? {}) as Partial<LiveTable>;
	return typeof id === 'string' && typeof name === 'string' && Array.isArray(fields) ? { id, name, fields } : undefined;
}

function refusalOf(answer: MetaAnswer, what: string): Result<never> {
	const { status } = answer;
	const words = wordsOf(answer);
	if (status === 401) {
		return refuse('auth', `Airtable does not accept the token, so it can't ${what}. Check it in the credential.`);
	}
	if (status === 403 || status === 404) {
		return refuse(
			'forbidden',
			`The token can't ${what}. It needs the scopes schema.bases:read and schema.bases:write, and the base in its list. ${words}`,
		);
	}
	const isBusy = status === 429 || status === 0 || status >= 500;
	return refuse(isBusy ? 'unavailable' : 'unexpected', `Airtable did not ${what} (status ${status}). ${words}`);
}

/** Airtable's message; `error` is an object, sometimes a string. */
function wordsOf({ body }: MetaAnswer): string {
	const error = (body as { error?: unknown } | null | undefined)?.error;
	if (typeof error === 'string') return error;
	const message = (error as { message?: unknown } | null | undefined)?.message;
	return typeof message === 'string' ? message : '';
}
