import type { OutputKind, ProviderOutput } from '../events';

const KINDS: Array<{ kind: OutputKind; extensions: RegExp }> = [
	{ kind: 'audio', extensions: /\.(?:mp3|wav|m4a|aac|ogg|opus|flac)$/i },
	{ kind: 'image', extensions: /\.(?:jpe?g|png|webp|gif)$/i },
	{ kind: 'text', extensions: /\.(?:txt|srt|vtt|ass)$/i },
	{ kind: 'json', extensions: /\.json$/i },
];

/** Members of an object that hold a result's URL, the main one first. */
const URL_MEMBERS = ['file_url', 'text_url', 'srt_url', 'segments_url'] as const;

type Fields = Record<string, unknown>;

/** The toolkit nests no lists; a body of brackets alone must not use up the stack. */
const LISTS_MAX_DEPTH = 3;

/**
 * The files named by a `response`, which is a URL (concatenate …), a list of objects (compose, split), an object
 * (upload, transcribe, download) or something without any file (metadata, silence). The main file comes first.
 *
 * @param depth of lists in lists that are looked into
 */
export function outputsOf(response: unknown, depth = LISTS_MAX_DEPTH): ProviderOutput[] {
	if (isUrl(response)) return [{ url: response, kind: kindOf(response) }];
	if (Array.isArray(response)) return depth === 0 ? [] : response.flatMap((entry) => outputsOf(entry, depth - 1));
	if (!isFields(response)) return [];

	const media =
		isFields(response.media) && isUrl(response.media.media_url)
			? [fileOf(response.media, response.media.media_url)]
			: [];
	const files = URL_MEMBERS.flatMap((name) => (isUrl(response[name]) ? [fileOf(response, response[name])] : []));
	const thumbnail = isUrl(response.thumbnail_url) ? [{ url: response.thumbnail_url, kind: 'image' as const }] : [];
	return [...media, ...files, ...thumbnail];
}

function fileOf({ duration, filesize }: Fields, url: string): ProviderOutput {
	return {
		url,
		kind: kindOf(url),
		...(isCount(duration) ? { durationS: duration } : {}),
		...(isCount(filesize) ? { bytes: filesize } : {}),
	};
}

function kindOf(url: string): OutputKind {
	const path = url.split(/[?#]/)[0];
	return KINDS.find(({ extensions }) => extensions.test(path))?.kind ?? 'video';
}

function isUrl(value: unknown): value is string {
	return typeof value === 'string' && /^https?:\/\/\S+$/i.test(value);
}

function isFields(value: unknown): value is Fields {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
	return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
