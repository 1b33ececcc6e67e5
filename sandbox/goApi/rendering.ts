import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { runFfmpeg } from '../media/ffmpeg';
import { RENDERS_AT_A_TIME, VIDEO_FPS, VIDEO_HEIGHT_PX, VIDEO_WIDTH_PX } from './constants';
import { makePadMusic } from './padMusic';

/** What is to be made. Equal wishes give the same file. */
export type MediaWish =
	| { kind: 'video'; prompt: string; durationMs: number; aspectRatio: string }
	| { kind: 'image'; prompt: string }
	| { kind: 'music'; prompt: string; durationS: number; format: 'flac' | 'mp3' };

/** Makes clips and music with ffmpeg, each only once. */
export class MediaRenderer {
	private readonly made = new Map<string, Promise<string>>();

	private readonly gate = new Gate(RENDERS_AT_A_TIME);

	constructor(
		private readonly dir: string,
		private readonly ffmpegPath: () => string,
	) {}

	/** Path of the file. */
	async render(wish: MediaWish, signal: AbortSignal): Promise<string> {
		const key = createHash('sha256').update(JSON.stringify(wish)).digest('hex');
		const known = this.made.get(key);
		if (known) return await known;
		const making = this.gate.run(async () => await this.make(wish, key, signal));
		this.made.set(key, making);
		// A failed or ended run must not be the answer for ever.
		making.catch(() => this.made.delete(key));
		return await making;
	}

	forget(): void {
		this.made.clear();
	}

	private async make(wish: MediaWish, key: string, signal: AbortSignal): Promise<string> {
		const extension = wish.kind === 'video' ? 'mp4' : wish.kind === 'image' ? 'jpg' : wish.format;
		const part = join(this.dir, `${randomUUID()}.${extension}`);
		const path = join(this.dir, `${key}.${extension}`);
		const seed = createHash('sha256').update(wish.prompt).digest();
		await mkdir(this.dir, { recursive: true });
		if (wish.kind === 'music') await this.makeMusic(wish, seed, part, signal);
		else await runFfmpeg(this.ffmpegPath(), pictureArguments(wish, seed, part), { signal });
		await rename(part, path);
		return path;
	}

	private async makeMusic(
		wish: MediaWish & { kind: 'music' },
		seed: Buffer,
		path: string,
		signal: AbortSignal,
	): Promise<void> {
		const { pcm, sampleRateHz, channels } = makePadMusic(seed, wish.durationS);
		const raw = `${path}.pcm`;
		await writeFile(raw, pcm);
		const input = ['-f', 's16le', '-ar', String(sampleRateHz), '-ac', String(channels), '-i', raw];
		try {
			const codec = wish.format === 'mp3' ? ['-c:a', 'libmp3lame', '-b:a', '192k'] : ['-c:a', 'flac'];
			await runFfmpeg(this.ffmpegPath(), [...input, ...codec, path], { signal });
		} finally {
			await rm(raw, { force: true });
		}
	}
}

/** Size of the picture in small, which is enlarged softly: computing every full-size pixel would take minutes. */
const SHRINK = 20;

/** Waves of colour that drift; colours and speeds follow from the prompt. The options are those of an ffmpeg of 2018. */
function pictureArguments(wish: MediaWish & { kind: 'video' | 'image' }, seed: Buffer, path: string): string[] {
	const [width, height] = wish.kind === 'video' ? sizeOf(wish.aspectRatio) : [VIDEO_WIDTH_PX, VIDEO_HEIGHT_PX];
	const seconds = wish.kind === 'video' ? wish.durationMs / 1000 : 1 / VIDEO_FPS;
	const source = `color=c=gray:s=${width / SHRINK}x${height / SHRINK}:r=${VIDEO_FPS}:d=${seconds + 1}`;
	const [r, g, b] = [0, 1, 2].map((channel) => waves(seed, channel));
	const filter = `format=rgb24,geq=r='${r}':g='${g}':b='${b}',scale=${width}:${height}:flags=bicubic,format=yuv420p`;
	const input = ['-f', 'lavfi', '-i', source, '-vf', filter];
	if (wish.kind === 'image') return [...input, '-frames:v', '1', path];
	const codec = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '23', '-movflags', '+faststart', '-an'];
	return [...input, '-frames:v', String(Math.round(seconds * VIDEO_FPS)), ...codec, path];
}

/** Brightness of one colour over place and time, between 40 and 230: neither black nor burnt out. */
function waves(seed: Buffer, channel: number): string {
	const part = (index: number) => seed[channel * 8 + index] / 255;
	const base = Math.round(95 + 60 * part(0));
	const [slow, fast] = [4 + 7 * part(1), 3 + 5 * part(2)].map((length) => length.toFixed(1));
	const [drift, sway] = [0.5 + part(3), 0.4 + part(4)].map((speed) => speed.toFixed(2));
	const phase = (6 * part(5)).toFixed(2);
	return `${base}+35*sin(X/${slow}+T*${drift}+${phase})+20*cos(Y/${fast}-T*${sway}+sin(X/${slow}+T))`;
}

function sizeOf(aspectRatio: string): [number, number] {
	if (aspectRatio === '9:16') return [VIDEO_HEIGHT_PX, VIDEO_WIDTH_PX];
	if (aspectRatio === '1:1') return [960, 960];
	return [VIDEO_WIDTH_PX, VIDEO_HEIGHT_PX];
}

/** Lets a few pieces of work run at a time, so that twenty clips don't mean twenty ffmpegs. */
class Gate {
	private readonly waiting: Array<() => void> = [];

	constructor(private free: number) {}

	async run<T>(work: () => Promise<T>): Promise<T> {
		if (this.free > 0) this.free--;
		else await new Promise<void>((resolve) => this.waiting.push(resolve));
		try {
			return await work();
		} finally {
			const next = this.waiting.shift();
			if (next) next();
			else this.free++;
		}
	}
}
