import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { bundle } from './esbuild.mjs';
import { BUILD_DIR, ROOT } from './paths.mjs';

const PROGRAMS_DIR = join(BUILD_DIR, 'programs');
/** Which loads of `n8n-workflow` what is used. Outside of the bundle, as that package would be. */
const LAZY_WORKFLOW = join(ROOT, 'tools', 'n8nWorkflow.cjs');
/** What shapes every program besides its sources. */
const BUNDLERS = ['package-lock.json', 'tools/chaosPlugin.mjs', 'tools/esbuild.mjs', 'tools/program.mjs'];

/**
 * Bundles a TypeScript program of this repository into `.build/` and returns the path of the result. Packages stay
 * outside. In each of our sources `__dirname` keeps pointing at the source's own folder, as under jest. A program whose
 * sources are what they were is not bundled again.
 */
export async function bundleProgram(entry, plugins = []) {
	const name = `${relative(ROOT, entry).replace(/[/\\]/g, '-').replace(/\.ts$/, '')}.cjs`;
	const program = join(PROGRAMS_DIR, name);
	if (await isCurrent(`${program}.sources.json`)) return program;
	// Made aside and moved: two of them may be started at once, and neither may read half a program.
	await mkdir(PROGRAMS_DIR, { recursive: true });
	const aside = await mkdtemp(join(PROGRAMS_DIR, 'aside-'));
	const { metafile } = await bundle({
		entryPoints: [entry],
		outfile: join(aside, name),
		absWorkingDir: ROOT,
		metafile: true,
		target: 'node24',
		packages: 'external',
		sourcemap: 'linked',
		plugins: [...plugins, lazyWorkflowPlugin, sourceFolderPlugin],
	});
	const files = [...BUNDLERS, ...Object.keys(metafile.inputs)];
	await writeFile(join(aside, `${name}.sources.json`), JSON.stringify({ files, hash: await hashOf(files) }));
	for (const end of ['.map', '', '.sources.json']) await rename(join(aside, name + end), program + end);
	await rmdir(aside);
	return program;
}

async function isCurrent(record) {
	try {
		const { files, hash } = JSON.parse(await readFile(record, 'utf8'));
		return hash === (await hashOf(files));
	} catch {
		// Not bundled yet, or one of its sources is gone.
		return false;
	}
}

async function hashOf(files) {
	const contents = await Promise.all(files.map(async (file) => await readFile(join(ROOT, file))));
	const hash = createHash('sha256');
	for (const [index, content] of contents.entries()) hash.update(`${files[index]} ${content.length} `).update(content);
	return hash.digest('hex');
}

const lazyWorkflowPlugin = {
	name: 'lazy-workflow',
	setup(build) {
		build.onResolve({ filter: /^n8n-workflow$/ }, () => ({ path: LAZY_WORKFLOW, external: true }));
	},
};

const sourceFolderPlugin = {
	name: 'source-folder',
	setup(build) {
		build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
			const source = await readFile(path, 'utf8');
			const uses = ['__dirname', '__filename'].filter((name) => source.includes(name));
			const values = { __dirname: dirname(path), __filename: path };
			// On the first line of the source, so that line numbers in stack traces stay right.
			const prefix = uses.map((name) => `const ${name} = ${JSON.stringify(values[name])};`).join('');
			return { contents: prefix + source, loader: 'ts' };
		});
	},
};
