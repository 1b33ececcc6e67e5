import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { basename, dirname, join, relative, sep } from 'node:path';
import { ToolError } from './errors.mjs';
import { bundle } from './esbuild.mjs';
import { thirdPartyNotices } from './notices.mjs';
import { DIST, ROOT } from './paths.mjs';
import { runQuiet } from './spawn.mjs';

const RUNTIME_FILE = join(DIST, 'lib', 'runtime.js');
const MANIFEST_PATH = /^dist\/(nodes|credentials)\/.+\.(node|credentials)\.js$/;
/** Reached through the host's copy at run time; a second copy would break `instanceof` of its errors. */
const HOST_PACKAGES = ['n8n-workflow'];
/** node-fetch (of airtable) looks for this one and does without it. */
const OPTIONAL_PACKAGES = ['encoding'];

/**
 * Builds `dist/` from the classes that package.json's n8n manifest lists: one shared `lib/runtime.js` with everything
 * in it, a thin file for each node and credential that re-exports its class, icons, codex files and the notices of
 * bundled libraries. With `allowMissing`, classes whose source does not exist yet are left out.
 */
export async function buildPackage({ allowMissing = false } = {}) {
	const entries = await readManifest(allowMissing);
	await rm(DIST, { recursive: true, force: true });
	await mkdir(dirname(RUNTIME_FILE), { recursive: true });
	const metafile = await bundleRuntime(entries);
	for (const entry of entries) await writeThinFile(entry);
	await copyAssets();
	await writeFile(join(DIST, 'THIRD_PARTY_LICENSES.txt'), await thirdPartyNotices(Object.keys(metafile.inputs)));
	return { entries };
}

/** One entry for each class: its built path, its source and its name, which n8n derives from the file name. */
async function readManifest(allowMissing) {
	const { n8n } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
	const listed = [...n8n.nodes, ...n8n.credentials];
	const malformed = listed.filter((path) => !MANIFEST_PATH.test(path));
	if (malformed.length > 0)
		throw new ToolError(`package.json lists paths that cannot be built: ${malformed.join(', ')}`);
	const entries = listed.map((path) => ({
		built: join(ROOT, path),
		source: join(ROOT, path.replace(/^dist\//, '').replace(/\.js$/, '.ts')),
		className: basename(path).split('.')[0],
	}));
	const missing = entries.filter(({ source }) => !existsSync(source)).map(({ source }) => relative(ROOT, source));
	if (missing.length > 0 && !allowMissing) {
		throw new ToolError(`package.json lists classes without a source:\n  ${missing.join('\n  ')}`);
	}
	await refuseUnlisted(new Set(entries.map(({ source }) => source)));
	return entries.filter(({ source }) => existsSync(source));
}

async function refuseUnlisted(listedSources) {
	const unlisted = [];
	for (const folder of ['nodes', 'credentials']) {
		const paths = await readdir(join(ROOT, folder), { recursive: true });
		const sources = paths
			.filter((path) => /\.(node|credentials)\.ts$/.test(path))
			.map((path) => join(ROOT, folder, path));
		unlisted.push(...sources.filter((source) => !listedSources.has(source)).map((source) => relative(ROOT, source)));
	}
	if (unlisted.length > 0)
		throw new ToolError(`Not listed in package.json's n8n manifest:\n  ${unlisted.join('\n  ')}`);
}

async function bundleRuntime(entries) {
	const lines = entries.map(
		({ source, className }) => `export { ${className} } from ${JSON.stringify(toImport(source))};`,
	);
	const { metafile } = await bundle({
		stdin: { contents: lines.join('\n'), resolveDir: ROOT, sourcefile: 'runtime-entry.ts', loader: 'ts' },
		absWorkingDir: ROOT,
		outfile: RUNTIME_FILE,
		target: 'node20',
		external: HOST_PACKAGES,
		minifyWhitespace: true,
		keepNames: true,
		legalComments: 'none',
		metafile: true,
	});
	refuseForeignImports(metafile);
	return metafile;
}

/** The published package has no dependencies: whatever the bundle still imports must be Node's or the host's. */
function refuseForeignImports(metafile) {
	const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
	const external = imports.filter((found) => found.external).map((found) => found.path);
	const allowed = [...HOST_PACKAGES, ...OPTIONAL_PACKAGES];
	// Built-in modules that this Node.js does not know yet begin with `node:` all the same.
	const foreign = external.filter((path) => !path.startsWith('node:') && !isBuiltin(path) && !allowed.includes(path));
	if (foreign.length > 0)
		throw new ToolError(`The bundle imports packages that nobody installs: ${foreign.join(', ')}`);
}

function toImport(source) {
	return `./${relative(ROOT, source).split(sep).join('/').replace(/\.ts$/, '')}`;
}

async function writeThinFile({ built, className }) {
	const runtime = relative(dirname(built), RUNTIME_FILE).split(sep).join('/');
	await mkdir(dirname(built), { recursive: true });
	await writeFile(built, `'use strict';\nexports.${className} = require('${runtime}').${className};\n`);
}

async function copyAssets() {
	const gulp = join(ROOT, 'node_modules', 'gulp', 'bin', 'gulp.js');
	const { code, output } = await runQuiet(process.execPath, [gulp, 'build:icons', '--silent'], { cwd: ROOT });
	if (code !== 0) throw new ToolError(`gulp build:icons failed:\n${output}`);
}
