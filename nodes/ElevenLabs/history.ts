import type { IDataObject } from 'n8n-workflow';

import { ServiceError } from '../shared/errors';
import { withoutEmpty } from '../shared/params';
import { HISTORY_LOOKBACK_S, HISTORY_PAGE_SIZE, HISTORY_PAGES_MAX, SERVICE_LABEL } from './constants';
import type { SpeechRequest } from './speechRequest';
import type { ElevenLabsClient } from './transport';

/** One item of `GET /v1/history`, as far as it is read. */
export interface HistoryItem {
	history_item_id: string;
	request_id?: string | null;
	voice_id?: string | null;
	model_id?: string | null;
	text?: string | null;
	date_unix?: number;
	state?: string;
	settings?: IDataObject | null;
	output_format?: string | null;
	content_type?: string;
}

interface HistoryResponse {
	history?: HistoryItem[];
	last_history_item_id?: string | null;
	has_more?: boolean;
}

/** An answer that is no list proves nothing: taken for an empty one, a speech would be paid for again. */
function asList(body: unknown): HistoryResponse & { history: HistoryItem[] } {
	const { history } = (body ?? {}) as HistoryResponse;
	if (Array.isArray(history)) return { ...(body as HistoryResponse), history };
	const message = 'The service answered without its list of speeches.';
	throw new ServiceError({ class: 'unavailable', message, began: 'no', retryable: true }, SERVICE_LABEL);
}

/**
 * A stretch of the history, newest first, across pages.
 *
 * @throws ServiceError
 */
export async function listHistory(client: ElevenLabsClient, query: IDataObject, limit: number): Promise<HistoryItem[]> {
	const items: HistoryItem[] = [];
	let after: string | undefined;
	for (let page = 0; items.length < limit && page < limit; page++) {
		const qs = withoutEmpty({ ...query, page_size: HISTORY_PAGE_SIZE, start_after_history_item_id: after });
		const { body } = await client.call({ path: '/v1/history', qs });
		const { history, has_more: hasMore, last_history_item_id: last } = asList(body);
		items.push(...history);
		if (!hasMore || !last || history.length === 0) break;
		after = last;
	}
	return items.slice(0, limit);
}

/** Settings count as equal unless both sides name one and differ: the history may fill in or leave out defaults. */
function hasSettings(item: HistoryItem, speech: SpeechRequest): boolean {
	const wanted = (speech.settings.voice_settings ?? {}) as IDataObject;
	const used = item.settings ?? {};
	return Object.entries(wanted).every(
		([name, value]) => used[name] === undefined || used[name] === null || used[name] === value,
	);
}

function hasFormat(item: HistoryItem, speech: SpeechRequest): boolean {
	if (item.output_format) return item.output_format === speech.outputFormat;
	return speech.outputFormat.startsWith('mp3_');
}

/** Whether a history item is this part of this speech. */
export function isSameSpeech(item: HistoryItem, speech: SpeechRequest, text: string): boolean {
	return (
		item.state !== 'deleted' &&
		item.state !== 'processing' &&
		item.text === text &&
		item.voice_id === speech.voiceId &&
		(!item.model_id || item.model_id === speech.modelId) &&
		hasFormat(item, speech) &&
		hasSettings(item, speech)
	);
}

/** Recent speeches of the same voice: what an earlier attempt may have paid for without getting the answer. */
export async function recentSpeeches(
	client: ElevenLabsClient,
	speech: SpeechRequest,
	nowMs: number,
): Promise<HistoryItem[]> {
	const dateAfter = Math.floor(nowMs / 1000) - HISTORY_LOOKBACK_S;
	const query = { voice_id: speech.voiceId, date_after_unix: dateAfter, source: 'TTS' };
	return await listHistory(client, query, HISTORY_PAGE_SIZE * HISTORY_PAGES_MAX);
}

/** The sound of a history item. Fetching it costs nothing. */
export async function downloadHistoryAudio(client: ElevenLabsClient, historyItemId: string): Promise<Uint8Array> {
	const path = `/v1/history/${encodeURIComponent(historyItemId)}/audio`;
	const { body } = await client.call({ path, encoding: 'arraybuffer' });
	return new Uint8Array(body as Buffer);
}
