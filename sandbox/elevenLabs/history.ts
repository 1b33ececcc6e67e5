import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { invalidField } from './errors';

/** One speech that was made. */
export interface HistoryItem {
	id: string;
	requestId: string;
	voiceId: string;
	voiceName: string;
	voiceCategory: string;
	modelId: string;
	text: string;
	dateUnix: number;
	countFrom: number;
	countTo: number;
	contentType: string;
	outputFormat: string;
	settings: Record<string, unknown>;
}

/** What was spoken, newest first, with its sound on disk. */
export class History {
	private items: HistoryItem[] = [];

	private readonly dir: string;

	constructor(parentDir: string) {
		this.dir = join(parentDir, 'history');
	}

	async add(item: HistoryItem, audio: Uint8Array): Promise<void> {
		await mkdir(this.dir, { recursive: true });
		await writeFile(this.pathOf(item), audio);
		this.items.unshift(item);
	}

	find(id: string): HistoryItem | undefined {
		return this.items.find((item) => item.id === id);
	}

	findByRequest(requestId: string): HistoryItem | undefined {
		return this.items.find((item) => item.requestId === requestId);
	}

	async audio(item: HistoryItem): Promise<Buffer> {
		return await readFile(this.pathOf(item));
	}

	async remove(id: string): Promise<object> {
		const item = this.find(id);
		this.items = this.items.filter((other) => other.id !== id);
		if (item) await rm(this.pathOf(item), { force: true });
		return { status: 'ok' };
	}

	async clear(): Promise<void> {
		this.items = [];
		await rm(this.dir, { recursive: true, force: true });
	}

	/** `GET /v1/history`. */
	list(query: URLSearchParams): object {
		const size = Number(query.get('page_size') ?? 100);
		if (!Number.isInteger(size) || size < 1 || size > 1000) {
			throw invalidField(['query', 'page_size'], 'Input should be from 1 to 1000', 'less_than_equal');
		}
		const found = this.items.filter((item) => matches(item, query));
		if (query.get('sort_direction') === 'asc') found.reverse();
		const after = query.get('start_after_history_item_id');
		const start = after ? found.findIndex((item) => item.id === after) + 1 : 0;
		const page = found.slice(start, start + size);
		return {
			history: page.map(toWire),
			last_history_item_id: page.at(-1)?.id ?? null,
			has_more: start + size < found.length,
			scanned_until: null,
		};
	}

	private pathOf(item: HistoryItem): string {
		return join(this.dir, item.id);
	}
}

function matches(item: HistoryItem, query: URLSearchParams): boolean {
	const before = Number(query.get('date_before_unix') ?? Infinity);
	const after = Number(query.get('date_after_unix') ?? 0);
	return (
		(query.get('voice_id') ?? item.voiceId) === item.voiceId &&
		(query.get('model_id') ?? item.modelId) === item.modelId &&
		(query.get('source') ?? 'TTS') === 'TTS' &&
		item.text.toLowerCase().includes(query.get('search')?.toLowerCase() ?? '') &&
		item.dateUnix <= before &&
		item.dateUnix >= after
	);
}

export function toWire(item: HistoryItem): object {
	return {
		history_item_id: item.id,
		request_id: item.requestId,
		voice_id: item.voiceId,
		model_id: item.modelId,
		voice_name: item.voiceName,
		voice_category: item.voiceCategory,
		text: item.text,
		date_unix: item.dateUnix,
		character_count_change_from: item.countFrom,
		character_count_change_to: item.countTo,
		content_type: item.contentType,
		state: 'created',
		settings: item.settings,
		feedback: null,
		share_link_id: null,
		source: 'TTS',
		alignments: null,
		dialogue: null,
		output_format: item.outputFormat,
	};
}
