import { runProgram, type ProgramResult, type RunOptions } from './run';

/** ffmpeg (or ffprobe) ended with an error; `stderr` is what it printed, bounded. */
export class MediaError extends Error {
	constructor(
		message: string,
		readonly stderr: string,
	) {
		super(message);
		this.name = 'MediaError';
	}
}

/**
 * Runs ffmpeg and waits for it. Existing outputs are overwritten, nothing is read from standard input.
 * Throws {@link MediaError} when it fails or takes too long.
 */
export async function runFfmpeg(ffmpegPath: string, args: string[], options: RunOptions = {}): Promise<ProgramResult> {
	const result = await runProgram(ffmpegPath, ['-nostdin', '-y', ...args], options);
	if (result.timedOut) throw new MediaError('ffmpeg took too long', result.stderr);
	if (result.code !== 0) throw new MediaError(`ffmpeg failed with status ${result.code}`, result.stderr);
	return result;
}
