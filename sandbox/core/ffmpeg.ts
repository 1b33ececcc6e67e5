import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

import type { SandboxContext } from './types';

/** Programs of ffmpeg: the environment's choice, else the system's, else those of the npm packages. */
export function findFfmpeg(): SandboxContext['ffmpeg'] {
	return {
		ffmpegPath: process.env.FFMPEG_PATH ?? onPath('ffmpeg') ?? fromPackage('@ffmpeg-installer/linux-x64', 'ffmpeg'),
		ffprobePath:
			process.env.FFPROBE_PATH ?? onPath('ffprobe') ?? fromPackage('@ffprobe-installer/linux-x64', 'ffprobe'),
	};
}

function onPath(program: string): string | undefined {
	return (process.env.PATH ?? '')
		.split(delimiter)
		.filter(Boolean)
		.map((folder) => join(folder, program))
		.find(isExecutable);
}

/** Resolved from the working directory, because the sandbox itself may run as a bundle somewhere else. */
function fromPackage(packageName: string, program: string): string {
	try {
		const resolve = createRequire(join(process.cwd(), 'package.json'));
		return join(dirname(resolve.resolve(`${packageName}/package.json`)), program);
	} catch {
		return program;
	}
}

function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
