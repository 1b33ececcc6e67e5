/** @needs n8n */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadAsN8nDoes, N8N_MODULES, packedPackage, ROOT, unpack, type LoadedPackage } from '../support/n8n/package';

const run = promisify(execFile);
const BUILD_MS = 120_000;
const LARGEST_BYTES = 5 * 1024 * 1024;

describe('the published package', () => {
	let folder: string;
	let unpacked: string;
	let tarball: string;
	let manifest: { dependencies?: unknown; n8n: { nodes: string[]; credentials: string[] } };
	let loaded: LoadedPackage;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'video-engine-package-'));
		tarball = await packedPackage();
		unpacked = await unpack(tarball, folder);
		manifest = JSON.parse(await readFile(join(unpacked, 'package.json'), 'utf8'));
		loaded = await loadAsN8nDoes(unpacked);
	}, BUILD_MS);

	afterAll(async () => {
		await rm(folder, { recursive: true, force: true });
	});

	async function files(): Promise<string[]> {
		const entries = await readdir(unpacked, { recursive: true, withFileTypes: true });
		return entries
			.filter((entry) => entry.isFile())
			.map((entry) => join(entry.parentPath, entry.name).slice(unpacked.length + 1));
	}

	it('holds what was built, the workflows and the papers, and nothing else', async () => {
		const others = (await files()).filter((file) => !/^(dist|workflows)\//.test(file));
		expect(others.sort()).toEqual(['LICENSE', 'README.md', 'package.json']);
	});

	it('holds every workflow', async () => {
		const shipped = (await files()).filter((file) => file.startsWith('workflows/')).sort();
		const sources = (await readdir(join(ROOT, 'workflows'))).filter((file) => file.endsWith('.json')).sort();
		expect(sources.length).toBeGreaterThan(0);
		expect(shipped).toEqual(expect.arrayContaining(sources.map((file) => `workflows/${file}`)));
	});

	it('is small and brings no dependencies', async () => {
		expect((await stat(tarball)).size).toBeLessThan(LARGEST_BYTES);
		expect(manifest.dependencies).toBeUndefined();
	});

	it('names no path of the machine that built it', async () => {
		const runtime = await readFile(join(unpacked, 'dist', 'lib', 'runtime.js'), 'utf8');
		expect(runtime.includes(ROOT)).toBe(false);
		expect(runtime).not.toContain('sourceMappingURL');
	});

	it('carries the licences of the libraries in its bundle', async () => {
		const notices = await readFile(join(unpacked, 'dist', 'THIRD_PARTY_LICENSES.txt'), 'utf8');
		for (const library of [
			'airtable',
			'@aws-sdk/client-s3',
			'crypto-js',
			'luxon',
			'ioredis',
			'rate-limiter-flexible',
		]) {
			expect(notices).toMatch(new RegExp(`^${library} \\d`, 'm'));
		}
	});

	it('gives n8n every node and credential of its manifest', () => {
		const nameOf = (path: string) => path.split('/').pop()?.split('.')[0].toLowerCase();
		expect(loaded.nodes.map(({ name }) => name.toLowerCase()).sort()).toEqual(manifest.n8n.nodes.map(nameOf).sort());
		expect(loaded.credentials.map(({ name }) => name.toLowerCase()).sort()).toEqual(
			manifest.n8n.credentials.map(nameOf).sort(),
		);
	});

	it('has light and dark icons of every node and credential inside', () => {
		for (const { name, icons } of [...loaded.nodes, ...loaded.credentials]) {
			expect({ name, icons: icons.map(({ isInPackage }) => isInPackage) }).toEqual({ name, icons: [true, true] });
			expect(new Set(icons.map(({ path }) => path)).size).toBe(2);
		}
	});

	it('describes every node to the node panel, and offers those that are no triggers to agents', () => {
		for (const { name, codex, subtitle, usableAsTool, isTrigger } of loaded.nodes) {
			expect({ name, categories: codex?.categories?.length }).not.toEqual({ name, categories: undefined });
			expect({ name, subtitle: typeof subtitle }).toEqual({ name, subtitle: 'string' });
			expect({ name, usableAsTool: Boolean(usableAsTool) }).toEqual({ name, usableAsTool: !isTrigger });
		}
	});

	it('loads no Redis client in an n8n that needs none', async () => {
		const runtime = JSON.stringify(join(unpacked, 'dist', 'lib', 'runtime.js'));
		const watch =
			'const M = require("node:module"); const load = M._load; const asked = new Set();' +
			'M._load = function (name) { asked.add(name); return load.apply(this, arguments); };';
		const script = `${watch} require(${runtime}); console.log(JSON.stringify([...asked]));`;
		const env = { PATH: process.env.PATH, NODE_PATH: N8N_MODULES };
		const { stdout } = await run(process.execPath, ['-e', script], { env });
		const asked = JSON.parse(stdout) as string[];
		expect(asked).toContain('n8n-workflow');
		// The client opens connections: it asks for these as soon as it is loaded.
		for (const name of ['net', 'tls', 'node:net', 'node:tls']) expect(asked).not.toContain(name);
	});

	it('keeps locks, claims and limiters of all nodes in one place', async () => {
		const runtime = 'dist/lib/runtime.js';
		const classes = loaded.modules.filter(({ path }) => /\.(node|credentials)\.js$/.test(path));
		expect(classes).toHaveLength(manifest.n8n.nodes.length + manifest.n8n.credentials.length);
		for (const { path, requires } of classes) expect({ path, requires }).toEqual({ path, requires: [runtime] });
		const source = await readFile(join(unpacked, runtime), 'utf8');
		expect(source.match(/new ProcessState\b/g)).toHaveLength(1);
	});
});
