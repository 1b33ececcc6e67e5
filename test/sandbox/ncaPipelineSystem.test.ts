/**
 * The same films by the ffmpeg of this machine, which is another than the packaged one and nearer to the toolkit's.
 *
 * @needs system-ffmpeg
 */
import { execFileSync } from 'node:child_process';
import { hasProgram } from '../support/redisServer';

const pathOf = (name: string) => execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();

if (hasProgram('ffmpeg')) {
	process.env.FFMPEG_PATH = pathOf('ffmpeg');
	process.env.FFPROBE_PATH = pathOf('ffprobe');
	// Looks for its programs when it is loaded.
	jest.requireActual('./ncaPipeline.test');
} else {
	it.skip('films by the ffmpeg of this machine (skipped: ffmpeg is not installed)', () => undefined);
}
