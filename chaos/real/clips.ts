import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { findClips, type ClipFile } from '../../sandbox/demo/clips';
import { findMediaBinaries } from '../../sandbox/media/binaries';

const run = promisify(execFile);

/** A short clip such as a person puts into the table. */
export async function makeClips(folder: string): Promise<ClipFile[]> {
	const input = ['-f', 'lavfi', '-i', 'testsrc=size=640x360:rate=25'];
	const output = ['-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-t', '2', join(folder, 'clip.mp4')];
	await run(findMediaBinaries().ffmpegPath, ['-loglevel', 'error', '-y', ...input, ...output]);
	return await findClips(folder);
}
