/**
 * A large file from a URL into the Spaces stand-in: streamed by Spaces Persist, and by a peer that fetches it whole and
 * sends it with one PutObject. Each way runs in a process of its own, so that its memory is its own.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSandbox } from '../sandbox';
import { buffered, streamed, type PersistJob } from './support/persistWays';
import { readSize, rounded, runProgram, type Finding } from './support/program';

const MIB = 200;
const BYTES_PER_MIB = 1024 * 1024;
const KIB_PER_MIB = 1024;
const ROUNDS = 3;
const WAYS = { streamed, buffered };

interface Figures {
	seconds: number;
	/** Peak of the whole process, its libraries included. */
	peakMib: number;
	/** What the process held before the file. */
	baseMib: number;
}

async function measure(argv: string[]): Promise<Finding> {
	const mib = readSize(argv, 'mib', MIB);
	const source = await serve(mib * BYTES_PER_MIB);
	const sandbox = await startSandbox({ services: ['spaces'] });
	try {
		const { port } = source.address() as AddressInfo;
		const job = {
			credentials: { ...sandbox.credentials('spaces'), allowedInternalHosts: `127.0.0.1:${port}` },
			url: `http://127.0.0.1:${port}/film.mp4`,
			bytes: mib * BYTES_PER_MIB,
		};
		const ours = await bestOf('streamed', job);
		const peer = await bestOf('buffered', job);
		return {
			what: `${mib} MiB from a URL into Spaces, the best of ${ROUNDS} rounds`,
			rows: [
				{ name: 'streamed by Spaces Persist', ...ours },
				{ name: 'fetched whole, one PutObject', ...peer },
			],
			ratios: {
				seconds: ours.seconds / peer.seconds,
				'peak memory': ours.peakMib / peer.peakMib,
				'memory for the file': (ours.peakMib - ours.baseMib) / (peer.peakMib - peer.baseMib),
			},
		};
	} finally {
		await sandbox.stop();
		source.close();
	}
}

/** The quickest round of a way; the memory is that of the same round. */
async function bestOf(way: keyof typeof WAYS, job: Omit<PersistJob, 'key'>): Promise<Figures> {
	const rounds: Figures[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		rounds.push(await inOwnProcess(way, { ...job, key: `bench/${way}-${round}.mp4` }));
	}
	return rounds.reduce((best, figures) => (figures.seconds < best.seconds ? figures : best));
}

async function inOwnProcess(way: keyof typeof WAYS, job: PersistJob): Promise<Figures> {
	const child = fork(process.argv[1], ['--way', way], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
	const ended = once(child, 'exit');
	const answered = once(child, 'message');
	child.send(job);
	const [first] = await Promise.race([answered, ended]);
	await ended;
	if (first === null || typeof first !== 'object') throw new Error(`${way} ended with ${String(first)}`);
	return first as Figures;
}

/** The other end of {@link inOwnProcess}. */
async function answerParent(way: keyof typeof WAYS): Promise<void> {
	const [job] = (await once(process, 'message')) as [PersistJob];
	const baseMib = process.resourceUsage().maxRSS / KIB_PER_MIB;
	const startedMs = performance.now();
	await WAYS[way](job);
	const seconds = (performance.now() - startedMs) / 1000;
	const peakMib = process.resourceUsage().maxRSS / KIB_PER_MIB;
	process.send?.({ seconds: rounded(seconds), peakMib: rounded(peakMib), baseMib: rounded(baseMib) });
	process.disconnect();
}

/** A server that has one large file. */
async function serve(bytes: number): Promise<Server> {
	const chunk = Buffer.alloc(Math.min(bytes, BYTES_PER_MIB), 0x55);
	// The beginning of an MP4 file: what is stored is checked against its type.
	chunk.write('\0\0\0\u0018ftypisom\0\0\u0002\0isommp42', 0, 'latin1');
	const server = createServer(async (_request, response) => {
		response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': bytes, etag: '"1"' });
		for (let sent = 0; sent < bytes; sent += chunk.length) {
			if (!response.write(chunk.subarray(0, bytes - sent))) await once(response, 'drain');
		}
		response.end();
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return server;
}

const way = process.argv[2] === '--way' ? process.argv[3] : undefined;
if (way === 'streamed' || way === 'buffered') void answerParent(way);
else runProgram(measure);
