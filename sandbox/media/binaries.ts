import { accessSync, chmodSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where ffmpeg and ffprobe are. */
export interface MediaBinaries {
	ffmpegPath: string;
	ffprobePath: string;
}

type Environment = Record<string, string | undefined>;

/**
 * Finds ffmpeg and ffprobe: `FFMPEG_PATH` and `FFPROBE_PATH` first, then the binaries from npm, then the PATH. So every
 * machine works with the same ones where npm has them, and starts them in a tenth of the time that those of a Linux
 * distribution need for their libraries. Both come from the same place where possible.
 * Throws an Error that says what to do when one is missing.
 *
 * @param env environment to look in
 * @param packageRoot folder that holds `node_modules`: the working directory, as the sandbox may run as a bundle
 */
export function findMediaBinaries(env: Environment = process.env, packageRoot = process.cwd()): MediaBinaries {
	return {
		ffmpegPath: findBinary('ffmpeg', env.FFMPEG_PATH, env, packageRoot),
		ffprobePath: findBinary('ffprobe', env.FFPROBE_PATH, env, packageRoot),
	};
}

function findBinary(name: 'ffmpeg' | 'ffprobe', given: string | undefined, env: Environment, root: string): string {
	if (given !== undefined && given !== '') {
		if (isExecutable(given)) return given;
		throw new Error(`${name.toUpperCase()}_PATH is set, but there is no program at that path`);
	}
	const found = fromNpm(name, root) ?? onPath(name, env);
	if (found === undefined)
		throw new Error(`No ${name} was found: install it with your system's package manager, or run npm install again`);
	return found;
}

function fromNpm(name: string, root: string): string | undefined {
	const path = join(root, 'node_modules', `@${name}-installer`, `${process.platform}-${process.arch}`, name);
	if (!existsSync(path)) return undefined;
	// npm may skip the installer's own step that sets this bit.
	if (!isExecutable(path)) chmodSync(path, 0o755);
	return path;
}

function onPath(name: string, env: Environment): string | undefined {
	return (env.PATH ?? '')
		.split(delimiter)
		.filter((folder) => folder !== '')
		.map((folder) => join(folder, name))
		.find(isExecutable);
}

function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
