import { createHash } from 'node:crypto';

import { makePadMusic } from '../goApi/padMusic';
import { asObject, optionalNumber, optionalText, requireText, type WireObject } from './body';
import { MUSIC_LENGTH_MS, MUSIC_PROMPT_CHARACTERS, SOUND_DURATION_S } from './constants';
import type { RawSound } from './encoding';
import { ApiError } from './errors';

const SOUND_RATE_HZ = 44_100;

/** @throws ApiError | ValidationError */
export function composeMusic(body: WireObject): RawSound {
	const prompt = optionalText(body, 'prompt');
	const plan = asObject(body.composition_plan);
	if ((prompt === undefined) === (plan === undefined)) {
		throw new ApiError(400, 'invalid_parameters', 'Provide either prompt or composition_plan, not both.', 'prompt');
	}
	if ((prompt ?? '').length > MUSIC_PROMPT_CHARACTERS) {
		throw new ApiError(400, 'invalid_parameters', 'The prompt is too long.', 'prompt');
	}
	const lengthMs = optionalNumber(body, ['music_length_ms'], MUSIC_LENGTH_MS) ?? planLengthMs(plan);
	return makePadMusic(seedOf(prompt ?? plan), lengthMs / 1000);
}

function planLengthMs(plan: WireObject | undefined): number {
	const sections = Array.isArray(plan?.sections) ? plan.sections : [];
	const sum = sections.reduce((total: number, section) => total + (Number(asObject(section)?.duration_ms) || 0), 0);
	return sum > 0 ? Math.min(MUSIC_LENGTH_MS.most, sum) : MUSIC_LENGTH_MS.usual;
}

/** `POST /v1/music/plan`. */
export function planMusic(body: WireObject): object {
	const prompt = requireText(body, 'prompt');
	const lengthMs = optionalNumber(body, ['music_length_ms'], MUSIC_LENGTH_MS) ?? MUSIC_LENGTH_MS.usual;
	const styles = { positive_local_styles: [], negative_local_styles: [], lines: [] };
	return {
		positive_global_styles: [prompt.slice(0, 100)],
		negative_global_styles: [],
		sections: ['Intro', 'Main'].map((name) => ({ section_name: name, duration_ms: lengthMs / 2, ...styles })),
	};
}

/** `POST /v1/sound-generation`: a swell of soft noise. */
export function makeSound(body: WireObject): RawSound {
	const text = requireText(body, 'text');
	const seconds = optionalNumber(body, ['duration_seconds'], SOUND_DURATION_S) ?? SOUND_DURATION_S.usual;
	const samples = new Int16Array(Math.round(seconds * SOUND_RATE_HZ));
	let state = seedOf(text).readUInt32LE(0) || 1;
	let smooth = 0;
	for (let index = 0; index < samples.length; index++) {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		smooth += 0.05 * (state / 2 ** 31 - 1 - smooth);
		samples[index] = 30_000 * smooth * Math.sin((Math.PI * index) / samples.length);
	}
	return { pcm: Buffer.from(samples.buffer), sampleRateHz: SOUND_RATE_HZ, channels: 1 };
}

function seedOf(wish: unknown): Buffer {
	return createHash('sha256').update(JSON.stringify(wish)).digest();
}
