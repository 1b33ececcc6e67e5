import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { runFfmpeg } from '../media/ffmpeg';
import { invalidField } from './errors';

/** An `output_format` in parts. */
export interface OutputFormat {
	name: string;
	sampleRateHz: number;
	contentType: string;
	/** Of ffmpeg. */
	args: string[];
}

const RATES: Record<string, number[]> = {
	pcm: [8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000],
	wav: [8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000],
	ulaw: [8_000],
	alaw: [8_000],
};
const KBITS: Record<string, number[]> = {
	mp3_22050: [32],
	mp3_24000: [48],
	mp3_44100: [32, 64, 96, 128, 192],
	mp3_48000: [128, 192, 240, 320],
	opus_48000: [32, 64, 96, 128, 192],
};
const CONTENT_TYPES: Record<string, string> = {
	mp3: 'audio/mpeg',
	pcm: 'audio/pcm',
	wav: 'audio/wav',
	ulaw: 'audio/basic',
	alaw: 'audio/x-alaw-basic',
	opus: 'audio/ogg',
};
const ARGUMENTS: Record<string, string[]> = {
	pcm: ['-f', 's16le', '-c:a', 'pcm_s16le'],
	wav: ['-f', 'wav', '-c:a', 'pcm_s16le'],
	ulaw: ['-f', 'mulaw', '-c:a', 'pcm_mulaw'],
	alaw: ['-f', 'alaw', '-c:a', 'pcm_alaw'],
};

/** @throws ValidationError for a format that the service does not have */
export function parseOutputFormat(name: string): OutputFormat {
	const [codec, rate, kbits] = name.split('_');
	const sampleRateHz = Number(rate);
	const isKnown =
		kbits === undefined ? RATES[codec]?.includes(sampleRateHz) : KBITS[`${codec}_${rate}`]?.includes(Number(kbits));
	if (!isKnown) throw invalidField(['query', 'output_format'], 'Input should be a known output format', 'enum');
	const encoder = codec === 'mp3' ? ['-f', 'mp3', '-c:a', 'libmp3lame'] : ['-f', 'ogg', '-c:a', 'libopus'];
	const args = ARGUMENTS[codec] ?? [...encoder, '-b:a', `${kbits}k`];
	return { name, sampleRateHz, contentType: CONTENT_TYPES[codec], args };
}

export interface RawSound {
	/** 16-bit, interleaved. */
	pcm: Uint8Array;
	sampleRateHz: number;
	channels: number;
}

/** Encodes sound with ffmpeg into what `output_format` asks for. */
export async function encodeSound(
	{ pcm, sampleRateHz, channels }: RawSound,
	format: OutputFormat,
	tools: { dir: string; ffmpegPath: string },
): Promise<Buffer> {
	const folder = join(tools.dir, 'encoding');
	const [input, output] = [join(folder, `${randomUUID()}.pcm`), join(folder, `${randomUUID()}.out`)];
	await mkdir(folder, { recursive: true });
	try {
		await writeFile(input, pcm);
		const source = ['-f', 's16le', '-ar', String(sampleRateHz), '-ac', String(channels), '-i', input];
		await runFfmpeg(tools.ffmpegPath, [...source, '-ar', String(format.sampleRateHz), ...format.args, output]);
		return await readFile(output);
	} finally {
		await Promise.all([rm(input, { force: true }), rm(output, { force: true })]);
	}
}
