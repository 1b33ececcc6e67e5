import { readFile } from 'node:fs/promises';

import { runFfmpeg } from '../../../../sandbox/media/ffmpeg';
import { probeMedia, type MediaProbe } from '../../../../sandbox/media/probe';
import { runProgram } from '../../../../sandbox/media/run';
import { binaries } from './media';

const RATE_HZ = 48_000;

export async function probe(file: string): Promise<MediaProbe> {
	return await probeMedia(binaries.ffprobePath, file);
}

/** Mean colour of the picture at a time, as [red, green, blue]. */
export async function colourAt(file: string, seconds: number): Promise<number[]> {
	const raw = `${file}.${seconds}.rgb`;
	const picture = ['-frames:v', '1', '-vf', 'scale=1:1:flags=area', '-pix_fmt', 'rgb24', '-f', 'rawvideo', raw];
	await runFfmpeg(binaries.ffmpegPath, ['-ss', String(seconds), '-i', file, ...picture]);
	return [...(await readFile(raw))];
}

/** The sound as one channel of 48 kHz samples, put where its time stamps say. */
export async function samplesOf(file: string): Promise<Int16Array> {
	const raw = `${file}.pcm`;
	const sound = ['-af', 'aresample=async=1:min_hard_comp=0.01:first_pts=0', '-ac', '1', '-ar', String(RATE_HZ)];
	await runFfmpeg(binaries.ffmpegPath, ['-i', file, '-vn', ...sound, '-f', 's16le', raw]);
	const bytes = await readFile(raw);
	return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** Times at which something loud begins after at least 0.2 s of quiet. */
export function onsets(samples: Int16Array, threshold = 1500): number[] {
	const found: number[] = [];
	let quiet = RATE_HZ;
	samples.forEach((sample, index) => {
		if (Math.abs(sample) <= threshold) quiet += 1;
		else {
			if (quiet > RATE_HZ / 5) found.push(index / RATE_HZ);
			quiet = 0;
		}
	});
	return found;
}

/** Strength of one frequency in a span of time, in dB (Goertzel's algorithm). */
export function levelOf(samples: Int16Array, frequencyHz: number, fromS: number, toS: number): number {
	const coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / RATE_HZ);
	const span = samples.subarray(Math.round(fromS * RATE_HZ), Math.round(toS * RATE_HZ));
	let [last, before] = [0, 0];
	for (const sample of span) [last, before] = [sample + coefficient * last - before, last];
	const power = last * last + before * before - coefficient * last * before;
	return 10 * Math.log10(power / span.length ** 2 + 1e-9);
}

/** Integrated loudness in LUFS (EBU R 128). */
export async function loudnessOf(file: string): Promise<number> {
	const args = ['-nostats', '-i', file, '-vn', '-af', 'ebur128', '-f', 'null', '-'];
	const { stderr } = await runProgram(binaries.ffmpegPath, args);
	return Number([...stderr.matchAll(/I:\s+(-?[\d.]+) LUFS/g)].pop()?.[1]);
}

/** Whether the index stands before the media, so that players can start at once. */
export async function hasFaststart(file: string): Promise<boolean> {
	const bytes = await readFile(file);
	return bytes.indexOf('moov') > 0 && bytes.indexOf('moov') < bytes.indexOf('mdat');
}

/** The header with which the decoder starts; joining by copy needs it equal in all parts. */
export async function decoderHeader(file: string): Promise<string> {
	const args = ['-v', 'error', '-select_streams', 'v', '-show_entries', 'stream=extradata', '-show_data', file];
	return (await runProgram(binaries.ffprobePath, args)).stdout;
}
