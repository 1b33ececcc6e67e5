/** @reads ./ */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packedPackage, unpack, ROOT } from '../support/n8n/package';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { startServer, type Handler } from '../nodes/foreignFetch/servers';

const BUILD_MS = 120_000;

interface Tool {
	askForAdvisories(
		registry: string,
		packages: object[],
	): Promise<{ ok: boolean; reason?: string; advisories?: object }>;
	judge(advisories: object, packages: object[]): number;
}

const tool = async () => (await import(join(ROOT, 'tools', 'audit.mjs'))) as Tool;
const PACKAGES = [
	{ name: 'undici', version: '1.0.0' },
	{ name: 'undici', version: '2.0.0' },
	{ name: '@aws-sdk/client-s3', version: '3.0.0' },
];
const advisory = (severity: string) => ({
	undici: [{ severity, title: 'A title', url: 'https://advisories.test/1', vulnerable_versions: '<3' }],
});

async function askOf(handler: Handler) {
	const server = await startServer(handler);
	try {
		return {
			answer: await (await tool()).askForAdvisories(`${server.url}/registry`, PACKAGES),
			asked: server.requests,
		};
	} finally {
		await server.close();
	}
}

describe('the audit of what is bundled', () => {
	it('asks the registry for each library with all its versions', async () => {
		let body = '';
		const { answer, asked } = await askOf((request, response) => {
			request.on('data', (chunk: Buffer) => (body += chunk.toString()));
			request.on('end', () => response.end('{}'));
		});

		expect(answer).toEqual({ ok: true, advisories: {} });
		expect(asked).toEqual(['POST /registry/-/npm/v1/security/advisories/bulk']);
		expect(JSON.parse(body)).toEqual({ undici: ['1.0.0', '2.0.0'], '@aws-sdk/client-s3': ['3.0.0'] });
	});

	it.each(['high', 'critical'])('fails on a weakness of severity %s, by name', async (severity) => {
		const { judge } = await tool();

		expect(() => judge(advisory(severity), PACKAGES)).toThrow(/undici/);
	});

	it.each(['low', 'moderate'])('passes with one of severity %s', async (severity) => {
		expect((await tool()).judge(advisory(severity), PACKAGES)).toBe(0);
	});

	it('says why when a registry offers no audit, and does not take that for a clean one', async () => {
		const refused = await askOf((_request, response) => response.writeHead(405).end());
		const broken = await askOf((_request, response) => response.end('<html>'));

		expect(refused.answer).toEqual({ ok: false, reason: 'HTTP 405' });
		expect(broken.answer.ok).toBe(false);
	});
});

describe('what users receive', () => {
	let folder: string;
	let unpacked: string;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'video-engine-supply-'));
		unpacked = await unpack(await packedPackage(), folder);
	}, BUILD_MS);

	afterAll(async () => {
		await rm(folder, { recursive: true, force: true });
	});

	it('needs no other package and runs nothing at installation', () => {
		const manifest = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')) as Record<
			string,
			object | undefined
		>;

		for (const kind of ['dependencies', 'optionalDependencies', 'bundledDependencies'])
			expect(manifest[kind]).toBeUndefined();
		const scripts = Object.keys(manifest.scripts ?? {});
		expect(scripts.filter((name) => /^(?:pre|post)?install$|^prepare$/.test(name))).toEqual([]);
	});

	it('makes no code of texts', () => {
		const text = readFileSync(join(unpacked, 'dist', 'lib', 'runtime.js'), 'utf8');

		// lodash looks for the global object like this where there is none; in Node.js there always is.
		const runtime = text.replaceAll('Function("return this")()', '');
		// `client.eval(` of rate-limiter-flexible and ioredis is a command of Redis.
		expect(runtime.match(/(?<![.\w$])eval\(|(?<![.\w$])(?:new )?Function\(["'`]/g) ?? []).toEqual([]);
	});
});

/** Forms of keys that were ever given out by the services that are used here, and by those where code lies. */
const KEYS = [
	// Amazon's own example keys end in EXAMPLE.
	/AKIA(?!\w*EXAMPLE)[0-9A-Z]{16}/,
	/\bDO[0-9A-Z]{18}\b/,
	/\bsk_[0-9a-f]{40,}/,
	/\bpat[A-Za-z0-9]{14}\.[0-9a-f]{64}/,
	/\bgh[pousr]_[A-Za-z0-9]{36}/,
	/\bxox[abprs]-\d{8,}/,
	/hooks\.slack\.com\/services\/T[A-Z0-9]{8,}\/B[A-Z0-9]{8,}\/[A-Za-z0-9]{20,}/,
	/\bnpm_[A-Za-z0-9]{36}/,
	/-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----/,
	/https:\/\/[0-9a-f]{32}@[\w.]*sentry\.io/,
];
const TEXT_FILE = /\.(?:ts|mjs|cjs|js|json|md|ya?ml|sh|css|html|svg|env|txt)$|^run$/;

function trackedFiles(): string[] {
	if (existsSync(join(ROOT, '.git'))) {
		return execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
			cwd: ROOT,
			encoding: 'utf8',
		})
			.split('\0')
			.filter((path) => path !== '' && existsSync(join(ROOT, path)));
	}
	const walk = (path: string): string[] =>
		readdirSync(join(ROOT, path), { withFileTypes: true }).flatMap((entry) => {
			const below = join(path, entry.name);
			if (['node_modules', 'dist', 'out', 'coverage', '.build', '.sandbox'].includes(entry.name)) return [];
			return entry.isDirectory() ? walk(below) : [below];
		});
	return walk('.');
}

describe('the repository', () => {
	it('holds no key of anybody', () => {
		const found = trackedFiles()
			.filter((path) => TEXT_FILE.test(path.split('/').at(-1) ?? '') && !path.endsWith('package-lock.json'))
			.flatMap((path) => {
				const text = readFileSync(join(ROOT, path), 'utf8');
				return KEYS.flatMap((key) => (key.test(text) ? [`${path}: ${String(key)}`] : []));
			});

		expect(found).toEqual([]);
	});

	it('holds no file in which keys are kept', () => {
		expect(trackedFiles().filter((path) => /(?:^|\/)\.env(?!\.example)|\.pem$|\.p12$|id_rsa/.test(path))).toEqual([]);
	});
});
