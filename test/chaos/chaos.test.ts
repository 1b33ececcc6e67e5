import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chaos } from './program';

/** On a busy machine; an idle one needs some seconds. */
const LONG_MS = 15 * 60_000;

let dir: string;
beforeAll(async () => {
	dir = await mkdtemp(join(tmpdir(), 'video-engine-chaos-'));
});
afterAll(async () => await rm(dir, { recursive: true, force: true }));

describe('videos with random faults, deaths of the process and acts of people', () => {
	it(
		'go the same way again from the same seed',
		async () => {
			const [first, second] = [join(dir, 'first.jsonl'), join(dir, 'second.jsonl')];
			await chaos('--seed', '33', '--runs', '4', '--log', first);
			await chaos('--seed', '35', '--runs', '1', '--log', second);

			const texts = await Promise.all([first, second].map(async (file) => await readFile(file, 'utf8')));
			const start = texts[0].indexOf('{"kind":"run","seed":35');
			const end = texts[0].indexOf('{"kind":"run","seed":36');
			expect(start).toBeGreaterThanOrEqual(0);
			expect(texts[0].slice(start, end)).toBe(texts[1]);
		},
		LONG_MS,
	);

	it(
		'tell what happened, in the words of people',
		async () => {
			const { stdout } = await chaos('--seed', '12', '--runs', '1', '--calm', '--story');

			expect(stdout).toMatch(/^Seed 12: \d+ videos/m);
			expect(stdout).toMatch(/n8n life 1 up/);
			expect(stdout).toMatch(/Complete Job: .*outcome=completed/);
		},
		LONG_MS,
	);
});

describe('the command', () => {
	it('says how it is used', async () => {
		expect((await chaos('--help')).stdout).toContain('--seed N');
		const refused = await chaos('--runs', 'many');
		expect([refused.code, refused.stdout]).toEqual([2, expect.stringContaining('--runs must be a whole number')]);
	});
});
