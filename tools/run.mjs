#!/usr/bin/env node
// Runs the repository's commands on a fresh clone: installs what a command needs, finds the right Node.js, bundles the
// program and runs it with the rest of the arguments. Plain Node.js 20 or newer and nothing else must be there.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError, note } from './errors.mjs';
import { ensureLint, ensureN8n, ensureRoot, ensureRuntime } from './install.mjs';
import { BUILD_DIR, ROOT } from './paths.mjs';
import { withRuntimeOnPath } from './runtime.mjs';
import { runForeground } from './spawn.mjs';

const OLDEST_NODE_MAJOR = 20;
const BENCHES_IN_N8N = ['settle-latency'];
const USAGE = `Usage: node tools/run.mjs <command> [-- arguments]

  demo      start the local services and n8n, make a video from a script
  sandbox   start the local services alone
  test      run the tests
  lint      check rules, types and formatting
  build     build dist/
  audit     ask the registry for known weaknesses of what is bundled
  bench     run a benchmark by its name
  chaos     play videos with random faults and deaths of the process on a virtual clock; --real in a real n8n
`;

const COMMANDS = {
	async demo(args) {
		await ensureRoot();
		await ensureN8n();
		const { packPackage } = await import('./pack.mjs');
		const tarball = await packPackage();
		return await runProgram(join(ROOT, 'sandbox', 'demo', 'main.ts'), args, { VIDEO_ENGINE_TARBALL: tarball });
	},
	async sandbox(args) {
		return await runProgram(join(ROOT, 'sandbox', 'cli.ts'), args);
	},
	async test(args) {
		const { test } = await import('./test/main.mjs');
		return await test(args);
	},
	async lint() {
		await ensureRoot();
		await ensureLint();
		const { lint } = await import('./lint.mjs');
		await lint();
		return 0;
	},
	async build(args) {
		await ensureRoot();
		const { buildPackage } = await import('./build.mjs');
		const { entries } = await buildPackage({ allowMissing: args.includes('--allow-missing') });
		note(`Built dist/ with ${entries.length} nodes and credentials.`);
		return 0;
	},
	async audit(args) {
		await ensureRoot();
		const { audit } = await import('./audit.mjs');
		return await audit({ isStrict: args.includes('--strict') });
	},
	async bench([name, ...args]) {
		const names = (await readdir(join(ROOT, 'bench')))
			.filter((file) => file.endsWith('.ts'))
			.map((file) => file.slice(0, -3));
		if (name === undefined || !names.includes(name))
			throw new ToolError(`Which benchmark? One of: ${names.join(', ') || '(none yet)'}`);
		if (BENCHES_IN_N8N.includes(name)) await ensureN8n();
		return await runProgram(join(ROOT, 'bench', `${name}.ts`), args);
	},
	async chaos(args) {
		if (args.includes('--real')) return await chaosForReal(args);
		const { chaosPlugin } = await import('./chaosPlugin.mjs');
		return await runProgram(join(ROOT, 'chaos', 'main.ts'), args, {}, [chaosPlugin]);
	},
};

async function chaosForReal(args) {
	await ensureRoot();
	await ensureN8n();
	const { packPackage } = await import('./pack.mjs');
	const tarball = await packPackage();
	return await runProgram(join(ROOT, 'chaos', 'real', 'main.ts'), args, { VIDEO_ENGINE_TARBALL: tarball });
}

async function runProgram(entry, args, env = {}, plugins = []) {
	if (!existsSync(entry)) throw new ToolError(`${entry} does not exist`);
	await ensureRoot();
	const runtime = await ensureRuntime();
	const { bundleProgram } = await import('./program.mjs');
	const program = await bundleProgram(entry, plugins);
	const nodeArgs = ['--enable-source-maps', '--disable-warning=ExperimentalWarning', program, ...args];
	return await runForeground(runtime.nodePath, nodeArgs, {
		cwd: process.cwd(),
		// The packages of a program that is started again need not be compiled again.
		env: { NODE_COMPILE_CACHE: join(BUILD_DIR, 'compiled'), ...withRuntimeOnPath(runtime), ...env },
	});
}

async function main([name, ...rest]) {
	if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE_MAJOR) {
		throw new ToolError(`Node.js ${OLDEST_NODE_MAJOR} or newer is needed; this is ${process.versions.node}.`);
	}
	if (!Object.hasOwn(COMMANDS, name ?? '')) throw new ToolError(USAGE);
	return await COMMANDS[name](rest[0] === '--' ? rest.slice(1) : rest);
}

main(process.argv.slice(2)).then(
	(code) => {
		process.exitCode = code;
	},
	(error) => {
		note(error instanceof ToolError ? error.message : error.stack);
		process.exitCode = error instanceof ToolError ? error.exitCode : 1;
	},
);
