import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = join(__dirname, '..', '..');
const TOOLS = join(ROOT, 'tools', 'test');
const GRAPH_MS = 240_000;

const { needsOf } = jest.requireActual<{ needsOf(path: string): string[] }>(join(TOOLS, 'needs.cjs'));
const Sequencer = jest.requireActual<
	new (options: object) => {
		sort<T>(tests: T[]): T[];
		shard<T>(tests: T[], shard: { shardIndex: number; shardCount: number }): T[];
	}
>(join(TOOLS, 'sequencer.cjs'));
const costs = JSON.parse(readFileSync(join(ROOT, 'test', 'costs.json'), 'utf8')) as Record<string, { seconds: number }>;
const files = globSync('test/**/*.test.ts', { cwd: ROOT }).sort();

/** What a function of the tools gives, asked in a process of its own: their modules are none of jest's. */
async function ask<T>(module: string, name: string, ...given: unknown[]): Promise<T> {
	const script = `
		const [module, name, given] = process.argv.slice(1);
		const { [name]: asked } = await import(module);
		const answer = await asked(...JSON.parse(given));
		process.stdout.write(JSON.stringify(answer instanceof Map ? [...answer] : answer));`;
	const args = ['--input-type=module', '-e', script, `./tools/test/${module}`, name, JSON.stringify(given)];
	const { stdout } = await run(process.execPath, args, { cwd: ROOT, maxBuffer: 2 ** 26 });
	return JSON.parse(stdout) as T;
}

const leftOut = (isFast: boolean) =>
	ask<Array<{ file: string; reason: string }>>('files.mjs', 'leftOut', files, { isFast });

const SHIPPED = /^(nodes|credentials|engine|tracker|sandbox|chaos|bench|workflows|icons|docs)\//;

/** Every file of the repository, asked in one go: reading all imports takes seconds. */
let asked: Promise<{ own: string[]; found: Array<[test: string, reached: string[]]> }> | undefined;

async function reachOfAll() {
	asked ??= (async () => {
		const { stdout } = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
		const own = stdout.split('\n').filter((file) => SHIPPED.test(file));
		const found = await ask<Array<[test: string, reached: string[]]>>(
			'reach.mjs',
			'testsReaching',
			[...own, 'package.json'],
			files,
		);
		return { own, found };
	})();
	return await asked;
}

describe('npm test', () => {
	it('leaves out the long chaos, queue mode and Chromium on a user’s machine, each with a reason, and nothing else', async () => {
		const left = await leftOut(false);

		expect(left.map(({ file }) => file)).toEqual([
			'test/chaos/many.test.ts',
			'test/e2e/chaosReal.test.ts',
			'test/e2e/queueMode.test.ts',
			'test/editor/editor.test.ts',
			'test/sandbox/ncaPipelineSystem.test.ts',
		]);
		for (const { reason } of left) expect(reason).toMatch(/^[^\n]{10,}$/);
	});

	it('with --fast runs no file that starts n8n, and every other one', async () => {
		const left = new Set((await leftOut(true)).map(({ file }) => file));

		// This very file names what it looks for.
		for (const file of files.filter((name) => !name.startsWith('test/tools/'))) {
			const source = readFileSync(join(ROOT, file), 'utf8');
			const starts =
				/VideoEngineUnderTest\.start|QueueEngine\.start|startN8n\(|loadAsN8nDoes\(|'chaos', '--', '--real'|'demo', '--'/.test(
					source,
				);
			expect({ file, isLeftOut: left.has(file) }).toMatchObject({
				isLeftOut: starts || needsOf(join(ROOT, file)).some((need) => ['patience', 'system-ffmpeg'].includes(need)),
			});
		}
		expect(left.size).toBeGreaterThan(8);
	});

	it('begins with the longest, and deals shards of about equal length in which each file comes once', () => {
		const sequencer = new Sequencer({});
		const tests = files.map((file) => ({ path: join(ROOT, file) }));
		const secondsOf = (dealt: typeof tests) =>
			dealt.reduce((sum, { path }) => sum + (costs[path.slice(ROOT.length + 1)]?.seconds ?? 0), 0);

		const sorted = sequencer.sort(tests).map((test) => secondsOf([test]));
		const shards = [1, 2, 3].map((shardIndex) => sequencer.shard(tests, { shardIndex, shardCount: 3 }));

		expect(sorted.filter((seconds) => seconds > 0)).toEqual(
			sorted.filter((seconds) => seconds > 0).sort((one, other) => other - one),
		);
		expect(
			shards
				.flat()
				.map(({ path }) => path)
				.sort(),
		).toEqual(tests.map(({ path }) => path).sort());
		const lengths = shards.map(secondsOf);
		expect(Math.max(...lengths)).toBeLessThanOrEqual(Math.max(...sorted) + Math.min(...lengths));
	});

	it('knows what no file that is gone took', () => {
		expect(Object.keys(costs).filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
	});
});

describe('npm test -- --changed', () => {
	it(
		'runs what a change reaches: by imports, by programs and by what is read as text',
		async () => {
			const changed = [
				'engine/script/splitScript.ts',
				'workflows/11-health.json',
				'chaos/world/time.ts',
				'package.json',
			];
			const { found } = await reachOfAll();
			const testsOf = (file: string) => found.filter(([, own]) => own.includes(file)).map(([test]) => test);
			const [ofSplitter, ofTemplate, ofChaos, ofManifest] = changed.map(testsOf);

			expect(ofSplitter).toContain('test/engine/script/splitScript.test.ts');
			expect(ofSplitter).toContain('test/e2e/pipeline.test.ts');
			expect(ofSplitter).not.toContain('test/sandbox/spaces.test.ts');
			expect(ofTemplate).toContain('test/workflows/workflows.test.ts');
			expect(ofTemplate).toContain('test/editor/editor.test.ts');
			expect(ofChaos).toContain('test/chaos/regressions.test.ts');
			expect(ofManifest).toEqual(files);
		},
		GRAPH_MS,
	);

	it(
		'finds a test for every file that is shipped, played with or run',
		async () => {
			const { own, found } = await reachOfAll();
			// Of the whole repository looks one test alone: it would hide what no other one reaches.
			const others = found.filter(([test]) => test !== 'test/security/supplyChain.test.ts');
			const reached = new Set(others.flatMap(([, files]) => files));

			expect(own.length).toBeGreaterThan(100);
			// Types alone change nothing that runs, nor does what the demo says by default.
			const matters = (file: string) =>
				file !== 'sandbox/demo/script.txt' &&
				(!file.endsWith('.ts') ||
					/^export (async )?(const|function|class)/m.test(readFileSync(join(ROOT, file), 'utf8')));
			expect(own.filter((file) => !reached.has(file) && matters(file))).toEqual([]);
		},
		GRAPH_MS,
	);
});

describe('a run of the tests', () => {
	it('ends what outlived it, also what went its own way, and removes its temporary files', async () => {
		const script = `
			import { spawn } from 'node:child_process';
			import { writeFileSync } from 'node:fs';
			const { leavingNothing } = await import('./tools/test/leftovers.mjs');
			await leavingNothing(async (marks) => {
				writeFileSync(marks.TMPDIR + '/left', 'behind');
				const env = { ...process.env, ...marks };
				const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { env, detached: true, stdio: 'ignore' });
				child.unref();
				console.log(JSON.stringify({ pid: child.pid, folder: marks.TMPDIR }));
			});`;
		const program = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: ROOT, stdio: 'pipe' });
		let said = '';
		let told = '';
		program.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
		program.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()));
		const [code] = (await once(program, 'close')) as [number];
		const { pid, folder } = JSON.parse(said) as { pid: number; folder: string };

		expect({ code, isThere: existsSync(folder) }).toEqual({ code: 0, isThere: false });
		if (process.platform !== 'linux') return;
		expect(told).toContain(`process ${pid}`);
		// A process that was ended stays listed until its parent has asked for it.
		const isAlive = existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
		expect(isAlive).toBe(false);
	});
});
