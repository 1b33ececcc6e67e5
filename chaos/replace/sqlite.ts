type Values = Record<string, unknown>;

/** Tables in memory, for the few statements that the stand-in of Airtable keeps its rows with. */
export class DatabaseSync {
	private readonly tables = new Map<string, Map<unknown, Values>>();

	exec(sql: string): void {
		for (const [, table] of sql.matchAll(/DELETE FROM (\w+);/g)) this.table(table).clear();
	}

	prepare(sql: string): { all(): Values[]; run(...values: unknown[]): void } {
		const [, verb, table] = /^(SELECT|INSERT|DELETE)\b.*?\b(?:FROM|INTO) (\w+)/.exec(sql) ?? [];
		if (verb === undefined) throw new Error(`This statement is not known here: ${sql}`);
		const rows = this.table(table);
		const columns = (/\(([^)]*)\) VALUES/.exec(sql)?.[1] ?? '').split(', ');
		const order = /ORDER BY (\w+)/.exec(sql)?.[1];
		return {
			all: () => {
				const all = [...rows.values()];
				return order === undefined ? all : all.sort((left, right) => Number(left[order]) - Number(right[order]));
			},
			run: (...values) => {
				if (verb === 'DELETE') rows.delete(values[0]);
				else rows.set(values[0], Object.fromEntries(columns.map((column, index) => [column, values[index]])));
			},
		};
	}

	close(): void {
		this.tables.clear();
	}

	private table(name: string): Map<unknown, Values> {
		const known = this.tables.get(name) ?? new Map<unknown, Values>();
		this.tables.set(name, known);
		return known;
	}
}
