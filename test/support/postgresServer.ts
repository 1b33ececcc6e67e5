import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../sandbox/demo/n8n';
import { saysLine } from './processes';

const run = promisify(execFile);
const START_MS = 60_000;
const USER = 'n8n';

/** Debian keeps the programs of PostgreSQL outside of the search path. */
const FOLDERS = [...globSync('/usr/lib/postgresql/*/bin').sort().reverse(), '/usr/local/bin', '/usr/bin'];

function programPath(name: string): string | undefined {
	return FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Whether PostgreSQL is on this machine; in CI it must be. */
export function hasPostgres(): boolean {
	return process.env.CI === 'true' || programPath('initdb') !== undefined;
}

interface Account {
	uid: number;
	gid: number;
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package made, or as nobody. */
function unprivileged(): Account | undefined {
	if (process.getuid?.() !== 0) return undefined;
	const idOf = (flag: string, user: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
	for (const user of ['postgres', 'nobody']) {
		try {
			return { uid: idOf('-u', user), gid: idOf('-g', user) };
		} catch {
			continue;
		}
	}
	throw new Error('There is no user that PostgreSQL could run as');
}

/** A PostgreSQL of its own on a free port, whose files go away with it. */
export class PostgresServer {
	readonly host = '127.0.0.1';
	readonly user = USER;
	readonly password = '';
	readonly database = 'postgres';

	private constructor(
		readonly port: number,
		private readonly folder: string,
		private readonly child: ChildProcess,
	) {}

	static async start(): Promise<PostgresServer> {
		const account = unprivileged();
		const folder = await mkdtemp(join(tmpdir(), 'video-engine-postgres-'));
		if (account) await chown(folder, account.uid, account.gid);
		await chmod(folder, 0o700);
		const port = await freePort();
		const data = join(folder, 'data');
		const { PATH, VIDEO_ENGINE_TEST_RUN } = process.env;
		const options = { ...account, cwd: folder, env: { PATH, VIDEO_ENGINE_TEST_RUN, LC_ALL: 'C' } };
		const initdb = programPath('initdb') ?? 'initdb';
		await run(initdb, ['-D', data, '-U', USER, '--auth=trust', '--encoding=UTF8', '--no-sync'], options);
		const settings = [`listen_addresses=127.0.0.1`, `unix_socket_directories=${folder}`, 'fsync=off'];
		const child = spawn(
			programPath('postgres') ?? 'postgres',
			['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
			{ ...options, stdio: ['ignore', 'ignore', 'pipe'] },
		);
		await saysLine(child, 'stderr', /ready to accept connections/, START_MS);
		return new PostgresServer(port, folder, child);
	}

	async stop(): Promise<void> {
		if (this.child.exitCode === null) {
			const ended = once(this.child, 'exit');
			// Without waiting for its clients.
			this.child.kill('SIGINT');
			await ended;
		}
		await rm(this.folder, { recursive: true, force: true });
	}
}
