/** @reads nodes/ credentials/ engine/ tracker/ icons/ workflows/ gulpfile.js README.md LICENSE */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const ROOT = join(__dirname, '..', '..', '..');
export const N8N_MODULES = join(ROOT, 'tools', 'n8n', 'node_modules');

/** Builds and packs the package, unless that was done of the same sources before, and returns the tarball's path. */
export async function packedPackage(): Promise<string> {
	const script = `import(${JSON.stringify(join(ROOT, 'tools', 'pack.mjs'))}).then(async ({ packPackage }) => console.log(await packPackage()))`;
	const { stdout } = await run(process.execPath, ['-e', script], { cwd: ROOT });
	return stdout.trim();
}

/** Unpacks a package into a folder and returns the folder that holds its package.json. */
export async function unpack(tarball: string, folder: string): Promise<string> {
	await run('tar', ['-xzf', tarball, '-C', folder]);
	return join(folder, 'package');
}

interface LoadedIcon {
	path: string;
	isInPackage: boolean;
}

/** What n8n's own loader made of a package. */
export interface LoadedPackage {
	nodes: Array<{
		name: string;
		isTrigger: boolean;
		codex?: { categories?: string[] };
		usableAsTool?: unknown;
		subtitle?: string;
		icons: LoadedIcon[];
	}>;
	credentials: Array<{ name: string; supportedNodes: string[]; icons: LoadedIcon[] }>;
	/** Modules of the package that are in memory. */
	modules: Array<{ path: string; requires: string[] }>;
}

/** Loads an unpacked package with n8n's own loader, in a process of its own. */
export async function loadAsN8nDoes(folder: string): Promise<LoadedPackage> {
	const env = { PATH: process.env.PATH, NODE_PATH: N8N_MODULES };
	const { stdout } = await run(process.execPath, [join(__dirname, 'loadPackage.cjs'), N8N_MODULES, folder], { env });
	return JSON.parse(stdout) as LoadedPackage;
}
