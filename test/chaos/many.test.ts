/** @needs patience */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { checkLog } from '../../chaos/checkLog';
import { chaos } from './program';

/** On a busy machine; an idle one needs half a minute. */
const LONG_MS = 15 * 60_000;

let dir: string;
beforeAll(async () => {
	dir = await mkdtemp(join(tmpdir(), 'video-engine-chaos-'));
});
afterAll(async () => await rm(dir, { recursive: true, force: true }));

describe('many videos with random faults, deaths of the process and acts of people', () => {
	it(
		'end, complete, and are paid for once, as another program finds in their log, too',
		async () => {
			const file = join(dir, 'runs.jsonl');
			const { code, stdout } = await chaos('--seed', '1,5000,90000', '--runs', '50', '--log', file);

			expect(stdout).toContain('broken rules: none');
			expect(stdout).toContain('lost: 0; wrongly paid: 0');
			expect(code).toBe(0);
			expect(checkLog(await readFile(file, 'utf8'))).toEqual({ runs: 150, findings: [] });
		},
		LONG_MS,
	);
});
