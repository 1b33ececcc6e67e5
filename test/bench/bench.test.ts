/**
 * @runs bench/
 * @reads workflows/
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Finding } from '../../bench/support/program';

const run = promisify(execFile);
const ROOT = join(__dirname, '..', '..');
const RUN_MS = 120_000;

/** `npm run bench -- …`, without npm. */
async function bench(...args: string[]): Promise<string> {
	const { stdout } = await run(process.execPath, [join(ROOT, 'tools', 'run.mjs'), 'bench', ...args], { cwd: ROOT });
	return stdout;
}

describe('npm run bench', () => {
	it(
		'lists the benchmarks when none is named',
		async () => {
			const failure = await bench().catch((error: { stderr: string }) => error);
			expect(failure).toMatchObject({
				stderr: expect.stringContaining(
					'dropped-callbacks, group-commit, idle-day, persist, recovery-scan, settle-latency, split',
				),
			});
		},
		RUN_MS,
	);

	it.each([
		['dropped-callbacks', ['--jobs', '36'], { requests: expect.any(Number) }],
		['group-commit', ['--updates', '11'], { requests: 2 / 11 }],
		['idle-day', ['--hours', '1'], { requests: expect.any(Number) }],
		['recovery-scan', ['--jobs', '1000'], { requests: 2 / 11 }],
		['persist', ['--mib', '6'], { seconds: expect.any(Number) }],
		['split', ['--kib', '4'], { seconds: expect.any(Number) }],
	])(
		'measures %s against a peer in the same run',
		async (name, size, ratios) => {
			const finding = JSON.parse(await bench(name, ...size, '--json')) as Finding;
			expect(finding.rows.length).toBeGreaterThanOrEqual(2);
			for (const ratio of Object.values(finding.ratios)) expect(ratio).toBeGreaterThan(0);
			expect(finding.ratios).toMatchObject(ratios);
		},
		RUN_MS,
	);

	it(
		'says what is wrong with a size',
		async () => {
			const failure = await bench('split', '--kib', 'many').catch((error: { stderr: string }) => error);
			expect(failure).toMatchObject({ stderr: expect.stringContaining('--kib: use a whole number from 1') });
		},
		RUN_MS,
	);
});
