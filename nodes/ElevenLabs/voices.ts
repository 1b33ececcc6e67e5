import type { IDataObject } from 'n8n-workflow';

import { withoutEmpty } from '../shared/params';
import { VOICES_PAGE_SIZE } from './constants';
import type { ElevenLabsClient } from './transport';

/** The members of a voice that the node reads; the rest is passed on. */
export interface VoiceResponse extends IDataObject {
	voice_id: string;
	name: string;
	category?: string;
}

/** One page of voices. */
export interface VoicePage {
	voices: VoiceResponse[];
	/** Where the next page begins; undefined on the last one. */
	nextPageToken?: string;
}

/** A page of `GET /v2/voices`, by name. The first page may hold more than asked for: default voices are added. */
export async function listVoicePage(
	client: ElevenLabsClient,
	query: { search?: string; pageToken?: string; pageSize?: number },
): Promise<VoicePage> {
	const qs = withoutEmpty({
		search: query.search,
		next_page_token: query.pageToken,
		page_size: Math.min(query.pageSize ?? VOICES_PAGE_SIZE, VOICES_PAGE_SIZE),
		sort: 'name',
		sort_direction: 'asc',
	});
	const { body } = await client.call({ path: '/v2/voices', qs });
	const page = body as { voices?: VoiceResponse[]; has_more?: boolean; next_page_token?: string | null };
	const nextPageToken = page.has_more && page.next_page_token ? page.next_page_token : undefined;
	return { voices: page.voices ?? [], nextPageToken };
}

/** Voices across pages, at most `limit`. */
export async function listVoices(client: ElevenLabsClient, search: string | undefined, limit: number) {
	const voices: VoiceResponse[] = [];
	let pageToken: string | undefined;
	do {
		const page = await listVoicePage(client, { search, pageToken, pageSize: limit - voices.length });
		voices.push(...page.voices);
		pageToken = page.nextPageToken;
	} while (pageToken !== undefined && voices.length < limit);
	return voices.slice(0, limit);
}
