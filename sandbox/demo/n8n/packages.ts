import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** What n8n's own installer passes too, but for the peers: a second n8n-workflow would break `instanceof`. */
const NPM_FLAGS = ['--omit=peer', '--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund', '--offline'];

/** Installs packed community packages into n8n's user folder; n8n finds them there at its next start. */
export async function installPackages(userFolder: string, tarballs: string[]): Promise<void> {
	const prefix = join(userFolder, '.n8n', 'nodes');
	await mkdir(prefix, { recursive: true });
	await writeFile(join(prefix, 'package.json'), `${JSON.stringify({ name: 'installed-nodes', private: true })}\n`);
	if (tarballs.length > 0)
		await run('npm', ['install', '--prefix', prefix, ...NPM_FLAGS, ...tarballs], { cwd: prefix });
}
