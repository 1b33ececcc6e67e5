import { join } from 'node:path';
import { ToolError, note } from './errors.mjs';
import { LINT_TOOL, ROOT } from './paths.mjs';
import { runForeground } from './spawn.mjs';

/** What n8n users receive: n8n's own strict rules hold here, with none switched off. */
const SHIPPED = ['package.json', 'nodes', 'credentials', 'engine', 'tracker'];

const CHECKS = [
	{
		name: "n8n's community lint over what is published",
		script: join(LINT_TOOL, 'node_modules', 'eslint', 'bin', 'eslint.js'),
		args: ['--config', 'tools/lint/eslint.config.mjs', '--max-warnings', '0', '--no-inline-config', ...SHIPPED],
	},
	{
		name: 'ordinary lint over the rest',
		script: join(ROOT, 'node_modules', 'eslint', 'bin', 'eslint.js'),
		args: ['--max-warnings', '0', '.'],
	},
	{ name: 'types of what is published', script: tool('typescript', 'bin/tsc'), args: ['--noEmit', '-p', '.'] },
	{ name: 'types of tests and sandbox', script: tool('typescript', 'bin/tsc'), args: ['--noEmit', '-p', 'test'] },
	{ name: 'formatting', script: tool('prettier', 'bin/prettier.cjs'), args: ['--check', '--log-level', 'warn', '.'] },
];

/** Runs every check, one after the other, and fails after the last when any failed. */
export async function lint() {
	const failed = [];
	for (const { name, script, args } of CHECKS) {
		note(`lint: ${name}`);
		const code = await runForeground(process.execPath, [script, ...args], { cwd: ROOT });
		if (code !== 0) failed.push(name);
	}
	if (failed.length > 0) throw new ToolError(`lint failed: ${failed.join('; ')}`);
}

function tool(packageName, script) {
	return join(ROOT, 'node_modules', packageName, script);
}
