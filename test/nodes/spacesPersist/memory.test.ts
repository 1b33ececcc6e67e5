import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { SpacesCredentials } from '../../../engine/net/spaces';
import { runOne } from './support';

const MIB = 1024 * 1024;
const FILE_BYTES = 300 * MIB;
const EXTRA_MAX_MIB = 64;

let servers: ChildProcess;
let ports: { sourcePort: number; storePort: number };
beforeAll(async () => {
	servers = fork(join(__dirname, 'memoryServers.mjs'), { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
	if (servers.stdout === null) throw new Error('The servers have no output');
	const [line] = (await once(servers.stdout, 'data')) as [Buffer];
	ports = JSON.parse(line.toString('utf8')) as typeof ports;
});
afterAll(async () => {
	const ended = once(servers, 'exit');
	servers.kill();
	await ended;
});

it('keeps a file of 300 MB out of memory', async () => {
	const credentials: SpacesCredentials = {
		...{ region: 'nyc3', endpoint: `http://127.0.0.1:${ports.storePort}`, bucket: 'media-bucket' },
		...{ accessKey: 'key', secretKey: 'secret', publicBaseUrl: '', forcePathStyle: true },
		allowedInternalHosts: `127.0.0.1:${ports.sourcePort}`,
	};
	const persist = async (bytes: number) =>
		await runOne(credentials, { url: `http://127.0.0.1:${ports.sourcePort}/?bytes=${bytes}`, objectKey: 'film.mp3' });
	// Loads the libraries, which are no part of what a file costs.
	await persist(2 * MIB);

	const before = process.memoryUsage().rss;
	let peakMib = 0;
	const timer = setInterval(() => {
		peakMib = Math.max(peakMib, (process.memoryUsage().rss - before) / MIB);
	}, 5);
	const result = await persist(FILE_BYTES);
	clearInterval(timer);

	expect(result).toMatchObject({ bytes: FILE_BYTES, how: 'uploaded' });
	expect(peakMib).toBeLessThan(EXTRA_MAX_MIB);
}, 60_000);
