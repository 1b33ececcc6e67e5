/** A stretch of text for one espeak-ng voice. */
export interface SpokenRun {
	text: string;
	espeakVoice: string;
}

/** The voice that reads a script, for every script that tells the language (or one close enough to be heard). */
const VOICE_BY_SCRIPT: Array<[script: RegExp, espeakVoice: string]> = [
	[/\p{Script=Latin}/u, ''],
	[/[\p{Script=Hiragana}\p{Script=Katakana}ー]/u, 'ja'],
	[/\p{Script=Han}/u, 'cmn'],
	[/\p{Script=Hangul}/u, 'ko'],
	[/\p{Script=Arabic}/u, 'ar'],
	[/\p{Script=Hebrew}/u, 'he'],
	[/\p{Script=Cyrillic}/u, 'ru'],
	[/\p{Script=Greek}/u, 'el'],
	[/\p{Script=Devanagari}/u, 'hi'],
	[/\p{Script=Thai}/u, 'th'],
	[/\p{Script=Bengali}/u, 'bn'],
	[/\p{Script=Tamil}/u, 'ta'],
	[/\p{Script=Telugu}/u, 'te'],
	[/\p{Script=Gujarati}/u, 'gu'],
	[/\p{Script=Gurmukhi}/u, 'pa'],
	[/\p{Script=Kannada}/u, 'kn'],
	[/\p{Script=Malayalam}/u, 'ml'],
	[/\p{Script=Sinhala}/u, 'si'],
	[/\p{Script=Georgian}/u, 'ka'],
	[/\p{Script=Armenian}/u, 'hy'],
	[/\p{Script=Ethiopic}/u, 'am'],
	[/\p{Script=Myanmar}/u, 'my'],
];

/** Languages that share a script with another one: what a language code makes of it. */
const VOICE_BY_CODE: Record<string, string> = {
	en: 'en-us',
	fr: 'fr-fr',
	zh: 'cmn',
	pt: 'pt-br',
	no: 'nb',
};

/** Frequent little words by which a text in Latin letters is told. */
const LITTLE_WORDS: Record<string, string> = {
	'en-us': 'the and is of to in that it was for you with are this not have',
	de: 'der die das und ist nicht ein eine zu den mit auf für von sie ich wird auch',
	'fr-fr': 'le la les et est une des du que pas dans pour qui sur avec nous vous',
	es: 'el la los las y es una que de en por con para no se su como más',
	it: 'il lo gli e è una che di non per con sono della nel anche più',
	'pt-br': 'o os e é uma que de não para com do da em mais seu como',
	nl: 'de het een en is van niet dat op te zijn voor met ook maar',
	pl: 'i w nie na się jest to z że do jak ale czy od po',
	sv: 'och att det som en är på av för inte med till den ett',
	tr: 'bir ve bu için ile çok daha gibi ama olan ne mi',
};

const WORD = /[\p{L}\p{M}]+/gu;
const GUESS_CHARACTERS = 2_000;

/**
 * Divides a text into stretches that one espeak voice can read, so that a word of another script is spoken and not
 * spelled. Marks, digits and spaces stay with the letters before them.
 *
 * @param languageCode ISO 639-1, when the caller named one: decides for Latin letters and between languages of one script
 * @param defaultVoice for text that tells nothing
 */
export function divideByVoice(text: string, languageCode: string | undefined, defaultVoice: string): SpokenRun[] {
	const named = languageCode === undefined ? undefined : (VOICE_BY_CODE[languageCode] ?? languageCode);
	const latin = named ?? guessLatin(text) ?? defaultVoice;
	const runs: SpokenRun[] = [];
	for (const character of text) {
		const voice = voiceOf(character, latin, languageCode);
		const last = runs.at(-1);
		if (!last) runs.push({ text: character, espeakVoice: voice ?? '' });
		else if (voice === undefined || voice === last.espeakVoice) last.text += character;
		else if (last.espeakVoice === '') Object.assign(last, { text: last.text + character, espeakVoice: voice });
		else runs.push({ text: character, espeakVoice: voice });
	}
	return runs.map((run) => (run.espeakVoice === '' ? { ...run, espeakVoice: latin } : run));
}

/** Undefined for what has no script of its own. */
function voiceOf(character: string, latin: string, languageCode: string | undefined): string | undefined {
	const script = VOICE_BY_SCRIPT.find(([pattern]) => pattern.test(character));
	if (!script) return undefined;
	if (script[1] === '') return latin;
	const sharing = SHARED_SCRIPTS[script[1]];
	return languageCode !== undefined && sharing?.includes(languageCode) ? languageCode : script[1];
}

const SHARED_SCRIPTS: Record<string, string[]> = {
	ar: ['fa', 'ur', 'sd', 'ug', 'ku'],
	ru: ['uk', 'be', 'bg', 'mk', 'sr', 'kk', 'ky', 'tt'],
	hi: ['mr', 'ne', 'kok'],
	bn: ['as'],
};

function guessLatin(text: string): string | undefined {
	const words = text.slice(0, GUESS_CHARACTERS).toLowerCase().match(WORD) ?? [];
	let best: { voice: string; hits: number } | undefined;
	for (const [voice, list] of Object.entries(LITTLE_WORDS)) {
		const little = new Set(list.split(' '));
		const hits = words.filter((word) => little.has(word)).length;
		if (hits > (best?.hits ?? 0)) best = { voice, hits };
	}
	return best?.voice;
}
