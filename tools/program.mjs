import { mkdir, mkdtemp, readFile, rename, rmdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { bundle } from './esbuild.mjs';
import { BUILD_DIR, ROOT } from './paths.mjs';

const PROGRAMS_DIR = join(BUILD_DIR, 'programs');

/**
 * Bundles a TypeScript program of this repository into `.build/` and returns the path of the result. Packages stay
 * outside. In each of our sources `__dirname` keeps pointing at the source's own folder, as under jest.
 */
export async function bundleProgram(entry, plugins = []) {
	const name = `${relative(ROOT, entry).replace(/[/\\]/g, '-').replace(/\.ts$/, '')}.cjs`;
	// Made aside and moved: two of them may be started at once, and neither may read half a program.
	await mkdir(PROGRAMS_DIR, { recursive: true });
	const aside = await mkdtemp(join(PROGRAMS_DIR, 'aside-'));
	await bundle({
		entryPoints: [entry],
		outfile: join(aside, name),
		target: 'node24',
		packages: 'external',
		sourcemap: 'linked',
		plugins: [...plugins, sourceFolderPlugin],
	});
	for (const file of [`${name}.map`, name]) await rename(join(aside, file), join(PROGRAMS_DIR, file));
	await rmdir(aside);
	return join(PROGRAMS_DIR, name);
}

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
