import { setTimeout as sleep } from 'node:timers/promises';

export type Fields = Record<string, unknown>;

/** A run asks thousands of times while services fail: it must not end by that. */
const TRIES = 60;
const PAUSE_MS = 300;

/** All rows of a table as a person who looks at Airtable sees them; costs no request of the base's limit. */
export async function rowsOf(airtableUrl: string, table: string): Promise<Fields[]> {
	for (let attempt = 1; ; attempt++) {
		try {
			const response = await fetch(`${airtableUrl}/_people/records?${new URLSearchParams({ table })}`);
			if (!response.ok) throw new Error(`${table}: ${response.status} ${await response.text()}`);
			return ((await response.json()) as { records: Array<{ fields: Fields }> }).records.map(({ fields }) => fields);
		} catch (error) {
			// The stand-in's faults may hit this request, too.
			if (attempt === TRIES) throw error;
			await sleep(PAUSE_MS);
		}
	}
}

/** Puts rows into a table, as a person who imports a file. */
export async function putRows(airtableUrl: string, table: string, records: Fields[]): Promise<void> {
	const response = await fetch(`${airtableUrl}/_people/import`, {
		method: 'POST',
		body: JSON.stringify({ table, records }),
	});
	if (!response.ok) throw new Error(`${table}: ${response.status} ${await response.text()}`);
}

export function textOf(value: unknown): string {
	return typeof value === 'string' ? value : '';
}

export function numberOf(value: unknown): number {
	return typeof value === 'number' ? value : Number.NaN;
}

/** ms since the epoch; NaN for none. */
export function timeOf(value: unknown): number {
	return Date.parse(textOf(value));
}
