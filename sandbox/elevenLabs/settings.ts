import {
	CHARACTER_LIMIT,
	CONCURRENT_MUSIC,
	CONCURRENT_SPEECH,
	CONCURRENT_TRANSCRIPTIONS,
	TRANSCRIPTION_DELAY_MS,
} from './constants';

/** What `settings.elevenLabs` of the sandbox may hold. */
export interface ElevenLabsSettings {
	/** How many speech requests may run at the same time. */
	maxConcurrent: number;
	maxConcurrentTranscriptions: number;
	maxConcurrentMusic: number;
	/** Characters that may be spoken before `quota_exceeded`. */
	quota: number;
	tier: string;
	/** How long every speech takes on the sandbox's clock, besides its real work. */
	speechDelayMs: number;
	transcriptionDelayMs: number;
	/** Shape of `detail`; `mixed` uses each where it was seen, and both spellings of 429 in turn. */
	errorShape: 'current' | 'legacy' | 'mixed';
}

/** @throws Error that names an unknown setting */
export function readElevenLabsSettings(given: Record<string, unknown>): ElevenLabsSettings {
	const defaults: ElevenLabsSettings = {
		maxConcurrent: CONCURRENT_SPEECH,
		maxConcurrentTranscriptions: CONCURRENT_TRANSCRIPTIONS,
		maxConcurrentMusic: CONCURRENT_MUSIC,
		quota: CHARACTER_LIMIT,
		tier: 'creator',
		speechDelayMs: 0,
		transcriptionDelayMs: TRANSCRIPTION_DELAY_MS,
		errorShape: 'mixed',
	};
	const unknown = Object.keys(given).find((name) => !(name in defaults));
	if (unknown) throw new Error(`settings.elevenLabs.${unknown} is unknown, use ${Object.keys(defaults).join(', ')}`);
	return { ...defaults, ...(given as Partial<ElevenLabsSettings>) };
}
