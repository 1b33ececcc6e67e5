import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from '../paths.mjs';

/**
 * What a file needs besides what it imports, as a comment in it says: `@reads workflows/ docs/api.md` as text,
 * `@runs chaos/` as programs, with all that these import.
 */
const READS = /@(reads|runs) ([^\n*]+)/g;
/** Of a test that looks at every file of the repository. */
const EVERYTHING = './';
/** A change of these may change any test. */
const REACHES_ALL =
	/^(package(-lock)?\.json|jest\.config\.js|tsconfig\.json|test\/tsconfig\.json|tools\/.*|test\/support\/(looseTimers\.ts|resolver\.js)|\.ci\/.*)$/;

/**
 * Which of these changed files each test reaches, by what it imports and by what the files on the way say to read.
 * Resolves to a map from test file to the changed files that it reaches; tests that reach none are not in it.
 */
export async function testsReaching(changed, tests) {
	const graph = await importGraph(tests);
	const found = new Map();
	for (const test of tests) {
		const reached = reachOf(test, graph);
		const own = changed.filter((file) => REACHES_ALL.test(file) || [...reached].some((place) => covers(place, file)));
		if (own.length > 0) found.set(test, own);
	}
	return found;
}

/** File → files that it imports or reads; folders end with a slash. */
async function importGraph(tests) {
	const graph = new Map();
	let entries = tests;
	// What is run has imports of its own.
	while (entries.length > 0) {
		const { inputs } = await importsOf(entries);
		for (const [file, { imports }] of Object.entries(inputs)) {
			const own = imports.filter(({ external }) => !external).map(({ path }) => path);
			graph.set(file, [...own, ...readsOf(file)]);
		}
		const read = [...graph.values()].flat().filter((file) => file.endsWith('.ts') && !graph.has(file));
		entries = [...new Set(read)].filter((file) => existsSync(join(ROOT, file)));
	}
	return graph;
}

async function importsOf(entryPoints) {
	const { metafile } = await build({
		absWorkingDir: ROOT,
		entryPoints,
		bundle: true,
		write: false,
		metafile: true,
		platform: 'node',
		packages: 'external',
		outdir: 'unused',
		loader: { '.json': 'json', '.cjs': 'js' },
		logLevel: 'silent',
	});
	return metafile;
}

function readsOf(file) {
	const text = readFileSync(join(ROOT, file), 'utf8');
	return [...text.matchAll(READS)].flatMap(([, how, places]) => {
		const named = places.trim().split(/\s+/);
		return how === 'runs' ? [...named, ...named.flatMap(programsIn)] : named;
	});
}

function programsIn(place) {
	if (!place.endsWith('/')) return [];
	const names = readdirSync(join(ROOT, place), { recursive: true });
	return names.filter((name) => name.endsWith('.ts')).map((name) => place + name.replaceAll('\\', '/'));
}

function reachOf(start, graph) {
	const reached = new Set([start]);
	for (const file of reached) for (const next of graph.get(file) ?? []) reached.add(next);
	return reached;
}

function covers(place, file) {
	return place === EVERYTHING || place === file || (place.endsWith('/') && file.startsWith(place));
}
