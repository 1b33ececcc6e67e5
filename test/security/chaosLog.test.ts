/**
 * @runs chaos/
 * @reads workflows/
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { credentialsOf } from '../../chaos/run/installation';
import { ROOT } from '../support/n8n/package';
import { leaksIn, secretsOf } from './support/leaks';

const run = promisify(execFile);
const CHAOS_MS = 240_000;
const RUNS = 8;

describe('runs of chaos', () => {
	it(
		'leave no secret and no signed URL in calls, cells, decisions, mails and what is printed',
		async () => {
			const folder = await mkdtemp(join(tmpdir(), 'video-engine-chaos-'));
			const file = join(folder, 'log.jsonl');
			const args = ['tools/run.mjs', 'chaos', '--', '--seed', '1', '--runs', String(RUNS), '--log', file, '--story'];
			const { stdout, stderr } = await run(process.execPath, args, { cwd: ROOT, maxBuffer: 2 ** 26 });
			const log = await readFile(file, 'utf8');
			await rm(folder, { recursive: true, force: true });
			const credentials = Object.entries(credentialsOf({ credentials: {} } as never));
			const secrets = await secretsOf(
				credentials.map(([type, data]) => ({ type, data: data as Record<string, unknown> })),
			);

			expect(log.match(/"kind":"run"/g)).toHaveLength(RUNS);
			// Deaths and faults took place, so that ways of failing were walked.
			expect(log).toMatch(/"kind":"fault"/);
			expect(secrets.length).toBeGreaterThan(5);
			expect(
				leaksIn(
					[
						{ name: 'log', text: log },
						{ name: 'output', text: stdout + stderr },
					],
					secrets,
				),
			).toEqual([]);
		},
		CHAOS_MS,
	);
});
