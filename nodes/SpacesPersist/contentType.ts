import { ok, refuse, type Result } from '../../engine/result';
import type { OutputKind } from '../../engine/events';

/** Enough bytes to recognise every type below and to look at the beginning of a text. */
export const SNIFF_BYTES = 4_096;

const TYPES_BY_EXTENSION: Record<string, string> = {
	aac: 'audio/aac',
	ass: 'text/x-ssa',
	flac: 'audio/flac',
	gif: 'image/gif',
	jpeg: 'image/jpeg',
	jpg: 'image/jpeg',
	json: 'application/json',
	m4a: 'audio/mp4',
	mkv: 'video/x-matroska',
	mov: 'video/quicktime',
	mp3: 'audio/mpeg',
	mp4: 'video/mp4',
	ogg: 'audio/ogg',
	png: 'image/png',
	srt: 'application/x-subrip',
	txt: 'text/plain; charset=utf-8',
	vtt: 'text/vtt; charset=utf-8',
	wav: 'audio/wav',
	webm: 'video/webm',
	webp: 'image/webp',
};

/** Containers that hold sound alone as well as pictures: their name says too little to refuse them. */
const CONTAINERS = ['video/mp4', 'audio/mp4', 'video/quicktime', 'video/webm', 'video/x-matroska', 'audio/ogg'];
const GENERIC_TYPES = ['', 'application/octet-stream', 'binary/octet-stream', 'application/x-www-form-urlencoded'];

export interface TypeHints {
	/** What the caller says the object is to be. */
	wanted?: string;
	objectKey: string;
	/** `Content-Type` of the source. */
	declared?: string;
}

/**
 * The content type to store, decided by the bytes themselves: NCA stores everything as `binary/octet-stream`, and
 * providers answer expired links with a web page and status 200.
 *
 * Codes: `not_media` for a page or message where a media file is due, `wrong_kind` for media of another kind.
 */
export function decideContentType(head: Uint8Array, hints: TypeHints): Result<string> {
	const due = hints.wanted ?? typeOfKey(hints.objectKey);
	const found = sniffContentType(head);
	if (due === undefined || !isMedia(due))
		return ok(due ?? found ?? usable(hints.declared) ?? 'application/octet-stream');
	if (found === undefined) {
		if (!looksLikeText(head)) return ok(due);
		return refuse('not_media', `The source gave ${describeText(head)} instead of ${article(kindOfType(due))} file.`);
	}
	if (CONTAINERS.includes(found) && CONTAINERS.includes(due)) return ok(sameBytes(found, due) ? due : found);
	if (kindOfType(found) === kindOfType(due)) return ok(found);
	if (CONTAINERS.includes(found) && kindOfType(due) !== 'image') return ok(found);
	return refuse('wrong_kind', `The source gave a file of type ${found} where ${due} is due.`);
}

/** The type that a key's ending names. */
export function typeOfKey(key: string): string | undefined {
	const extension = /\.([a-z0-9]+)$/i.exec(key)?.[1].toLowerCase() ?? '';
	return Object.hasOwn(TYPES_BY_EXTENSION, extension) ? TYPES_BY_EXTENSION[extension] : undefined;
}

/** What kind of output a content type is. */
export function kindOfType(contentType: string): OutputKind {
	const [family] = contentType.split('/');
	if (family === 'audio' || family === 'video' || family === 'image') return family;
	return contentType.startsWith('application/json') ? 'json' : 'text';
}

/** Recognises media files by their first bytes; undefined for anything else. */
export function sniffContentType(head: Uint8Array): string | undefined {
	const ascii = (from: number, to: number) => String.fromCharCode(...head.subarray(from, to));
	const startsWith = (...bytes: number[]) => bytes.every((byte, index) => head[index] === byte);

	if (ascii(4, 8) === 'ftyp') return isoBrandType(ascii(8, 12));
	if (['moov', 'mdat', 'wide'].includes(ascii(4, 8))) return 'video/quicktime';
	if (startsWith(0x1a, 0x45, 0xdf, 0xa3)) return ascii(0, 64).includes('webm') ? 'video/webm' : 'video/x-matroska';
	if (ascii(0, 4) === 'RIFF' && ascii(8, 12) === 'WAVE') return 'audio/wav';
	if (ascii(0, 4) === 'RIFF' && ascii(8, 12) === 'WEBP') return 'image/webp';
	if (ascii(0, 4) === 'fLaC') return 'audio/flac';
	if (ascii(0, 4) === 'OggS') return 'audio/ogg';
	if (ascii(0, 4) === 'GIF8') return 'image/gif';
	if (ascii(0, 3) === 'ID3') return 'audio/mpeg';
	if (startsWith(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
	if (startsWith(0xff, 0xd8, 0xff)) return 'image/jpeg';
	return mpegAudioType(head);
}

function isoBrandType(brand: string): string {
	if (brand === 'qt  ') return 'video/quicktime';
	if (/^(avif|avis|heic|heix|mif1)$/.test(brand)) return 'image/avif';
	return /^M4[AB] $/.test(brand) ? 'audio/mp4' : 'video/mp4';
}

/** MP3 and AAC frames begin with eleven set bits; the layer bits tell them apart (0 is AAC, 1 is layer III). */
function mpegAudioType(head: Uint8Array): string | undefined {
	if (head.length < 4 || head[0] !== 0xff || (head[1] & 0xe0) !== 0xe0) return undefined;
	const version = (head[1] >> 3) & 3;
	const layer = (head[1] >> 1) & 3;
	if (layer === 0) return (head[1] & 0xf0) === 0xf0 ? 'audio/aac' : undefined;
	const isValidHeader = version !== 1 && head[2] >> 4 !== 15 && ((head[2] >> 2) & 3) !== 3;
	return layer === 1 && isValidHeader ? 'audio/mpeg' : undefined;
}

function isMedia(contentType: string): boolean {
	return ['audio', 'video', 'image'].includes(kindOfType(contentType));
}

/** MP4 with sound alone is the same file under both names. */
function sameBytes(found: string, due: string): boolean {
	const family = (type: string) => type.split('/')[1];
	return family(found) === family(due);
}

function usable(declared: string | undefined): string | undefined {
	const type = declared?.trim() ?? '';
	return GENERIC_TYPES.includes(type.toLowerCase()) || !/^[\w.+-]+\/[\w.+-]+(;[ -~]*)?$/.test(type) ? undefined : type;
}

/** Media files hold bytes below the blank (other than tabs and line ends) within their first few hundred. */
function looksLikeText(head: Uint8Array): boolean {
	return head.subarray(0, 512).every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
}

function describeText(head: Uint8Array): string {
	const start = new TextDecoder().decode(head.subarray(0, 256)).trimStart().toLowerCase();
	if (start.startsWith('<!doctype html') || start.startsWith('<html')) return 'a web page';
	if (start.startsWith('<?xml') || start.startsWith('<error')) return 'an XML message';
	return start.startsWith('{') || start.startsWith('[') ? 'a JSON message' : 'text';
}

function article(kind: OutputKind): string {
	return /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}
