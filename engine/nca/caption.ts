import { ok, refuse, type Refusal, type Result } from '../result';
import { checkChoice, checkHttpUrl, checkNumber, firstRefusal } from './check';
import { CAPTIONS_MAX_CHARACTERS } from './constants';
import type { NcaPayload } from './payload';

/** Where captions stand. */
export const CAPTION_POSITIONS = [
	'bottom_left',
	'bottom_center',
	'bottom_right',
	'middle_left',
	'middle_center',
	'middle_right',
	'top_left',
	'top_center',
	'top_right',
] as const;

export const CAPTION_STYLES = ['classic', 'karaoke', 'highlight', 'underline', 'word_by_word'] as const;

/** Words that people may want over a video, and how they look. */
export interface CaptionInput {
	videoUrl: string;
	/** Without captions the toolkit transcribes the video itself, where it has Whisper. */
	captions?: { kind: 'url' | 'srt' | 'ass' | 'text'; value: string };
	style?: (typeof CAPTION_STYLES)[number];
	position?: (typeof CAPTION_POSITIONS)[number];
	fontFamily?: string;
	fontSizePx?: number;
	/** `#RRGGBB`. */
	lineColor?: string;
	wordColor?: string;
	outlineColor?: string;
	outlineWidth?: number;
	maxWordsPerLine?: number;
	allCaps?: boolean;
	bold?: boolean;
	italic?: boolean;
	/** Two or three letters, or `auto`. */
	language?: string;
}

/**
 * The call that burns captions into a video (`/v1/video/caption`). Texts end up in an ASS script, where braces start
 * commands and commas end fields: in plain texts and SRT they are made harmless, in names and colours refused.
 * Codes: `invalid_url`, `invalid_number`, `invalid_choice`, `invalid_text`.
 */
export function buildCaptionPayload(input: CaptionInput): Result<NcaPayload> {
	const refusal = checkCaption(input);
	if (refusal) return refusal;
	const settings = withoutUndefined({
		style: input.style,
		position: input.position,
		font_family: input.fontFamily,
		font_size: input.fontSizePx,
		line_color: input.lineColor,
		word_color: input.wordColor,
		outline_color: input.outlineColor,
		outline_width: input.outlineWidth,
		max_words_per_line: input.maxWordsPerLine,
		all_caps: input.allCaps,
		bold: input.bold,
		italic: input.italic,
	});
	const body = withoutUndefined({
		video_url: input.videoUrl,
		captions: input.captions && captionsText(input.captions),
		settings: Object.keys(settings).length > 0 ? settings : undefined,
		language: input.language,
	});
	return ok({ path: '/v1/video/caption', body });
}

function checkCaption(input: CaptionInput): Refusal | undefined {
	return firstRefusal(
		checkHttpUrl(input.videoUrl, 'videoUrl'),
		checkCaptions(input.captions),
		optional(input.style, (value) => checkChoice(value, 'style', CAPTION_STYLES)),
		optional(input.position, (value) => checkChoice(value, 'position', CAPTION_POSITIONS)),
		checkPattern(
			input.fontFamily,
			'fontFamily',
			/^[\p{L}\p{N} _-]{1,80}$/u,
			'a font name of letters, digits and blanks',
		),
		checkPattern(input.language, 'language', /^(?:auto|[a-z]{2,3})$/, 'a language code such as en, or auto'),
		...(['lineColor', 'wordColor', 'outlineColor'] as const).map((name) =>
			checkPattern(input[name], name, /^#[0-9a-f]{6}$/i, 'a colour such as #FFCC00'),
		),
		optional(input.fontSizePx, (value) => checkNumber(value, 'fontSizePx', 4, 500)),
		optional(input.outlineWidth, (value) => checkNumber(value, 'outlineWidth', 0, 50)),
		optional(input.maxWordsPerLine, (value) => checkNumber(value, 'maxWordsPerLine', 0, 100)),
	);
}

function checkCaptions(captions: CaptionInput['captions']): Refusal | undefined {
	if (!captions) return undefined;
	if (captions.kind === 'url') return checkHttpUrl(captions.value, 'captions');
	const { length } = captions.value;
	if (length > 0 && length <= CAPTIONS_MAX_CHARACTERS) return undefined;
	return refuse('invalid_text', `"captions" must hold 1 to ${CAPTIONS_MAX_CHARACTERS} characters.`, 'captions');
}

/** A text that begins like a URL or a script would be taken for one, so it is kept from that by a word joiner. */
function captionsText({ kind, value }: NonNullable<CaptionInput['captions']>): string {
	if (kind === 'url' || kind === 'ass') return value;
	const harmless = value.replace(/\{/g, '(').replace(/\}/g, ')').replace(/\\/g, '/');
	return kind === 'text' && /^\s*(?:https?:|\[script info\])/i.test(harmless) ? `\u2060${harmless}` : harmless;
}

function checkPattern(value: string | undefined, field: string, pattern: RegExp, what: string): Refusal | undefined {
	if (value === undefined || pattern.test(value)) return undefined;
	return refuse('invalid_text', `"${field}" must be ${what}.`, field);
}

function optional<T>(value: T | undefined, check: (value: T) => Refusal | undefined): Refusal | undefined {
	return value === undefined ? undefined : check(value);
}

function withoutUndefined(fields: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
