import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findClips } from '../../sandbox/demo/clips';
import { UsageError } from '../../sandbox/demo/errors';
import { readOptions } from '../../sandbox/demo/options';
import { reachabilityHint, readRealServices, standInsBeside } from '../../sandbox/demo/services';

describe("the demo's command line", () => {
	it('makes our own script into out/demo.mp4 and stays up when nothing is said', () => {
		expect(readOptions([])).toMatchObject({
			once: false,
			json: false,
			out: 'out/demo.mp4',
			script: expect.stringMatching(/script\.txt$/),
		});
	});

	it('takes every option', () => {
		const argv = '--once --json --script a.txt --out b.mp4 --clips c --faults d.json --config e.json --port 5700'.split(
			' ',
		);
		expect(readOptions(argv)).toMatchObject({
			once: true,
			json: true,
			script: 'a.txt',
			out: 'b.mp4',
			clips: 'c',
			faults: 'd.json',
			config: 'e.json',
			port: 5700,
		});
	});

	it.each([[['--port', 'x']], [['--port', '70000']], [['--colour']], [['--script']]])('refuses %j', (argv) => {
		expect(() => readOptions(argv)).toThrow(UsageError);
	});
});

describe("the demo's files", () => {
	let folder: string;

	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'video-engine-demo-'));
	});

	afterEach(async () => {
		await rm(folder, { recursive: true, force: true });
	});

	async function config(text: string): Promise<string> {
		const file = join(folder, 'config.json');
		await writeFile(file, text);
		return file;
	}

	it('puts a real service in the place of its stand-in and keeps the others', async () => {
		const real = await readRealServices(
			await config('{"elevenLabs":{"apiKey":"k"},"callback":{"publicBaseUrl":"https://n8n.example"}}'),
		);
		expect(standInsBeside(real).sort()).toEqual(['airtable', 'goApi', 'nca', 'sentry', 'slack', 'smtp', 'spaces']);
		expect(reachabilityHint(real)).toBeUndefined();
	});

	it('says what a real service cannot reach', async () => {
		const hint = reachabilityHint(
			await readRealServices(await config('{"nca":{"apiKey":"k","baseUrl":"https://nca.example"}}')),
		);
		expect(hint).toMatch(/callback\.publicBaseUrl/);
		expect(hint).toMatch(/Spaces/);
	});

	it.each(['{"slack":{}}', '{"nca":"key"}', '[]', 'not json'])('refuses %s as a config', async (text) => {
		await expect(readRealServices(await config(text))).rejects.toThrow(UsageError);
	});

	it('finds clips by name and passes over other files', async () => {
		for (const name of ['b.mov', 'a.MP4', 'notes.txt']) await writeFile(join(folder, name), '');
		expect((await findClips(folder)).map(({ name, type }) => [name, type])).toEqual([
			['a.MP4', 'video/mp4'],
			['b.mov', 'video/quicktime'],
		]);
	});

	it('refuses a folder without clips', async () => {
		await expect(findClips(folder)).rejects.toThrow(UsageError);
	});
});
