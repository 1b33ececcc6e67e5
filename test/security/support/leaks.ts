/** @reads credentials/ */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ICredentialType } from 'n8n-workflow';

const ROOT = join(__dirname, '../../..');
const SECRETS_MIN_CHARACTERS = 8;
/** Secret fields of n8n's own credential types that the workflows use. */
const SECRETS_OF_N8N: Record<string, string[]> = { httpHeaderAuth: ['value'], smtp: ['password'] };

/** What a signed URL or one of our callback tokens looks like, whoever signed it. */
const SIGNED = /[?&](?:x-amz-signature|x-amz-credential|x-goog-signature|signature|sig|token)=[^\s"'&\\]+/gi;

/** A place that people or programs can read, and what stands there. */
export interface Place {
	name: string;
	text: string;
}

async function secretFieldsOf(type: string): Promise<string[]> {
	if (type in SECRETS_OF_N8N) return SECRETS_OF_N8N[type];
	const className = type[0].toUpperCase() + type.slice(1);
	const file = join(ROOT, 'credentials', `${className}.credentials.ts`);
	const types = (await import(file)) as Record<string, new () => ICredentialType>;
	const { properties } = new types[className]();
	return properties.filter(({ typeOptions }) => typeOptions?.password === true).map(({ name }) => name);
}

/** Values of all secret fields of these credentials. */
export async function secretsOf(
	credentials: Array<{ type: string; data: Record<string, unknown> }>,
): Promise<string[]> {
	const values = credentials.map(async ({ type, data }) =>
		(await secretFieldsOf(type)).map((name) => String(data[name] ?? '')),
	);
	const all = (await Promise.all(values)).flat();
	return [...new Set(all.filter((value) => value.length >= SECRETS_MIN_CHARACTERS))];
}

/** A secret as it may have been written: plain, in a URL, in JSON, in Base64. */
function spellings(secret: string): string[] {
	const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
	return [...new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), base64])];
}

/** Every secret or signed URL in these places, with some words around it, in which the secret itself is hidden. */
export function leaksIn(places: Place[], secrets: string[]): string[] {
	const found: string[] = [];
	for (const { name, text } of places) {
		for (const spelling of secrets.flatMap(spellings)) {
			const at = text.indexOf(spelling);
			if (at < 0) continue;
			const around = text.slice(Math.max(0, at - 80), at + spelling.length + 40);
			found.push(`${name}: a secret in …${around.replaceAll(spelling, '<secret>')}…`);
		}
		for (const [match] of text.matchAll(SIGNED)) {
			const at = text.indexOf(match);
			found.push(`${name}: a signed URL in …${text.slice(Math.max(0, at - 80), at)}${match.slice(0, 16)}…`);
		}
	}
	return found;
}

/** All rows of all tables of a SQLite file, one place a table. */
export function tablesOf(file: string): Place[] {
	const database = new DatabaseSync(file, { readOnly: true });
	try {
		const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as Array<{
			name: string;
		}>;
		// By workflow, so that a leak tells where it comes from.
		const executions = database
			.prepare(
				'SELECT e.id, e."workflowId", e.status, d.* FROM execution_data d LEFT JOIN execution_entity e ON e.id = d."executionId"',
			)
			.all()
			.map((row) => ({
				name: `execution ${String(row.id)} of ${String(row.workflowId)}, ${String(row.status)}`,
				text: Object.values(row).join('\n'),
			}));
		const others = tables
			.filter(({ name }) => name !== 'execution_data')
			.map(({ name }) => {
				const rows = database.prepare(`SELECT * FROM "${name.replaceAll('"', '""')}"`).all();
				return { name: `table ${name}`, text: rows.map((row) => Object.values(row).join('\n')).join('\n') };
			});
		return [...executions, ...others];
	} finally {
		database.close();
	}
}

/** Files below a folder whose path matches. */
export function filesBelow(folder: string, pattern: RegExp): Place[] {
	return readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.map((path) => join(folder, path))
		.filter((path) => pattern.test(path) && statSync(path).isFile())
		.map((path) => ({ name: path.slice(folder.length + 1), text: readFileSync(path, 'utf8') }));
}
