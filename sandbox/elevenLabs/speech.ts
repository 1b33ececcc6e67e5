import {
	BABBLE_S_PER_CHARACTER,
	MIN_SPEECH_S,
	PEAK_MAX,
	SPEECH_RATE,
	SPEECH_SAMPLE_RATE_HZ,
	TOO_SHORT_S_PER_LETTER,
	VOICED_RMS,
} from './constants';
import { divideByVoice, type SpokenRun } from './language';
import type { SpeechWorker, SynthesizedRun, WordMark } from './speechWorker';
import type { Voice } from './voices';

/** Sound of a text, and when each of its characters is said. */
export interface SpokenText {
	/** 16-bit mono at {@link SPEECH_SAMPLE_RATE_HZ}. */
	samples: Int16Array;
	durationS: number;
	/** Code points of the text, with times; as long as the text. */
	characters: string[];
	startsS: number[];
	endsS: number[];
}

export interface SpeechWish {
	text: string;
	voice: Voice;
	languageCode?: string;
	/** 1 is the voice's own speed. */
	speed: number;
}

/** Below this a sample counts as silence. */
const SILENCE = 300;
const MAX_SAMPLE = 32_767;
const LETTERS = /[\p{L}\p{N}]/gu;

/**
 * Speaks a text in whatever language it is. No text is silent: what espeak can't say becomes a babble of tones whose
 * length follows the text.
 */
export async function speakText(worker: SpeechWorker, wish: SpeechWish): Promise<SpokenText> {
	const runs = divideByVoice(wish.text, wish.languageCode, wish.voice.espeakVoice);
	const made = await synthesize(worker, runs, wish);
	const samples = concatenate(made.map((run) => run.samples));
	normalise(samples);
	return { samples, durationS: samples.length / SPEECH_SAMPLE_RATE_HZ, ...align(runs, made) };
}

async function synthesize(worker: SpeechWorker, runs: SpokenRun[], wish: SpeechWish): Promise<SynthesizedRun[]> {
	const rate = Math.round(Math.min(450, Math.max(80, SPEECH_RATE * wish.speed)));
	const job = { runs, rate, pitch: wish.voice.pitch };
	const made = await worker.synthesize(job).catch(() => runs.map(() => ({ samples: new Int16Array(0), words: [] })));
	const whole = made.reduce((sum, run) => sum + run.samples.length, 0) / SPEECH_SAMPLE_RATE_HZ;
	return made.map((run, index) => {
		const letters = runs[index].text.match(LETTERS)?.length ?? 0;
		const seconds = run.samples.length / SPEECH_SAMPLE_RATE_HZ;
		const isSaid = isAudible(run.samples) && seconds >= (letters * TOO_SHORT_S_PER_LETTER) / wish.speed;
		if (isSaid || (letters === 0 && whole >= MIN_SPEECH_S)) return run;
		return babble(runs[index].text, wish.voice.pitch, wish.speed);
	});
}

function isAudible(samples: Int16Array): boolean {
	return samples.some((sample) => Math.abs(sample) > SILENCE);
}

/** One soft tone a character, its pitch following the character. */
function babble(text: string, pitch: number, speed: number): SynthesizedRun {
	const characters = [...text.trim()];
	const seconds = Math.max(MIN_SPEECH_S, characters.length * BABBLE_S_PER_CHARACTER) / speed;
	const frames = Math.ceil((seconds * SPEECH_SAMPLE_RATE_HZ) / Math.max(1, characters.length));
	const samples = new Int16Array(frames * Math.max(1, characters.length));
	const words: WordMark[] = [];
	for (const [index, character] of characters.entries()) {
		const hertz = (90 + pitch) * 2 ** ((((character.codePointAt(0) ?? 0) * 7) % 12) / 12);
		words.push({ position: index, atS: (index * frames) / SPEECH_SAMPLE_RATE_HZ });
		for (let frame = 0; frame < frames; frame++) {
			const envelope = Math.sin((Math.PI * frame) / frames);
			const phase = (2 * Math.PI * hertz * frame) / SPEECH_SAMPLE_RATE_HZ;
			samples[index * frames + frame] = 6_000 * envelope * (Math.sin(phase) + 0.4 * Math.sin(3 * phase));
		}
	}
	return { samples, words };
}

function concatenate(parts: Int16Array[]): Int16Array {
	const whole = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}

/** Brings what is voiced to one mean level; peaks are bent, not cut. */
function normalise(samples: Int16Array): void {
	let sum = 0;
	let voiced = 0;
	for (const sample of samples) {
		if (Math.abs(sample) <= SILENCE) continue;
		sum += sample * sample;
		voiced++;
	}
	if (voiced === 0) return;
	const gain = (VOICED_RMS * MAX_SAMPLE) / Math.sqrt(sum / voiced);
	const peak = MAX_SAMPLE * PEAK_MAX;
	// A long speech has far more samples than there are values of one.
	const bent = Int16Array.from(
		{ length: 1 << 16 },
		(_, value) => peak * Math.tanh(((value << 16) >> 16) * (gain / peak)),
	);
	for (let index = 0; index < samples.length; index++) samples[index] = bent[samples[index] & 0xffff];
}

/** Times of the characters: known where words begin, in equal steps between. */
function align(runs: SpokenRun[], made: SynthesizedRun[]): Pick<SpokenText, 'characters' | 'startsS' | 'endsS'> {
	const characters: string[] = [];
	const anchors: Array<{ index: number; atS: number }> = [];
	let offsetS = 0;
	for (const [index, run] of runs.entries()) {
		const { samples, words } = made[index];
		anchors.push({ index: characters.length, atS: offsetS });
		for (const { position, atS } of words) anchors.push({ index: characters.length + position, atS: offsetS + atS });
		characters.push(...run.text);
		offsetS += samples.length / SPEECH_SAMPLE_RATE_HZ;
	}
	anchors.push({ index: characters.length, atS: offsetS });
	const edges = interpolate(anchors, characters.length);
	return { characters, startsS: edges.slice(0, -1), endsS: edges.slice(1) };
}

function interpolate(anchors: Array<{ index: number; atS: number }>, count: number): number[] {
	const edges = new Array<number>(count + 1).fill(0);
	let from = { index: 0, atS: 0 };
	for (const to of anchors) {
		if (to.index <= from.index || to.index > count || to.atS < from.atS) continue;
		for (let index = from.index; index <= to.index; index++) {
			const share = (index - from.index) / (to.index - from.index);
			edges[index] = Math.round((from.atS + share * (to.atS - from.atS)) * 1000) / 1000;
		}
		from = to;
	}
	return edges;
}
