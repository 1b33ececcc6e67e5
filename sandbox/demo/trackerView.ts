import { REQUEST_TIMEOUT_MS } from './constants';
import { DemoError } from './errors';

export interface TrackerRecord {
	id: string;
	fields: Record<string, unknown>;
}

export type TrackerTable = 'Videos' | 'Segments' | 'Jobs' | 'Webhook Events' | 'Alerts';

/** The tracker's tables as a person looking at Airtable sees them. */
export interface TrackerView {
	/** All rows of one video. */
	records(table: TrackerTable, videoId: string): Promise<TrackerRecord[]>;
	/** Drops a file into an attachment cell. */
	attach(
		table: string,
		recordId: string,
		field: string,
		file: { name: string; type: string; bytes: Buffer },
	): Promise<void>;
}

/** The stand-in's own view for people: it counts as no API request, as looking at Airtable would not. */
export class SandboxTrackerView implements TrackerView {
	constructor(private readonly baseUrl: string) {}

	async records(table: TrackerTable, videoId: string): Promise<TrackerRecord[]> {
		const query = new URLSearchParams({ table, filterByFormula: ofVideo(videoId) });
		const response = await send(`${this.baseUrl}/_people/records?${query}`, {});
		return ((await response.json()) as { records: TrackerRecord[] }).records;
	}

	async attach(
		table: string,
		record: string,
		field: string,
		file: { name: string; type: string; bytes: Buffer },
	): Promise<void> {
		const query = new URLSearchParams({ table, record, field, filename: file.name });
		const body = new Uint8Array(file.bytes);
		await send(`${this.baseUrl}/_people/upload?${query}`, {
			method: 'POST',
			headers: { 'content-type': file.type },
			body,
		});
	}
}

/** A real base, by Airtable's Web API. */
export class AirtableView implements TrackerView {
	private readonly authorization: string;

	constructor(
		token: string,
		private readonly baseId: string,
		private readonly endpointUrl = 'https://api.airtable.com',
		private readonly contentUrl = 'https://content.airtable.com',
	) {
		this.authorization = `Bearer ${token}`;
	}

	async records(table: TrackerTable, videoId: string): Promise<TrackerRecord[]> {
		const found: TrackerRecord[] = [];
		let offset: string | undefined;
		do {
			const query = new URLSearchParams({
				filterByFormula: ofVideo(videoId),
				...(offset === undefined ? {} : { offset }),
			});
			const url = `${this.endpointUrl}/v0/${this.baseId}/${encodeURIComponent(table)}?${query}`;
			const response = await send(url, { headers: { authorization: this.authorization } });
			const page = (await response.json()) as { records: TrackerRecord[]; offset?: string };
			found.push(...page.records);
			offset = page.offset;
		} while (offset !== undefined);
		return found;
	}

	async attach(
		_table: string,
		record: string,
		field: string,
		file: { name: string; type: string; bytes: Buffer },
	): Promise<void> {
		await send(`${this.contentUrl}/v0/${this.baseId}/${record}/${encodeURIComponent(field)}/uploadAttachment`, {
			method: 'POST',
			headers: { authorization: this.authorization, 'content-type': 'application/json' },
			body: JSON.stringify({ contentType: file.type, filename: file.name, file: file.bytes.toString('base64') }),
		});
	}
}

/** Video ids are our own and hold no quotes. */
function ofVideo(videoId: string): string {
	return `{video_id} = '${videoId}'`;
}

async function send(url: string, init: RequestInit): Promise<Response> {
	const response = await fetch(url, { ...init, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
	if (!response.ok)
		throw new DemoError(`The tracker answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
	return response;
}
