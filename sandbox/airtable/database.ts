import { DatabaseSync } from 'node:sqlite';

import type { Field, Row, Table } from './model';

const SCHEMA = `
	PRAGMA synchronous = OFF;
	CREATE TABLE IF NOT EXISTS bases (id TEXT PRIMARY KEY, name TEXT NOT NULL);
	CREATE TABLE IF NOT EXISTS tables (id TEXT PRIMARY KEY, base_id TEXT NOT NULL, position INTEGER NOT NULL, body TEXT NOT NULL);
	CREATE TABLE IF NOT EXISTS records (id TEXT PRIMARY KEY, table_id TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL);
`;

const ID_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const ID_CHARACTERS = 14;

/**
 * Bases, tables and records on disk, with a copy in memory that answers reads.
 * Every change goes to disk in one transaction before memory shows it.
 */
export class AirtableDatabase {
	readonly bases = new Map<string, string>();
	readonly tables = new Map<string, Table>();
	private readonly rows = new Map<string, Map<string, Row>>();
	private readonly sql: DatabaseSync;
	private lastSeq = 0;

	constructor(
		path: string,
		private readonly random: () => number,
	) {
		this.sql = new DatabaseSync(path);
		this.sql.exec(SCHEMA);
		this.load();
	}

	/** Reads everything from disk again, as a process that was started anew. */
	load(): void {
		this.bases.clear();
		this.tables.clear();
		this.rows.clear();
		this.lastSeq = 0;
		for (const base of this.sql.prepare('SELECT id, name FROM bases').all()) {
			this.bases.set(String(base.id), String(base.name));
		}
		for (const table of this.sql.prepare('SELECT id, body FROM tables ORDER BY position').all()) {
			this.tables.set(String(table.id), JSON.parse(String(table.body)) as Table);
			this.rows.set(String(table.id), new Map());
		}
		for (const record of this.sql.prepare('SELECT table_id, body FROM records ORDER BY seq').all()) {
			const row = JSON.parse(String(record.body)) as Row;
			this.rows.get(String(record.table_id))?.set(row.id, row);
			this.lastSeq = Math.max(this.lastSeq, row.seq);
		}
	}

	clear(): void {
		this.sql.exec('DELETE FROM bases; DELETE FROM tables; DELETE FROM records;');
		this.load();
	}

	close(): void {
		this.sql.close();
	}

	/** A new id in Airtable's form, e.g. `recAbCdEfGhIjKlMn`. */
	newId(prefix: string): string {
		let id = prefix;
		for (let i = 0; i < ID_CHARACTERS; i++) id += ID_ALPHABET[Math.floor(this.random() * ID_ALPHABET.length)];
		return id;
	}

	nextSeq(): number {
		return ++this.lastSeq;
	}

	addBase(id: string, name: string): void {
		this.sql.prepare('INSERT OR REPLACE INTO bases (id, name) VALUES (?, ?)').run(id, name);
		this.bases.set(id, name);
	}

	saveTable(table: Table): void {
		this.sql
			.prepare(
				'INSERT INTO tables (id, base_id, position, body) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body',
			)
			.run(table.id, table.baseId, this.tables.size, JSON.stringify(table));
		this.tables.set(table.id, table);
		if (!this.rows.has(table.id)) this.rows.set(table.id, new Map());
	}

	tablesOf(baseId: string): Table[] {
		return [...this.tables.values()].filter((table) => table.baseId === baseId);
	}

	/** A table by id or name. */
	findTable(baseId: string, idOrName: string): Table | undefined {
		return this.tablesOf(baseId).find((table) => table.id === idOrName || table.name === idOrName);
	}

	rowsOf(tableId: string): Row[] {
		return [...(this.rows.get(tableId)?.values() ?? [])];
	}

	row(tableId: string, recordId: string): Row | undefined {
		return this.rows.get(tableId)?.get(recordId);
	}

	/** Writes and deletes records, all or none. */
	commit(changed: Row[], deleted: Row[] = []): void {
		const put = this.sql.prepare('INSERT OR REPLACE INTO records (id, table_id, seq, body) VALUES (?, ?, ?, ?)');
		const drop = this.sql.prepare('DELETE FROM records WHERE id = ?');
		this.sql.exec('BEGIN');
		for (const row of changed) put.run(row.id, row.tableId, row.seq, JSON.stringify(row));
		for (const row of deleted) drop.run(row.id);
		this.sql.exec('COMMIT');
		for (const row of changed) this.rows.get(row.tableId)?.set(row.id, row);
		for (const row of deleted) this.rows.get(row.tableId)?.delete(row.id);
	}
}

/** A field by id or name. */
export function findField(table: Table, idOrName: string): Field | undefined {
	return table.fields.find((field) => field.id === idOrName || field.name === idOrName);
}
