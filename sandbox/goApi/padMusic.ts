import { MUSIC_SAMPLE_RATE_HZ } from './constants';

const CHORD_S = 4;
const CHANNELS = 2;
/** Loudness near −18 LUFS for the sum of all voices. */
const LEVEL = 0.075;
const FADE_S = 2;
/** Chords as semitones above the root; four in a row make one round. */
const PROGRESSIONS = [
	[
		[0, 4, 7],
		[-3, 0, 4],
		[5, 9, 12],
		[-5, -1, 2],
	],
	[
		[0, 3, 7],
		[-4, 0, 3],
		[3, 7, 10],
		[-2, 2, 5],
	],
	[
		[0, 4, 7],
		[5, 9, 12],
		[-3, 0, 4],
		[5, 9, 12],
	],
];
/** Two slightly detuned sines a note make the pad breathe. */
const DETUNE = [0.9985, 1.0015];

/** A soft chord pad, in stereo, interleaved 16-bit samples. */
export interface PadMusic {
	sampleRateHz: number;
	channels: number;
	pcm: Buffer;
}

/**
 * Makes quiet background music: a round of four chords with a slow arpeggio, repeated for as long as asked, faded in
 * and out. Key and chords follow from `seed`, so equal prompts give equal music.
 *
 * @param seed any bytes, e.g. a hash of the prompt; two are used
 */
export function makePadMusic(seed: Uint8Array, durationS: number): PadMusic {
	const root = 110 * 2 ** ((seed[0] % 12) / 12);
	const chords = PROGRESSIONS[seed[1] % PROGRESSIONS.length];
	const needed = Math.max(1, Math.ceil(durationS / CHORD_S));
	const round = renderRound(chords.slice(0, needed), root);
	const samples = new Int16Array(Math.round(durationS * MUSIC_SAMPLE_RATE_HZ) * CHANNELS);
	for (let at = 0; at < samples.length; at += round.length) {
		samples.set(round.subarray(0, Math.min(round.length, samples.length - at)), at);
	}
	fade(samples);
	return { sampleRateHz: MUSIC_SAMPLE_RATE_HZ, channels: CHANNELS, pcm: Buffer.from(samples.buffer) };
}

function renderRound(chords: number[][], root: number): Int16Array {
	const chordFrames = CHORD_S * MUSIC_SAMPLE_RATE_HZ;
	const round = new Int16Array(chords.length * chordFrames * CHANNELS);
	const swells = Float64Array.from({ length: chordFrames }, (_, frame) => swell(frame / MUSIC_SAMPLE_RATE_HZ));
	for (const [index, chord] of chords.entries()) {
		const pitches = chord.map((semitones) => root * 2 ** (semitones / 12));
		const plucks = new Float32Array(chordFrames);
		for (let beat = 0; beat < CHORD_S; beat++) addPluck(plucks, beat, 2 * pitches[beat % pitches.length]);
		for (const [channel, detune] of DETUNE.entries()) {
			const mix = new Float32Array(chordFrames);
			for (const pitch of pitches) {
				addTone(mix, pitch * detune, 1);
				addTone(mix, 2 * pitch * detune, 0.35);
			}
			const offset = index * chordFrames * CHANNELS + channel;
			for (let frame = 0; frame < chordFrames; frame++) {
				const sum = mix[frame] * swells[frame] + plucks[frame];
				round[offset + frame * CHANNELS] = sum * LEVEL * 32_767;
			}
		}
	}
	return round;
}

/** A table in place of Math.sin: a round is some ten million sines, and the sandbox serves others meanwhile. */
const TABLE_SIZE = 4_096;
const SINES = Float32Array.from({ length: TABLE_SIZE }, (_, index) => Math.sin((2 * Math.PI * index) / TABLE_SIZE));

function addTone(mix: Float32Array, pitchHz: number, level: number): void {
	const step = (pitchHz * TABLE_SIZE) / MUSIC_SAMPLE_RATE_HZ;
	let phase = 0;
	for (let frame = 0; frame < mix.length; frame++) {
		mix[frame] += level * SINES[phase & (TABLE_SIZE - 1)];
		phase += step;
	}
}

/** One note of the arpeggio, an octave above the pad, which rings out within its second. */
function addPluck(mix: Float32Array, beat: number, pitchHz: number): void {
	const step = (pitchHz * TABLE_SIZE) / MUSIC_SAMPLE_RATE_HZ;
	const decay = Math.exp(-4 / MUSIC_SAMPLE_RATE_HZ);
	const attackFrames = MUSIC_SAMPLE_RATE_HZ / 100;
	const start = beat * MUSIC_SAMPLE_RATE_HZ;
	let level = 1.2;
	let phase = 0;
	for (let frame = 0; frame < MUSIC_SAMPLE_RATE_HZ; frame++) {
		mix[start + frame] += level * Math.min(1, frame / attackFrames) * SINES[phase & (TABLE_SIZE - 1)];
		level *= decay;
		phase += step;
	}
}

/** Each chord comes and goes without a click. */
function swell(t: number): number {
	return Math.min(1, t / 0.6, (CHORD_S - t) / 0.6);
}

function fade(samples: Int16Array): void {
	const frames = samples.length / CHANNELS;
	const fadeFrames = Math.min(FADE_S * MUSIC_SAMPLE_RATE_HZ, Math.floor(frames / 2));
	for (let frame = 0; frame < fadeFrames; frame++) {
		for (let channel = 0; channel < CHANNELS; channel++) {
			samples[frame * CHANNELS + channel] *= frame / fadeFrames;
			samples[(frames - 1 - frame) * CHANNELS + channel] *= frame / fadeFrames;
		}
	}
}
