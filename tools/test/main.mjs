import { join } from 'node:path';
import { note } from '../errors.mjs';
import { ensureRoot, ensureRuntime } from '../install.mjs';
import { ROOT } from '../paths.mjs';
import { withRuntimeOnPath } from '../runtime.mjs';
import { runForeground } from '../spawn.mjs';
import { leavingNothing } from './leftovers.mjs';

const JEST = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
/** Options of ours; all others are jest's. */
const FAST = '--fast';
const RECORD_COSTS = '--record-costs';
const CHANGED = /^--changed(?:=(.+))?$/;
/** Of jest's options, those after which a run still is one of all tests. */
const HARMLESS = /^(-i|--(runInBand|json|outputFile(=.*)?|silent|verbose|ci|coverage.*|shard(=.*)?))$/;

/** `npm test`: docs/development.md says which form is for what. Resolves to the exit code. */
export async function test(args) {
	await ensureRoot();
	const runtime = await ensureRuntime();
	const form = readForm(args);
	const { jestArgs, out, isEmpty } = await selection(form);
	if (isEmpty) return 0;
	const recording = form.isRecording ? { VIDEO_ENGINE_RECORD_COSTS: 'true' } : {};
	const code = await leavingNothing(async (marks) => {
		const env = withRuntimeOnPath(runtime, { ...process.env, ...recording, ...marks });
		return await runForeground(runtime.nodePath, [JEST, ...jestArgs], { cwd: ROOT, env });
	});
	tellLeftOut(out, form);
	return code;
}

function readForm(args) {
	const changed = args.map((arg) => CHANGED.exec(arg)).find((match) => match !== null);
	const rest = args.filter((arg) => ![FAST, RECORD_COSTS].includes(arg) && !CHANGED.test(arg));
	const isNarrowed = rest.some((arg) => !HARMLESS.test(arg));
	const isFast = args.includes(FAST);
	const isWhole = process.env.CI === 'true' && !isFast;
	return { rest, changed, isNarrowed, isFast, isWhole, isRecording: args.includes(RECORD_COSTS) };
}

/** What jest is told to run, and what is left out. */
async function selection({ rest, changed, isNarrowed, isFast, isWhole, isRecording }) {
	const { allTestFiles, leftOut } = await import('./files.mjs');
	if (changed !== undefined) return await changedSelection(rest, changed[1], { isFast, isWhole });
	const isSharded = rest.some((arg) => arg.startsWith('--shard'));
	// All tests together must reach the branches that jest.config.js asks for; a few of them need not.
	const coverage = isWhole && !isNarrowed && !isSharded ? ['--coverage'] : [];
	// Whoever names a file wants it.
	const out = isWhole || (isNarrowed && !isFast) ? [] : leftOut(await allTestFiles(), { isFast });
	const ignored = out.flatMap(({ file }) => ['--testPathIgnorePatterns', `/${file.replaceAll('.', '\\.')}$`]);
	// What a file takes shows only when nothing runs beside it.
	const oneByOne = isRecording ? ['--runInBand'] : [];
	return { jestArgs: [...rest, ...coverage, ...oneByOne, ...ignored], out };
}

async function changedSelection(rest, since, { isFast, isWhole }) {
	const [{ allTestFiles, leftOut }, { changedFiles }, { testsReaching }] = await Promise.all([
		import('./files.mjs'),
		import('./changed.mjs'),
		import('./reach.mjs'),
	]);
	const { since: base, files } = await changedFiles(since);
	const reaching = await testsReaching(files, await allTestFiles());
	const reached = new Set([...reaching.values()].flat());
	for (const file of files) if (!reached.has(file)) note(`No test reaches ${file}.`);
	const out = isWhole ? [] : leftOut([...reaching.keys()], { isFast });
	const tests = [...reaching.keys()].filter((file) => !out.some((left) => left.file === file));
	note(`${files.length} files differ from ${base}; they are reached by ${reaching.size} test files.`);
	if (tests.length === 0) tellLeftOut(out, { isFast });
	return { jestArgs: [...rest, '--runTestsByPath', ...tests], out, isEmpty: tests.length === 0 };
}

function tellLeftOut(out, { isFast }) {
	if (out.length === 0) return;
	const rest = isFast
		? '`npm test` runs those in n8n too, `CI=true npm test` all of them'
		: '`CI=true npm test` runs them too';
	note(`Left out (${rest}):`);
	for (const { file, reason } of out) note(`  ${file}: ${reason}`);
}
