import { join } from 'node:path';

import type { SandboxContext, SandboxReply, SandboxRequest, StandIn } from '../core/types';
import { ApiError, apiError, invalidRequest, notFound, quotaExceeded, rateLimited } from './apiError';
import { AttachmentFiles } from './attachments';
import { MAX_BODY_BYTES, MAX_UPLOAD_BODY_BYTES, MAX_URL_CHARACTERS, SANDBOX_BASE_ID, SANDBOX_TOKEN } from './constants';
import { AirtableDatabase } from './database';
import { BaseLimiter } from './limiter';
import { type ListParameters, parametersOfQuery, RecordLister } from './listing';
import { createBase, createField, createTable, listBases, listTables, updateField, updateTable } from './metaRoutes';
import { presentRow } from './present';
import { recordsAsPerson, uploadAsPerson, uploadAttachment } from './uploads';
import { noPermission, requireRow, requireTable } from './writeSession';
import {
	createRecords,
	deleteRecord,
	deleteRecords,
	importRecords,
	updateRecord,
	updateRecords,
	type WriteContext,
} from './writing';

/** What `settings.airtable` of the sandbox may hold. */
export interface AirtableSettings {
	/** API calls left this month; unlimited by default. */
	monthlyCallsLeft?: number;
	/** False for a token without creator rights: `typecast` then makes no options. Default true. */
	mayCreateOptions?: boolean;
	/** Whether a field's choices can be changed by the meta API. Default false. */
	mayUpdateOptions?: boolean;
}

type Json = Record<string, unknown>;

/** A request on its way through a route. */
interface Call {
	request: SandboxRequest;
	/** Decoded parts of the path after `/v0`. */
	parts: string[];
	baseId: string;
	json(): Promise<Json>;
}

/** Starts the stand-in of Airtable: Web API, meta API, attachments, and its limits. */
export async function createAirtableStandIn(context: SandboxContext): Promise<StandIn> {
	return new AirtableStandIn(context);
}

class AirtableStandIn implements StandIn {
	readonly service = 'airtable';
	readonly credentials = { token: SANDBOX_TOKEN, baseId: SANDBOX_BASE_ID };
	/** `quota`: the month's calls are used up. `expireUrl`: an attachment's URL ends early. */
	readonly faults = ['quota', 'expireUrl'];
	private readonly database: AirtableDatabase;
	private readonly files: AttachmentFiles;
	private readonly lister: RecordLister;
	private readonly settings: AirtableSettings;
	private limiters = new Map<string, BaseLimiter>();
	private callsLeft: number;
	private figures = emptyFigures();

	constructor(private readonly context: SandboxContext) {
		this.settings = context.settings;
		this.callsLeft = this.settings.monthlyCallsLeft ?? Infinity;
		this.database = new AirtableDatabase(join(context.dir, 'airtable.sqlite'), () => context.random());
		this.database.addBase(SANDBOX_BASE_ID, 'Video Engine');
		this.files = new AttachmentFiles(context, this.database);
		this.lister = new RecordLister(this.database, () => context.clock.now(), this.files.urlOf);
	}

	routeOf(request: SandboxRequest): string {
		return `${request.method} ${routeLabel(partsOf(request.path))}`;
	}

	async handle(request: SandboxRequest): Promise<SandboxReply> {
		try {
			const [first] = partsOf(request.path);
			if (first === '_attachments') return await this.files.serve(request);
			const body = first === '_people' ? await this.handlePeople(request) : await this.handleApi(request);
			return { status: 200, body };
		} catch (error) {
			if (error instanceof ApiError) return error.reply();
			throw error;
		}
	}

	async reset(): Promise<void> {
		await this.files.clear();
		this.database.clear();
		this.database.addBase(SANDBOX_BASE_ID, 'Video Engine');
		this.lister.forgetIterators();
		this.limiters = new Map();
		this.callsLeft = this.settings.monthlyCallsLeft ?? Infinity;
		this.figures = emptyFigures();
	}

	async restart(): Promise<void> {
		await this.files.stop();
		this.database.load();
		this.lister.forgetIterators();
		this.limiters = new Map();
		this.files.resume();
	}

	async stop(): Promise<void> {
		await this.files.stop();
		this.database.close();
	}

	report(): Record<string, unknown> {
		const peaks = [...this.limiters.values()].map((limiter) => limiter.peakPerSecond);
		return { ...this.figures, peakPerSecond: Math.max(0, ...peaks) };
	}

	private async handlePeople(request: SandboxRequest): Promise<object> {
		const people = this.people();
		switch (this.routeOf(request)) {
			case 'POST /_people/upload':
				return await uploadAsPerson(people, request);
			case 'GET /_people/records':
				return recordsAsPerson(people, request.query);
			case 'POST /_people/edit': {
				const { table, record, fields } = await readJson(request, MAX_BODY_BYTES);
				const found = requireTable(this.database, SANDBOX_BASE_ID, String(table));
				return updateRecord(this.writing(false), found, String(record), { fields, typecast: true }, false);
			}
			case 'POST /_people/import': {
				const { table, records } = await readJson(request, MAX_UPLOAD_BODY_BYTES);
				const found = requireTable(this.database, SANDBOX_BASE_ID, String(table));
				return importRecords(this.writing(false), found, Array.isArray(records) ? (records as Json[]) : []);
			}
			default:
				throw notFound();
		}
	}

	private async handleApi(request: SandboxRequest): Promise<object> {
		const parts = partsOf(request.path).slice(1);
		authenticate(request);
		const isMeta = parts[0] === 'meta';
		const baseId = isMeta ? parts[2] : parts[0];
		if (partsOf(request.path)[0] !== 'v0') throw notFound();
		if (baseId !== undefined) this.admit(baseId, isMeta);
		if (request.path.length + request.rawQuery.length > MAX_URL_CHARACTERS) {
			throw apiError(414, 'URL_TOO_LONG', `The URL is longer than ${MAX_URL_CHARACTERS} characters`);
		}
		const limit = parts.at(-1) === 'uploadAttachment' ? MAX_UPLOAD_BODY_BYTES : MAX_BODY_BYTES;
		const call: Call = { request, parts, baseId, json: async () => await readJson(request, limit) };
		return isMeta ? await this.handleMeta(call) : await this.handleData(call);
	}

	private admit(baseId: string, isMeta: boolean): void {
		if (!this.database.bases.has(baseId)) throw noPermission();
		this.figures.requests++;
		const limiter = this.limiters.get(baseId) ?? new BaseLimiter(this.context.clock);
		this.limiters.set(baseId, limiter);
		if (!limiter.admit()) {
			this.figures.rateLimited++;
			throw rateLimited();
		}
		if (isMeta) return;
		this.callsLeft--;
		if (this.callsLeft >= 0 && !this.context.drawFault('quota')) return;
		this.figures.quotaRefused++;
		throw quotaExceeded();
	}

	private async handleMeta({ request, parts, baseId, json }: Call): Promise<object> {
		switch (this.routeOf(request)) {
			case 'GET /v0/meta/whoami':
				return { id: 'usrSandboxTracker', scopes: ['data.records:read', 'data.records:write', 'schema.bases:read'] };
			case 'GET /v0/meta/bases':
				return listBases(this.database, request.query.get('offset'));
			case 'POST /v0/meta/bases':
				return createBase(this.database, await json());
			case 'GET /v0/meta/bases/:baseId/tables':
				return listTables(this.database, baseId);
			case 'POST /v0/meta/bases/:baseId/tables':
				return createTable(this.database, baseId, await json());
			case 'PATCH /v0/meta/bases/:baseId/tables/:table':
				return updateTable(this.database, requireTable(this.database, baseId, parts[4]), await json());
			case 'POST /v0/meta/bases/:baseId/tables/:table/fields':
				return createField(this.database, requireTable(this.database, baseId, parts[4]), await json());
			case 'PATCH /v0/meta/bases/:baseId/tables/:table/fields/:field': {
				const table = requireTable(this.database, baseId, parts[4]);
				return updateField(this.database, table, parts[6], await json(), this.settings.mayUpdateOptions === true);
			}
			default:
				throw notFound();
		}
	}

	private async handleData({ request, parts, baseId, json }: Call): Promise<object> {
		const route = this.routeOf(request);
		if (route === 'POST /v0/:baseId/:recordId/:field/uploadAttachment') {
			return await uploadAttachment(this.people(), baseId, parts[1], parts[2], await json());
		}
		const table = requireTable(this.database, baseId, parts[1] ?? '');
		const isReplace = request.method === 'PUT';
		switch (route) {
			case 'GET /v0/:baseId/:table':
				return this.lister.list(table, parametersOfQuery(request.query));
			case 'POST /v0/:baseId/:table/listRecords':
				return this.lister.list(table, (await json()) as ListParameters);
			case 'GET /v0/:baseId/:table/:recordId':
				return presentRow(table, requireRow(this.database, table, parts[2]), this.files.urlOf);
			case 'POST /v0/:baseId/:table':
				return createRecords(this.writing(), table, await json());
			case 'PATCH /v0/:baseId/:table':
			case 'PUT /v0/:baseId/:table':
				return updateRecords(this.writing(), table, await json(), isReplace);
			case 'PATCH /v0/:baseId/:table/:recordId':
			case 'PUT /v0/:baseId/:table/:recordId':
				return updateRecord(this.writing(), table, parts[2], await json(), isReplace);
			case 'DELETE /v0/:baseId/:table':
				return deleteRecords(this.writing(), table, request.query.getAll('records[]'));
			case 'DELETE /v0/:baseId/:table/:recordId':
				return deleteRecord(this.writing(), table, parts[2]);
			default:
				throw notFound();
		}
	}

	private people() {
		return { database: this.database, files: this.files, lister: this.lister, baseId: SANDBOX_BASE_ID };
	}

	private writing(isCounted = true): WriteContext {
		return {
			database: this.database,
			nowIso: () => new Date(this.context.clock.now()).toISOString(),
			mayCreateOptions: this.settings.mayCreateOptions !== false,
			attachmentUrl: this.files.urlOf,
			fetchAttachments: this.files.fetchAll,
			onWrite: (records) => {
				if (!isCounted) return;
				const { recordsPerWrite } = this.figures;
				recordsPerWrite[records] = (recordsPerWrite[records] ?? 0) + 1;
			},
		};
	}
}

/** `requests` counts what falls under the limit of a base: no downloads, no edits of people. */
function emptyFigures() {
	return { requests: 0, rateLimited: 0, quotaRefused: 0, recordsPerWrite: {} as Record<number, number> };
}

function authenticate(request: SandboxRequest): void {
	if (request.headers.authorization === `Bearer ${SANDBOX_TOKEN}`) return;
	throw apiError(401, 'AUTHENTICATION_REQUIRED', 'Authentication required');
}

async function readJson(request: SandboxRequest, limit: number): Promise<Json> {
	const bytes = await request.body();
	if (bytes.length > limit) throw apiError(413, 'REQUEST_TOO_LARGE', 'Request body is too large');
	try {
		const value: unknown = JSON.parse(bytes.toString('utf8'));
		if (typeof value === 'object' && value !== null) return value as Json;
	} catch {
		// Said below, as for JSON that is no object.
	}
	throw invalidRequest('could not parse request body');
}

/** airtable.js sends writes to `/v0/{base}/{table}/?`: the empty part at the end doesn't count. */
function partsOf(path: string): string[] {
	return path
		.split('/')
		.filter((part) => part !== '')
		.map((part) => decodeURIComponent(part));
}

const META_LABELS = ['v0', 'meta', 'bases', ':baseId', 'tables', ':table', 'fields', ':field'];

function routeLabel(parts: string[]): string {
	if (parts[0] === '_attachments') return '/_attachments/:file';
	if (parts[0] !== 'v0') return `/${parts.join('/')}`;
	if (parts[1] === 'meta') {
		const labels = parts.map((part, index) => (META_LABELS[index]?.startsWith(':') ? META_LABELS[index] : part));
		return `/${labels.join('/')}`;
	}
	if (parts[4] === 'uploadAttachment') return '/v0/:baseId/:recordId/:field/uploadAttachment';
	if (parts[3] === 'listRecords') return '/v0/:baseId/:table/listRecords';
	return `/${['v0', ':baseId', ':table', ':recordId', ...parts.slice(4)].slice(0, parts.length).join('/')}`;
}
