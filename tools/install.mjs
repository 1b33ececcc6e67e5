import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import { ToolError, note } from './errors.mjs';
import { withLock } from './lock.mjs';
import { LINT_TOOL, N8N_TOOL, NODE_TOOL, ROOT } from './paths.mjs';
import { findRuntime, isOwnNodeRight, withRuntimeOnPath } from './runtime.mjs';
import { runNpm } from './spawn.mjs';

const QUIET = ['--no-audit', '--no-fund', '--loglevel=error'];
const SHOWN_OUTPUT_LINES = 25;
const LOCK_WAIT_MS = 30 * 60_000;
const SQLITE_BINARY = join(N8N_TOOL, 'node_modules', 'sqlite3', 'build', 'Release', 'node_sqlite3.node');

/** Installs the package's own development dependencies when they are missing or the lock file has changed. */
export async function ensureRoot() {
	await ensureInstalled(ROOT, 'the development dependencies', []);
}

/** Installs the official lint under tools/lint. */
export async function ensureLint() {
	await ensureInstalled(LINT_TOOL, "n8n's official lint (tools/lint)", ['--legacy-peer-deps']);
}

/** The Node.js that everything here runs on; installs it under tools/node where this process's own is another. */
export async function ensureRuntime() {
	if (!isOwnNodeRight()) await ensureInstalled(NODE_TOOL, 'Node.js 24 (tools/node)', []);
	return findRuntime();
}

/** Installs n8n under tools/n8n and builds its one native part. */
export async function ensureN8n() {
	const runtime = await ensureRuntime();
	await ensureInstalled(N8N_TOOL, 'n8n 2.41 (tools/n8n, some minutes, only once)', ['--legacy-peer-deps']);
	await onceAtATime(N8N_TOOL, async () => {
		if (!existsSync(SQLITE_BINARY)) await buildSqlite(runtime);
	});
	return runtime;
}

async function ensureInstalled(folder, what, flags) {
	if (isInstalled(folder)) return;
	await onceAtATime(folder, async () => {
		if (isInstalled(folder)) return;
		note(`Installing ${what} …`);
		const command = ['ci', '--ignore-scripts', ...flags, ...QUIET];
		const quick = await withAddresses(folder, async () => await runNpm(command, { cwd: folder }));
		// A registry may keep its files elsewhere: then npm has to ask it about each package after all.
		const { code, output } = quick.code === 0 ? quick : await runNpm(command, { cwd: folder });
		if (code !== 0) throw new ToolError(`Could not install ${what}:\n${lastLines(output)}`);
	});
}

/**
 * Lock files here name no registry, so npm asks for a description of each package only to learn where its file lies:
 * half of the work of installing n8n. Files lie at one well-known place in a registry; a shrinkwrap, which npm reads
 * before the lock file, says so for as long as `action` runs. What is fetched is checked against the lock's hashes.
 */
async function withAddresses(folder, action) {
	const { output } = await runNpm(['config', 'get', 'registry'], { cwd: folder });
	const registry = output.trim().replace(/\/$/, '');
	const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
	for (const [path, entry] of Object.entries(lock.packages)) {
		if (path === '') continue;
		const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
		entry.resolved ??= `${registry}/${name}/-/${basename(name)}-${entry.version}.tgz`;
	}
	const shrinkwrap = join(folder, 'npm-shrinkwrap.json');
	await writeFile(shrinkwrap, JSON.stringify(lock));
	try {
		return await action();
	} finally {
		await rm(shrinkwrap, { force: true });
	}
}

/** Two commands of one clone may want the same thing at once; the second one then finds it done. */
async function onceAtATime(folder, action) {
	await withLock(join(folder, '.installing'), LOCK_WAIT_MS, action);
}

/** Whether what npm recorded as installed is what the lock file asks for. npm writes that record last. */
function isInstalled(folder) {
	const record = join(folder, 'node_modules', '.package-lock.json');
	if (!existsSync(record)) return false;
	const wanted = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages;
	const present = JSON.parse(readFileSync(record, 'utf8')).packages;
	return Object.entries(wanted).every(([path, entry]) => {
		if (path === '') return true;
		const installed = present[path];
		return installed === undefined ? entry.optional === true : installed.version === entry.version;
	});
}

async function buildSqlite(runtime) {
	note('Building the sqlite3 module of n8n (about a minute, only once) …');
	// Optimised more, it takes a minute longer than all of the tests and the demo gain by it.
	const env = { CFLAGS: '-O1', ...withRuntimeOnPath(runtime) };
	// The headers lie beside the packaged Node.js; without this node-gyp would try to download them.
	if (runtime.headersDir !== undefined) env.npm_config_nodedir = runtime.headersDir;
	const { code, output } = await runNpm(['rebuild', 'sqlite3', '--ignore-scripts=false', ...QUIET], {
		cwd: N8N_TOOL,
		env,
	});
	if (code === 0 && existsSync(SQLITE_BINARY)) return;
	const missing = ['python3', 'make', 'g++'].filter((program) => !isOnPath(program));
	if (missing.length > 0) {
		throw new ToolError(
			`sqlite3 has to be compiled on this machine and ${missing.join(', ')} is missing. Install the compiler, then try again:\n` +
				'  apt-get install -y python3 make g++',
		);
	}
	throw new ToolError(`Could not build sqlite3 for n8n:\n${lastLines(output)}`);
}

function isOnPath(program) {
	return (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, program)));
}

function lastLines(output) {
	return output.trimEnd().split('\n').slice(-SHOWN_OUTPUT_LINES).join('\n');
}
