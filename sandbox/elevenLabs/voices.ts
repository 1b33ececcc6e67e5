import { invalidField } from './errors';

/** A voice as the stand-in keeps it: espeak's language and pitch behind a name. */
export interface Voice {
	id: string;
	name: string;
	gender: 'female' | 'male';
	accent: string;
	description: string;
	category: 'premade' | 'professional';
	/** espeak-ng voice for text whose language nothing else tells. */
	espeakVoice: string;
	/** ISO 639-1. */
	language: string;
	/** 0 to 99; 50 is espeak's own. */
	pitch: number;
	createdAtUnix: number;
}

type VoiceRow = [
	id: string,
	name: string,
	gender: 'f' | 'm',
	accent: string,
	espeakVoice: string,
	pitch: number,
	description: string,
];

const ROWS: VoiceRow[] = [
	['JBFqnCBsd6RMkjVDRZzb', 'George', 'm', 'british', 'en-gb', 38, 'warm'],
	['21m00Tcm4TlvDq8ikWAM', 'Rachel', 'f', 'american', 'en-us', 66, 'calm'],
	['EXAVITQu4vr4xnSDxMaL', 'Sarah', 'f', 'american', 'en-us', 72, 'soft'],
	['pNInz6obpgDQGcFmaJgB', 'Adam', 'm', 'american', 'en-us', 30, 'deep'],
	['onwK4e9ZLuTAKqWW03F9', 'Daniel', 'm', 'british', 'en-gb-x-rp', 42, 'authoritative'],
	['XB0fDUnXU5powFXDhCwa', 'Charlotte', 'f', 'swedish', 'sv', 64, 'seductive'],
	['SandboxVoiceGermanAnna', 'Anna', 'f', 'german', 'de', 62, 'clear'],
	['SandboxVoiceFrenchLouis', 'Louis', 'm', 'french', 'fr-fr', 44, 'gentle'],
	['SandboxVoiceSpanishLucia', 'Lucía', 'f', 'spanish', 'es', 63, 'lively'],
	['SandboxVoiceJapaneseYuki', 'Yuki', 'f', 'japanese', 'ja', 68, 'bright'],
	['SandboxVoiceArabicOmar', 'Omar', 'm', 'arabic', 'ar', 40, 'steady'],
	['SandboxVoiceHindiPriya', 'Priya', 'f', 'hindi', 'hi', 60, 'friendly'],
];

const FIRST_CREATED_UNIX = 1_700_000_000;
const DAY_S = 86_400;

export const VOICES: readonly Voice[] = ROWS.map(
	([id, name, gender, accent, espeakVoice, pitch, description], index) => ({
		id,
		name,
		gender: gender === 'f' ? 'female' : 'male',
		accent,
		description,
		category: index < 6 ? 'premade' : 'professional',
		espeakVoice,
		language: espeakVoice.slice(0, 2),
		pitch,
		createdAtUnix: FIRST_CREATED_UNIX + index * DAY_S,
	}),
);

export function findVoice(id: string): Voice | undefined {
	return VOICES.find((voice) => voice.id === id);
}

/** `GET /v1/voices`: all at once. */
export function listVoices(): object {
	return { voices: VOICES.map(toWire) };
}

/** `GET /v2/voices`: pages, search, sorting. */
export function pageVoices(query: URLSearchParams): object {
	const size = Number(query.get('page_size') ?? 10);
	if (!Number.isInteger(size) || size < 1 || size > 100) {
		throw invalidField(['query', 'page_size'], 'Input should be from 1 to 100', 'less_than_equal');
	}
	const found = VOICES.filter((voice) => matches(voice, query)).sort(comparatorOf(query));
	const start = readToken(query.get('next_page_token'));
	const page = found.slice(start, start + size);
	const hasMore = start + size < found.length;
	return {
		voices: page.map(toWire),
		has_more: hasMore,
		...(query.get('include_total_count') === 'false' ? {} : { total_count: found.length }),
		next_page_token: hasMore ? Buffer.from(String(start + size)).toString('base64url') : null,
	};
}

function readToken(token: string | null): number {
	if (!token) return 0;
	const start = Number(Buffer.from(token, 'base64url').toString('utf8'));
	if (!Number.isInteger(start) || start < 0) {
		throw invalidField(['query', 'next_page_token'], 'Invalid page token', 'value_error');
	}
	return start;
}

function matches(voice: Voice, query: URLSearchParams): boolean {
	const wanted = query.get('search')?.trim().toLowerCase() ?? '';
	const words = [voice.name, voice.description, voice.category, voice.accent, voice.gender, voice.language];
	const ids = [...query.getAll('voice_ids'), ...query.getAll('voice_ids[]')];
	return (
		words.join(' ').toLowerCase().includes(wanted) &&
		(query.get('category') ?? voice.category) === voice.category &&
		(ids.length === 0 || ids.includes(voice.id))
	);
}

function comparatorOf(query: URLSearchParams): (a: Voice, b: Voice) => number {
	const byName = query.get('sort') === 'name';
	const sign = query.get('sort_direction') === 'desc' ? -1 : 1;
	return (a, b) => sign * (byName ? a.name.localeCompare(b.name) : a.createdAtUnix - b.createdAtUnix);
}

export function toWire(voice: Voice): object {
	return {
		voice_id: voice.id,
		name: voice.name,
		samples: null,
		category: voice.category,
		fine_tuning: { is_allowed_to_fine_tune: false, state: {} },
		labels: {
			accent: voice.accent,
			description: voice.description,
			gender: voice.gender,
			language: voice.language,
			use_case: 'narration',
		},
		description: null,
		preview_url: null,
		available_for_tiers: [],
		settings: null,
		sharing: null,
		high_quality_base_model_ids: ['eleven_multilingual_v2', 'eleven_flash_v2_5'],
		verified_languages: [],
		safety_control: null,
		voice_verification: null,
		permission_on_resource: null,
		is_owner: false,
		is_legacy: false,
		is_mixed: false,
		created_at_unix: voice.createdAtUnix,
	};
}
