import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPackage } from './build.mjs';
import { ToolError, note } from './errors.mjs';
import { withLock } from './lock.mjs';
import { BUILD_DIR, ROOT } from './paths.mjs';
import { runNpm } from './spawn.mjs';

const PACKED_DIR = join(BUILD_DIR, 'package');
const LOCK_FILE = join(PACKED_DIR, 'lock');
const LOCK_WAIT_MS = 120_000;
const HASH_LENGTH = 16;
const KEEP_OLD_MS = 60 * 60 * 1000;
/** Everything that shapes the published package. */
const INPUTS = [
	'package.json',
	'package-lock.json',
	'gulpfile.js',
	'README.md',
	'LICENSE',
	'nodes',
	'credentials',
	'engine',
	'tracker',
	'icons',
	'workflows',
	'tools/build.mjs',
	'tools/esbuild.mjs',
	'tools/notices.mjs',
];

/**
 * Builds and packs the package as npm would publish it and returns the tarball's path. Does nothing when the tarball
 * of exactly these sources is there already; several processes may call it at once.
 */
export async function packPackage({ allowMissing = false } = {}) {
	const target = join(PACKED_DIR, await inputsHash());
	const existing = await tarballIn(target);
	if (existing !== undefined) return existing;
	return await withLock(
		LOCK_FILE,
		LOCK_WAIT_MS,
		async () => (await tarballIn(target)) ?? (await buildAndPack(target, allowMissing)),
	);
}

async function buildAndPack(target, allowMissing) {
	note('Building and packing n8n-nodes-video-engine …');
	await buildPackage({ allowMissing });
	const fresh = `${target}.part`;
	await rm(fresh, { recursive: true, force: true });
	await mkdir(fresh, { recursive: true });
	const { code, output } = await runNpm(['pack', '--ignore-scripts', '--loglevel=error', '--pack-destination', fresh], {
		cwd: ROOT,
	});
	if (code !== 0) throw new ToolError(`npm pack failed:\n${output}`);
	await rename(fresh, target);
	await removeOld();
	return await tarballIn(target);
}

/** Tarballs of former sources, but for those that a running test may still hold on to. */
async function removeOld() {
	for (const name of await readdir(PACKED_DIR)) {
		const path = join(PACKED_DIR, name);
		if (Date.now() - (await stat(path)).mtimeMs > KEEP_OLD_MS) await rm(path, { recursive: true, force: true });
	}
}

async function tarballIn(folder) {
	if (!existsSync(folder)) return undefined;
	const name = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
	return name === undefined ? undefined : join(folder, name);
}

async function inputsHash() {
	const hash = createHash('sha256');
	for (const input of INPUTS) await hashPath(hash, input);
	return hash.digest('hex').slice(0, HASH_LENGTH);
}

async function hashPath(hash, path) {
	const full = join(ROOT, path);
	if (!existsSync(full)) return;
	if ((await stat(full)).isFile()) {
		hash
			.update(`${path}\0`)
			.update(await readFile(full))
			.update('\0');
		return;
	}
	for (const name of (await readdir(full)).sort()) await hashPath(hash, `${path}/${name}`);
}
