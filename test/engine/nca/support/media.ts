import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findMediaBinaries } from '../../../../sandbox/media/binaries';
import { runFfmpeg } from '../../../../sandbox/media/ffmpeg';

export const binaries = findMediaBinaries();

const SUBTITLES = '1\n00:00:00,000 --> 00:00:04,000\nHello from the subtitles\n';

const picture = (seconds: number) => ['-f', 'lavfi', '-i', `testsrc2=s=320x180:r=25:d=${seconds}`];
const tone = (seconds: number) => ['-f', 'lavfi', '-i', `sine=f=440:r=44100:d=${seconds}`];
const small = [
	'-c:v',
	'libx264',
	'-preset',
	'ultrafast',
	'-pix_fmt',
	'yuv420p',
	'-threads',
	'2',
	'-movflags',
	'+faststart',
];

/** How each file of the recorded exchanges is made: same codecs and lengths as on media.test, pictures half as wide. */
const RECIPES: Record<string, string[]> = {
	'video5.mp4': [...picture(5), ...small],
	'clip_a.mp4': [...picture(3), ...tone(3), ...small, '-c:a', 'aac', '-shortest'],
	'clip_b.mp4': [...picture(4), ...tone(4), ...small, '-c:a', 'aac', '-shortest'],
	'audio8.mp3': [...tone(8), '-b:a', '64k'],
	'audio2.mp3': [...tone(2), '-b:a', '64k'],
	'image.png': [...picture(1), '-frames:v', '1'],
};

/** A folder with media for a test; `remove` deletes it. */
export interface MediaFolder {
	path: string;
	file(name: string): string;
	/** Makes one more file with ffmpeg. */
	make(name: string, args: string[]): Promise<string>;
	remove(): Promise<void>;
}

/** Makes an empty folder for media. */
export async function createMediaFolder(): Promise<MediaFolder> {
	const path = await mkdtemp(join(tmpdir(), 'video-engine-media-'));
	const file = (name: string) => join(path, name);
	return {
		path,
		file,
		make: async (name, args) => {
			await runFfmpeg(binaries.ffmpegPath, ['-loglevel', 'error', ...args, file(name)]);
			return file(name);
		},
		remove: async () => await rm(path, { recursive: true, force: true }),
	};
}

/** Makes the inputs of the recorded exchanges. */
export async function addRecordedInputs(folder: MediaFolder): Promise<void> {
	for (const [name, args] of Object.entries(RECIPES)) await folder.make(name, args);
	await writeFile(folder.file('subs.srt'), SUBTITLES);
}
