/** @reads nodes/ tracker/ engine/ credentials/ */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { checkForeignUrl } from '../../engine/net/foreignUrl';
import { foreignFetch, type ForeignFetchOptions, type ResolveHost } from '../../nodes/shared/foreignFetch';
import { failureOfItem } from '../support/errorItem';
import { withSandbox } from '../support/sandbox';
import { startServer, type Handler, type TestServer } from '../nodes/foreignFetch/servers';
import { credentialsOf, run } from '../nodes/spacesPersist/support';
import { call, validBody } from './support/callers';

const ROOT = join(__dirname, '../..');

/**
 * Who may talk to the network, and to whom. A file that is not named here asks nobody; a new one needs a reason.
 * All but foreignFetch talk to the address that an administrator wrote into a credential.
 */
const MAY_TALK: Record<string, string> = {
	'nodes/shared/foreignFetch/connect.ts': 'what others name, checked and pinned',
	'nodes/shared/foreignFetch/resolve.ts': 'names of what others name',
	'nodes/shared/http.ts': 'services of a credential; follows no redirect',
	'nodes/SpacesPersist/transport.ts': 'the bucket of a credential',
	'tracker/airtable/transport.ts': 'the base of a credential',
	'tracker/redis/link.ts': 'the Redis of a credential',
};
/** Who may use {@link MAY_TALK}'s `nodes/shared/http.ts`: each with an address of its credential. */
const MAY_REQUEST: Record<string, string> = {
	'nodes/Alert/transport.ts': 'Slack’s webhook of the credential',
	'nodes/Alert/sentryTransport.ts': 'Sentry’s DSN of the credential',
	'nodes/ElevenLabs/transport.ts': 'base URL of the credential',
	'nodes/ElevenLabs/savedSpeech.ts': 'our own object, at the bucket’s public address of the credential',
	'nodes/GoApi/transport.ts': 'base URL of the credential',
	'nodes/JobTracker/metaTransport.ts': 'endpoint of the credential',
	'nodes/JobTracker/spread.ts': 'the n8n of the credential',
	'nodes/NcaToolkit/transport.ts': 'base URL of the credential',
};

const TALKS =
	/\bfetch\(|\bhttpRequest(?:WithAuthentication)?\(|requestWithAuthentication|helpers\.request\b|(?:from|import\(|require\()\s*'(?:undici|node:https?|https?|node:net|node:tls|node:dns|node:dgram|axios|got|node-fetch|airtable|@aws-sdk\/client-s3|ioredis)'/;
const REQUESTS = /import \{[^}]*\brequest\b[^}]*\} from '[^']*\/http'/;

function sources(): Array<{ path: string; code: string }> {
	return ['nodes', 'tracker', 'engine', 'credentials'].flatMap((folder) =>
		readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
			.filter((path) => path.endsWith('.ts'))
			.map((path) => {
				const file = join(ROOT, folder, path);
				const text = readFileSync(file, 'utf8');
				const code = text
					.replace(/\/\*[\s\S]*?\*\//g, '')
					.replace(/^\s*\/\/.*$/gm, '')
					.replace(/import type [\s\S]*?;/g, '');
				return { path: relative(ROOT, file), code };
			}),
	);
}

describe('the code', () => {
	it('talks to the network only where it is known to', () => {
		const talking = sources()
			.filter(({ code }) => TALKS.test(code))
			.map(({ path }) => path);

		expect(talking.filter((path) => !(path in MAY_TALK))).toEqual([]);
		expect(talking).toEqual(expect.arrayContaining(['nodes/shared/http.ts', 'nodes/shared/foreignFetch/connect.ts']));
	});

	it('asks services only at the addresses of credentials', () => {
		const asking = sources()
			.filter(({ code }) => REQUESTS.test(code))
			.map(({ path }) => path);

		expect(asking.sort()).toEqual(Object.keys(MAY_REQUEST).sort());
	});

	it('never follows a redirect with a key of a credential', () => {
		expect(readFileSync(join(ROOT, 'nodes/shared/http.ts'), 'utf8')).toContain('disableFollowRedirect: true');
	});
});

describe('a result that a callback names', () => {
	it.each(['nca', 'goApi'] as const)('of %s never counts as stored by us, whatever the body says', async (service) => {
		const body = JSON.parse(validBody(service)) as Record<string, unknown>;
		const lies = {
			persisted: true,
			url: 'http://127.0.0.1/',
			bytes: 5,
			outputs: [{ persisted: true, url: 'http://x/' }],
		};
		const response = Array.isArray(body.response)
			? body.response.map((file: object) => ({ ...file, ...lies }))
			: undefined;
		const { event } = await call(service, {
			body: JSON.stringify({ ...body, ...lies, ...(response && { response }) }),
		});

		expect(event).toMatchObject({ outcome: 'completed' });
		expect(JSON.stringify(event)).not.toContain('persisted');
	});
});

/** Spellings of this machine and its neighbours; PORT is where the canary listens. */
const INSIDE = [
	'http://127.0.0.1:PORT/',
	'http://127.0.0.1.:PORT/',
	'http://localhost:PORT/',
	'http://LOCALHOST.:PORT/',
	'http://2130706433:PORT/',
	'http://0177.0.0.1:PORT/',
	'http://0x7f.1:PORT/',
	'http://127.1:PORT/',
	'http://0:PORT/',
	'http://0.0.0.0:PORT/',
	'http://[::1]:PORT/',
	'http://[::]:PORT/',
	'http://[::ffff:127.0.0.1]:PORT/',
	'http://[::ffff:7f00:1]:PORT/',
	'http://[64:ff9b::7f00:1]:PORT/',
	'http://[2002:7f00:1::]:PORT/',
	'http://[fe80::1]:PORT/',
	'http://[fc00::1]:PORT/',
	'http://[fd00:ec2::254]/latest/meta-data/',
	'http://169.254.169.254/latest/meta-data/',
	'http://10.0.0.1:PORT/',
	'http://172.16.0.1:PORT/',
	'http://192.168.0.1:PORT/',
	'http://100.64.0.1:PORT/',
	'http://user:pass@127.0.0.1:PORT/',
	'http://example.com@127.0.0.1:PORT/',
	'http://127.0.0.1:PORT\\@example.com/',
	'http://127.0.0.1:PORT#@example.com/',
	'file:///etc/passwd',
	'ftp://127.0.0.1:PORT/x',
	'gopher://127.0.0.1:PORT/_x',
	'data:video/mp4;base64,AAAA',
	'javascript:alert(1)',
	'dict://127.0.0.1:PORT/x',
	'//127.0.0.1:PORT/',
	'http:/\\127.0.0.1:PORT/',
];

describe('the one node that fetches what others name', () => {
	const sandbox = withSandbox(['spaces']);
	const servers: TestServer[] = [];
	let canary: TestServer;

	async function serve(handler: Handler): Promise<TestServer> {
		const server = await startServer(handler);
		servers.push(server);
		return server;
	}

	async function persist(url: string, ...allowed: TestServer[]) {
		const [items] = await run(
			credentialsOf(sandbox(), ...allowed),
			{ url, objectKey: 'videos/v/x.mp4' },
			{ continueOnFail: true },
		);
		return failureOfItem(items[0]);
	}

	beforeEach(async () => {
		canary = await serve((_request, response) => response.end('internal secret'));
	});
	afterEach(async () => {
		await Promise.all(servers.splice(0).map(async (server) => await server.close()));
	});

	it.each(INSIDE)('refuses %s, fetched: 0', async (url) => {
		const failure = await persist(url.replaceAll('PORT', String(canary.port)));

		expect(failure).toMatchObject({ retryable: false });
		expect(['refused', 'invalid_input']).toContain(failure?.class);
		expect(canary.connections()).toBe(0);
	});

	it.each(INSIDE)('refuses a redirect to %s, fetched: 0', async (url) => {
		const location = url.replaceAll('PORT', String(canary.port));
		const outside = await serve((_request, response) => response.writeHead(302, { location }).end());

		const failure = await persist(`${outside.url}/clip.mp4`, outside);

		expect(['refused', 'invalid_input']).toContain(failure?.class);
		expect(outside.requests).toHaveLength(1);
		expect(canary.connections()).toBe(0);
	});
});

describe('a name', () => {
	const resolveTo =
		(addresses: string[]): ResolveHost =>
		async () =>
			addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
	const codeOf = async (url: string, options: ForeignFetchOptions) => {
		const result = await foreignFetch(url, { timeoutMs: 5_000, ...options });
		return result.ok ? 'ok' : result.code;
	};

	it.each([
		['metadata.google.internal', ['169.254.169.254']],
		['instance-data.ec2.internal', ['fd00:ec2::254']],
		['localtest.example.com', ['127.0.0.1']],
		['mixed.example.com', ['93.184.216.34', '::ffff:10.0.0.1']],
	])('%s that leads inside is not fetched', async (host, addresses) => {
		expect(await codeOf(`http://${host}/latest/`, { resolveHost: resolveTo(addresses) })).toBe('address_forbidden');
	});

	it('on the list of internal hosts opens neither its other ports nor the metadata service', () => {
		expect(checkForeignUrl('http://nca:8080/x', ['nca:8080'])).toMatchObject({ ok: true });
		expect(checkForeignUrl('http://nca:22/x', ['nca:8080'])).toMatchObject({ ok: false });
		expect(checkForeignUrl('http://169.254.169.254:80/x', ['169.254.169.254:80'])).toMatchObject({ ok: false });
	});
});

describe('a server that', () => {
	async function fetchFrom(handler: Handler, options: ForeignFetchOptions): Promise<string> {
		const server = await startServer(handler);
		try {
			const answer = await foreignFetch(server.url, { allowedInternalHosts: [`127.0.0.1:${server.port}`], ...options });
			if (!answer.ok) return answer.code;
			let bytes = 0;
			for await (const chunk of answer.value.body) bytes += chunk.byteLength;
			return `${bytes} bytes`;
		} catch (error) {
			return (error as { code: string }).code;
		} finally {
			await server.close();
		}
	}

	it.each<[string, Handler, ForeignFetchOptions, string]>([
		[
			'drips for ever is cut off by the time for the whole',
			(_request, response) => {
				const timer = setInterval(() => response.write('x'), 5);
				response.on('close', () => clearInterval(timer));
			},
			{ timeoutMs: 1_500 },
			'timeout',
		],
		[
			'never ends is cut off by size',
			(_request, response) => {
				const more = () => response.write(Buffer.alloc(4096), () => !response.destroyed && more());
				more();
			},
			{ maxBytes: 100_000 },
			'too_large',
		],
		[
			'announces less than it sends gives no more than announced',
			(_request, response) => {
				response.socket?.end('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfourAND A LOT MORE');
			},
			{ maxBytes: 100 },
			'4 bytes',
		],
		[
			'announces more than it sends is noticed',
			(_request, response) => {
				response.socket?.end('HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\nfour');
			},
			{ maxBytes: 1000 },
			'body_cut',
		],
		[
			'sends a compressed bomb is refused before a byte is unpacked',
			(_request, response) => {
				response.writeHead(200, { 'content-encoding': 'gzip' }).end(Buffer.alloc(100));
			},
			{},
			'encoding_refused',
		],
		[
			'sends endless headers is refused',
			(_request, response) => {
				response.socket?.end(`HTTP/1.1 200 OK\r\nx-a: ${'a'.repeat(200_000)}\r\n\r\n`);
			},
			{},
			'request_invalid',
		],
		[
			'redirects in a circle is left after five hops',
			(_request, response) => {
				response.writeHead(302, { location: '/again' }).end();
			},
			{},
			'redirects_too_many',
		],
	])('%s', async (_what, handler, options, outcome) => {
		expect(await fetchFrom(handler, options)).toBe(outcome);
	});
});
