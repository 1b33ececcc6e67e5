import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../../sandbox/demo/n8n';
import { saysLine } from './processes';

const START_MS = 60_000;

/** Whether a program is on this machine; in CI it must be. */
export function hasProgram(name: string): boolean {
	if (process.env.CI === 'true') return true;
	try {
		execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' });
		return true;
	} catch {
		return false;
	}
}

/** `describe`, or one that is skipped and says which program is missing. */
export function describeWith(...programs: string[]): (name: string, tests: () => void) => void {
	const missing = programs.filter((program) => !hasProgram(program));
	if (missing.length === 0) return describe;
	return (name, tests) => describe.skip(`${name} (skipped: ${missing.join(', ')} is not installed)`, tests);
}

/** A Redis of its own on a free port, without files. It can be ended and started again, as empty as at first. */
export class RedisServer {
	private child?: ChildProcess;

	private folder = '';

	private constructor(readonly port: number) {}

	static async start(): Promise<RedisServer> {
		const server = new RedisServer(await freePort());
		server.folder = await mkdtemp(join(tmpdir(), 'video-engine-redis-'));
		await server.begin();
		return server;
	}

	get url(): string {
		return `redis://127.0.0.1:${this.port}/0`;
	}

	async begin(): Promise<void> {
		const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
		this.child = spawn('redis-server', [...options, '--dir', this.folder], { stdio: ['ignore', 'pipe', 'ignore'] });
		await saysLine(this.child, 'stdout', /Ready to accept connections/, START_MS);
	}

	/** Ends it at once, with all of its data. */
	async end(): Promise<void> {
		if (this.child === undefined || this.child.exitCode !== null) return;
		const ended = once(this.child, 'exit');
		this.child.kill('SIGKILL');
		await ended;
		this.child = undefined;
	}

	async stop(): Promise<void> {
		await this.end();
		await rm(this.folder, { recursive: true, force: true });
	}

	/** A client of the test's own. */
	client(): Redis {
		const client = new Redis(this.port, '127.0.0.1', { retryStrategy: () => 20, maxRetriesPerRequest: 1 });
		client.on('error', () => undefined);
		return client;
	}
}
