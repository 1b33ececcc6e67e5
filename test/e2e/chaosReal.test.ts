/**
 * @needs n8n patience
 * @runs chaos/real/
 * @reads workflows/ nodes/ credentials/ engine/ tracker/ icons/
 */
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = join(__dirname, '..', '..');
const RUN_MS = 900_000;

describe('a real n8n that is killed while it makes videos', () => {
	it(
		'ends every video that it took, and pays for nothing twice',
		async () => {
			const log = join(tmpdir(), `video-engine-chaos-${process.pid}.jsonl`);
			const args = ['chaos', '--', '--real', '--seed', '4', '--runs', '4', '--deaths', '2', '--log', log];
			try {
				await run(process.execPath, [join(ROOT, 'tools', 'run.mjs'), ...args], { cwd: ROOT });
				const lines = (await readFile(log, 'utf8')).trimEnd().split('\n');
				const facts = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
				expect(facts.filter(({ kind }) => kind === 'death').length).toBeGreaterThan(0);
				expect(facts.filter(({ kind }) => kind === 'video ended')).toHaveLength(4);
				expect(facts.at(-1)).toMatchObject({
					kind: 'summary',
					lost: 0,
					wronglyPaid: 0,
					airtable429: 0,
					violations: [],
				});
			} finally {
				await rm(log, { force: true });
			}
		},
		RUN_MS,
	);
});
