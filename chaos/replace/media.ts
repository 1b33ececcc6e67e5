import { Buffer } from 'node:buffer';

/** A media file as this world knows it: real enough to be recognised by its first bytes, and its length can be read. */
export interface Media {
	container: 'mp4' | 'mp3' | 'flac' | 'jpg';
	durationS: number;
	hasVideo: boolean;
	hasAudio: boolean;
	width?: number;
	height?: number;
	/** The index stands at the end, so that a file that was cut can't be read. */
	isIndexLast?: boolean;
	/** Tells apart files that are otherwise alike. */
	id: string;
}

const MP3_BYTES_PER_S = 100;
const MP3_HEAD_BYTES = 32;
const MP4_BYTES_PER_S = 20;
const MARK = '\u0001media';

/** The bytes of a file. An MP3's length is that of its bytes; other containers state theirs in an index. */
export function encodeMedia(media: Media): Buffer {
	if (media.container === 'mp3') {
		const head = Buffer.alloc(MP3_HEAD_BYTES);
		head.write(`ID3\u0004${media.id}`.slice(0, MP3_HEAD_BYTES), 'latin1');
		return Buffer.concat([head, Buffer.alloc(Math.round(media.durationS * MP3_BYTES_PER_S))]);
	}
	const magic = { mp4: '\0\0\0\u0020ftypisom', flac: 'fLaC', jpg: '\u00ff\u00d8\u00ff\u00e0' }[media.container];
	const index = Buffer.from(`${MARK}${JSON.stringify(media)}\n`, 'latin1');
	const body = Buffer.alloc(Math.round(media.durationS * MP4_BYTES_PER_S), 1);
	const parts = media.isIndexLast === true ? [body, index] : [index, body];
	return Buffer.concat([Buffer.from(magic, 'latin1'), ...parts]);
}

/** What a file holds; undefined where it is none, or was cut before its index. */
export function decodeMedia(bytes: Uint8Array): Media | undefined {
	const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
	if (text.startsWith('ID3')) {
		const durationS = Math.max(0, bytes.byteLength - MP3_HEAD_BYTES) / MP3_BYTES_PER_S;
		return { container: 'mp3', durationS, hasVideo: false, hasAudio: true, id: text.slice(4, MP3_HEAD_BYTES) };
	}
	const start = text.indexOf(MARK);
	const end = text.indexOf('\n', start);
	return start < 0 || end < 0 ? undefined : (JSON.parse(text.slice(start + MARK.length, end)) as Media);
}
