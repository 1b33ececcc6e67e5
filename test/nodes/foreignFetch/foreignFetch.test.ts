import type { NodeEgressFilter } from 'n8n-workflow';
import {
	egressFilterOf,
	foreignFailure,
	foreignFetch,
	ForeignFetchError,
	type ForeignFetchOptions,
	type ForeignResponse,
	type ResolveHost,
} from '../../../nodes/shared/foreignFetch';
import { startServer, type Handler, type TestServer } from './servers';

const servers: TestServer[] = [];

async function serve(handler: Handler): Promise<TestServer> {
	return await serveAt('127.0.0.1', 0, handler);
}

async function serveAt(address: string, port: number, handler: Handler): Promise<TestServer> {
	const server = await startServer(handler, address, port);
	servers.push(server);
	return server;
}

/** Fetches from a server of this test, which lies on loopback and so has to be allow-listed. */
async function fetchAllowed(server: TestServer, path: string, options: ForeignFetchOptions = {}) {
	return await foreignFetch(`${server.url}${path}`, { allowedInternalHosts: [`127.0.0.1:${server.port}`], ...options });
}

async function read(response: ForeignResponse): Promise<string> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of response.body) chunks.push(chunk);
	return Buffer.concat(chunks).toString('utf8');
}

function valueOf<T>(result: { ok: true; value: T } | { ok: false; code: string }): T {
	if (!result.ok) throw new Error(`refused: ${result.code}`);
	return result.value;
}

function codeOf(result: { ok: true } | { ok: false; code: string }): string {
	return result.ok ? 'ok' : result.code;
}

const resolveTo =
	(...addresses: string[]): ResolveHost =>
	async () =>
		addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

afterEach(async () => {
	await Promise.all(servers.splice(0).map(async (server) => await server.close()));
});

describe('what is never connected to', () => {
	let inside: TestServer;
	beforeEach(async () => {
		inside = await serve((_request, response) => response.end('internal secret'));
	});
	const expectRefused = async (url: string, code: string, options: ForeignFetchOptions = {}) => {
		const result = await foreignFetch(url.replaceAll('PORT', String(inside.port)), options);
		expect(codeOf(result)).toBe(code);
		expect(inside.connections()).toBe(0);
	};

	test.each([
		['loopback', 'http://127.0.0.1:PORT/'],
		['loopback, another number', 'http://127.1.2.3:PORT/'],
		['loopback, short', 'http://127.1:PORT/'],
		['loopback, decimal', 'http://2130706433:PORT/'],
		['loopback, octal', 'http://0177.0.0.1:PORT/'],
		['loopback, hex', 'http://0x7f.0x0.0x0.0x1:PORT/'],
		['loopback, one hex number', 'http://0x7f000001:PORT/'],
		['loopback, full-width digits', 'http://１２７.0.0.1:PORT/'],
		['loopback, percent-encoded', 'http://%31%32%37.0.0.1:PORT/'],
		['loopback with a dot at the end', 'http://127.0.0.1.:PORT/'],
		['unspecified', 'http://0.0.0.0:PORT/'],
		['unspecified, short', 'http://0:PORT/'],
		['private 10/8', 'http://10.0.0.1:PORT/'],
		['private 172.16/12', 'http://172.31.255.254:PORT/'],
		['private 192.168/16', 'http://192.168.1.1:PORT/'],
		['carrier-grade NAT', 'http://100.64.0.1:PORT/'],
		['cloud metadata', 'http://169.254.169.254/latest/meta-data/'],
		['cloud metadata of Azure', 'http://168.63.129.16/machine?comp=goalstate'],
		['cloud metadata of Alibaba', 'http://100.100.100.200/latest/meta-data/'],
		['cloud metadata of Oracle', 'http://192.0.0.192/opc/v2/'],
		['link-local', 'http://169.254.10.10:PORT/'],
		['multicast', 'http://224.0.0.1:PORT/'],
		['broadcast', 'http://255.255.255.255:PORT/'],
		['reserved', 'http://240.0.0.1:PORT/'],
		['benchmarking', 'http://198.18.0.1:PORT/'],
		['documentation', 'http://203.0.113.7:PORT/'],
		['IPv6 loopback', 'http://[::1]:PORT/'],
		['IPv6 loopback, written out', 'http://[0:0:0:0:0:0:0:1]:PORT/'],
		['IPv6 unspecified', 'http://[::]:PORT/'],
		['IPv6 link-local', 'http://[fe80::1]:PORT/'],
		['IPv6 site-local', 'http://[fec0::1]:PORT/'],
		['IPv6 unique local', 'http://[fd00:ec2::254]:PORT/'],
		['IPv6 multicast', 'http://[ff02::1]:PORT/'],
		['IPv6 documentation', 'http://[2001:db8::1]:PORT/'],
		['IPv4-mapped', 'http://[::ffff:127.0.0.1]:PORT/'],
		['IPv4-mapped, hex', 'http://[::ffff:7f00:1]:PORT/'],
		['IPv4-compatible', 'http://[::127.0.0.1]:PORT/'],
		['IPv4-translated', 'http://[::ffff:0:7f00:1]:PORT/'],
		['6to4', 'http://[2002:7f00:1::]:PORT/'],
		['NAT64', 'http://[64:ff9b::7f00:1]:PORT/'],
		['NAT64, local use', 'http://[64:ff9b:1::7f00:1]:PORT/'],
		['Teredo', 'http://[2001:0:7f00:1::]:PORT/'],
	])('%s', async (_name, url) => await expectRefused(url, 'address_forbidden'));

	test.each([
		['file', 'file:///etc/passwd', 'url_scheme'],
		['ftp', 'ftp://127.0.0.1:PORT/x', 'url_scheme'],
		['gopher', 'gopher://127.0.0.1:PORT/_x', 'url_scheme'],
		['data', 'data:text/html,x', 'url_scheme'],
		['javascript', 'javascript:alert(1)', 'url_scheme'],
		['a user name', 'http://user@example.com/', 'url_credentials'],
		['a password', 'http://:secret@example.com/', 'url_credentials'],
		['a host hidden behind @', 'http://example.com@127.0.0.1:PORT/', 'url_credentials'],
		['no host', 'http://', 'url_malformed'],
		['a relative URL', '/etc/passwd', 'url_malformed'],
		['nothing', '', 'url_malformed'],
		['an address with a zone', 'http://[fe80::1%25eth0]:PORT/', 'url_malformed'],
		['an endless URL', `http://example.com/${'a'.repeat(9000)}`, 'url_malformed'],
		['the port of SSH', 'http://example.com:22/', 'url_port'],
		['the port of a mail server', 'http://example.com:25/', 'url_port'],
		['the port of an X server', 'http://example.com:6000/', 'url_port'],
	])('%s', async (_name, url, code) => await expectRefused(url, code));

	test.each([
		['loopback', ['127.0.0.1']],
		['a private address', ['10.1.2.3']],
		['the metadata service', ['169.254.169.254']],
		['IPv6 loopback', ['::1']],
		['a mapped address', ['::ffff:127.0.0.1']],
		['a public and a private address', ['93.184.216.34', '127.0.0.1']],
		['an IPv6 and a private address', ['2606:4700::1111', '192.168.0.1']],
		['an address with a zone', ['fe80::1%eth0']],
	])('a name that resolves to %s', async (_name, addresses) => {
		await expectRefused('http://media.example.com:PORT/', 'address_forbidden', {
			resolveHost: resolveTo(...addresses),
		});
	});

	it('a name that resolves to nonsense or to nothing', async () => {
		await expectRefused('http://media.example.com:PORT/', 'address_malformed', {
			resolveHost: resolveTo('not-an-address'),
		});
		await expectRefused('http://media.example.com:PORT/', 'host_not_found', { resolveHost: resolveTo() });
	});

	it('localhost, by the resolver of this machine', async () => {
		await expectRefused('http://localhost:PORT/', 'address_forbidden');
		await expectRefused('http://LOCALHOST.:PORT/', 'address_forbidden');
	});

	it('a host of which another port is allow-listed', async () => {
		await expectRefused('http://127.0.0.1:PORT/', 'address_forbidden', { allowedInternalHosts: ['127.0.0.1:1'] });
	});

	it('the metadata service behind an allow-listed name', async () => {
		const allowedInternalHosts = [`nca-toolkit:${inside.port}`];
		const resolveHost = resolveTo('169.254.169.254');
		await expectRefused('http://nca-toolkit:PORT/', 'address_forbidden', { allowedInternalHosts, resolveHost });
	});
});

describe('names', () => {
	it('fetches from an allow-listed name, asks its resolver once and sends the name as host', async () => {
		const server = await serve((_request, response) => response.end('clip'));
		let lookups = 0;
		const resolveHost: ResolveHost = async (hostname) => {
			expect(hostname).toBe('nca-toolkit');
			lookups++;
			return [{ address: '127.0.0.1', family: 4 }];
		};
		const allowedInternalHosts = [`nca-toolkit:${server.port}`];
		const url = `http://nca-toolkit:${server.port}/out.mp4`;
		const response = valueOf(await foreignFetch(url, { allowedInternalHosts, resolveHost }));
		expect(await read(response)).toBe('clip');
		expect(lookups).toBe(1);
		expect(server.headers[0].host).toBe(`nca-toolkit:${server.port}`);
	});

	it('connects to the checked address although the name points elsewhere a moment later', async () => {
		const checked = await serve((_request, response) => response.end('checked'));
		const elsewhere = await serveAt('127.0.0.2', checked.port, (_request, response) => response.end('elsewhere'));
		let lookups = 0;
		const resolveHost: ResolveHost = async () => [{ address: lookups++ === 0 ? '127.0.0.1' : '127.0.0.2', family: 4 }];
		const allowedInternalHosts = [`rebind.example.com:${checked.port}`];
		const url = `http://rebind.example.com:${checked.port}/`;
		const response = valueOf(await foreignFetch(url, { allowedInternalHosts, resolveHost }));
		expect(await read(response)).toBe('checked');
		expect(lookups).toBe(1);
		expect(elsewhere.connections()).toBe(0);
	});

	it('refuses the second fetch of a name that was public before and is private now', async () => {
		const inside = await serve((_request, response) => response.end('internal secret'));
		const answers = [['93.184.216.34', '10.0.0.1'], ['127.0.0.1']];
		const resolveHost: ResolveHost = async () =>
			(answers.shift() ?? []).map((address) => ({ address, family: 4 as const }));
		const url = `http://rebind.example.com:${inside.port}/`;
		expect(codeOf(await foreignFetch(url, { resolveHost }))).toBe('address_forbidden');
		expect(codeOf(await foreignFetch(url, { resolveHost }))).toBe('address_forbidden');
		expect(inside.connections()).toBe(0);
	});

	it('resolves with the resolver of the machine when none is given', async () => {
		const server = await serve((_request, response) => response.end('clip'));
		const allowedInternalHosts = [`localhost:${server.port}`];
		const response = valueOf(await foreignFetch(`http://localhost:${server.port}/`, { allowedInternalHosts }));
		expect(await read(response)).toBe('clip');
	});

	it('reports a name that does not exist', async () => {
		const result = await foreignFetch('http://no-such-name.invalid/');
		expect(codeOf(result)).toBe('host_not_found');
	});

	it('gives up on a resolver that never answers', async () => {
		const resolveHost: ResolveHost = async () => await new Promise(() => undefined);
		expect(codeOf(await foreignFetch('http://slow.example.com/', { resolveHost, timeoutMs: 50 }))).toBe('timeout');
	});
});

describe("n8n's own egress rules", () => {
	type Lookup = ReturnType<NodeEgressFilter['createSecureLookup']>;
	const filterWith = (parts: Partial<NodeEgressFilter>): NodeEgressFilter => ({
		validateUrl: async () => ({ ok: true, result: undefined }),
		validateConnectionHost: () => ({ ok: true, result: undefined }),
		createSecureLookup: () => ((_host, _options, callback) => callback(new Error('not allowed'), '')) as Lookup,
		validateRedirectSync: () => undefined,
		...parts,
	});

	it('are taken from the helpers where they exist', () => {
		const filter = filterWith({});
		expect(egressFilterOf({ getSecureEgressFilter: () => filter })).toBe(filter);
		expect(egressFilterOf({})).toBeUndefined();
	});

	it('refuse a URL before its name is looked up', async () => {
		const createSecureLookup = jest.fn();
		const egress = filterWith({ validateUrl: async () => ({ ok: false, error: new Error('no') }), createSecureLookup });
		expect(codeOf(await foreignFetch('http://example.com/', { egress }))).toBe('egress_refused');
		expect(createSecureLookup).not.toHaveBeenCalled();
	});

	it('refuse an address at look-up', async () => {
		expect(codeOf(await foreignFetch('http://example.com/', { egress: filterWith({}) }))).toBe('egress_refused');
	});

	it('do not replace the checks of this package', async () => {
		const lookup = ((_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }])) as Lookup;
		const egress = filterWith({ createSecureLookup: () => lookup });
		expect(codeOf(await foreignFetch('http://example.com/', { egress }))).toBe('address_forbidden');
	});
});

describe('redirects', () => {
	it('are followed within limits, with the last URL told', async () => {
		const server = await serve((request, response) => {
			if (request.url === '/a') response.writeHead(302, { location: 'b?x=1' }).end();
			else response.end('here');
		});
		const response = valueOf(await fetchAllowed(server, '/a'));
		expect(await read(response)).toBe('here');
		expect(response.finalUrl).toBe(`${server.url}/b?x=1`);
	});

	it('are checked hop by hop', async () => {
		const inside = await serve((_request, response) => response.end('internal secret'));
		for (const [location, code] of [
			[`http://127.0.0.1:${inside.port}/`, 'address_forbidden'],
			[`http://[::ffff:127.0.0.1]:${inside.port}/`, 'address_forbidden'],
			[`//0x7f000001:${inside.port}/`, 'address_forbidden'],
			['http://169.254.169.254/latest/meta-data/', 'address_forbidden'],
			['file:///etc/passwd', 'url_scheme'],
			['http://user:pass@example.com/', 'url_credentials'],
			['http://example.com:22/', 'url_port'],
		]) {
			const first = await serve((request, response) => {
				if (request.url === '/1') response.writeHead(307, { location: '/2' }).end();
				else response.writeHead(301, { location }).end('moved');
			});
			expect(codeOf(await fetchAllowed(first, '/1'))).toBe(code);
			expect(first.requests).toEqual(['GET /1', 'GET /2']);
		}
		expect(inside.connections()).toBe(0);
	});

	it('to a name that resolves inside are refused', async () => {
		const inside = await serve((_request, response) => response.end('internal secret'));
		const location = `http://innocent.example.com:${inside.port}/`;
		const first = await serve((_request, response) => response.writeHead(302, { location }).end());
		expect(codeOf(await fetchAllowed(first, '/', { resolveHost: resolveTo('127.0.0.1') }))).toBe('address_forbidden');
		expect(inside.connections()).toBe(0);
	});

	it('end after five', async () => {
		const server = await serve((_request, response) => response.writeHead(302, { location: '/again' }).end());
		expect(codeOf(await fetchAllowed(server, '/'))).toBe('redirects_too_many');
		expect(server.requests).toHaveLength(6);
	});

	it('take no key to another origin', async () => {
		const second = await serve((_request, response) => response.end('ok'));
		const first = await serve((_request, response) => response.writeHead(302, { location: `${second.url}/` }).end());
		const allowedInternalHosts = [`127.0.0.1:${first.port}`, `127.0.0.1:${second.port}`];
		const headers = { Authorization: 'Bearer key', 'X-Api-Key': 'key', Cookie: 'a=b', Accept: 'video/*' };
		const range = { from: 5, validator: '"v1"' };
		const response = valueOf(await foreignFetch(first.url, { allowedInternalHosts, headers, range }));
		await response.discard();
		expect(first.headers[0]).toMatchObject({ authorization: 'Bearer key', 'x-api-key': 'key', cookie: 'a=b' });
		expect(second.headers[0]).not.toHaveProperty('authorization');
		expect(second.headers[0]).not.toHaveProperty('x-api-key');
		expect(second.headers[0]).not.toHaveProperty('cookie');
		expect(second.headers[0]).toMatchObject({ accept: 'video/*', range: 'bytes=5-', 'if-range': '"v1"' });
	});

	it('are not followed with a body', async () => {
		const server = await serve((_request, response) => response.writeHead(307, { location: '/x' }).end());
		expect(codeOf(await fetchAllowed(server, '/', { method: 'POST', body: '{}' }))).toBe('redirect_refused');
		expect(server.requests).toEqual(['POST /']);
	});
});

describe('limits', () => {
	it('refuses a file that announces too much, before its body', async () => {
		const server = await serve((_request, response) => response.writeHead(200, { 'content-length': '1000' }).end());
		expect(codeOf(await fetchAllowed(server, '/', { maxBytes: 999 }))).toBe('too_large');
	});

	it('ends a body that grows beyond the limit', async () => {
		const server = await serve((_request, response) => {
			const more = () => response.write(Buffer.alloc(1000), () => !response.destroyed && more());
			more();
		});
		const response = valueOf(await fetchAllowed(server, '/', { maxBytes: 50_000 }));
		await expect(read(response)).rejects.toMatchObject({ code: 'too_large' });
	});

	it('ends a fetch that takes too long altogether, though bytes keep coming', async () => {
		const server = await serve((_request, response) => {
			const timer = setInterval(() => response.write('x'), 10);
			response.on('close', () => clearInterval(timer));
		});
		const response = valueOf(await fetchAllowed(server, '/', { timeoutMs: 1_500 }));
		await expect(read(response)).rejects.toMatchObject({ code: 'timeout' });
	});

	it('ends a fetch whose body falls silent', async () => {
		const server = await serve((_request, response) => response.write('some'));
		const response = valueOf(await fetchAllowed(server, '/', { idleTimeoutMs: 1_000 }));
		await expect(read(response)).rejects.toMatchObject({ code: 'timeout' });
	});

	it('ends a fetch whose headers never come', async () => {
		const server = await serve(() => undefined);
		expect(codeOf(await fetchAllowed(server, '/', { idleTimeoutMs: 100 }))).toBe('timeout');
	});

	it('notices a body that is cut', async () => {
		const server = await serve((_request, response) => {
			response.writeHead(200, { 'content-length': '100' });
			response.write('only this', () => response.destroy());
		});
		const response = valueOf(await fetchAllowed(server, '/'));
		const error = await read(response).catch((caught: unknown) => caught);
		expect(error).toBeInstanceOf(ForeignFetchError);
		expect(error).toMatchObject({ code: 'body_cut' });
	});

	it('ends at once when the execution is cancelled', async () => {
		const server = await serve((_request, response) => response.write('some'));
		const controller = new AbortController();
		const response = valueOf(await fetchAllowed(server, '/', { signal: controller.signal }));
		const reading = read(response);
		controller.abort();
		await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
		expect(codeOf(await fetchAllowed(server, '/', { signal: controller.signal }))).toBe('cancelled');
	});

	it('refuses compressed bodies, and takes what S3 clients leave behind', async () => {
		const server = await serve((request, response) => {
			response.writeHead(200, { 'content-encoding': request.url === '/gzip' ? 'gzip' : 'aws-chunked' }).end('x');
		});
		expect(codeOf(await fetchAllowed(server, '/gzip'))).toBe('encoding_refused');
		expect(server.headers[0]['accept-encoding']).toBe('identity');
		expect(await read(valueOf(await fetchAllowed(server, '/plain')))).toBe('x');
	});

	it('refuses headers that would smuggle a second request', async () => {
		const server = await serve((_request, response) => response.end('x'));
		const headers = { 'x-note': 'a\r\nhost: evil' };
		expect(codeOf(await fetchAllowed(server, '/', { headers }))).toBe('request_invalid');
		expect(server.requests).toEqual([]);
	});
});

describe('answers', () => {
	it('gives any status, with headers in lower case', async () => {
		const server = await serve((_request, response) => response.writeHead(404, { 'X-Why': 'gone' }).end('no'));
		const response = valueOf(await fetchAllowed(server, '/'));
		expect(response).toMatchObject({ status: 404, headers: { 'x-why': 'gone' } });
		expect(await read(response)).toBe('no');
	});

	it('answers HEAD without a body', async () => {
		const server = await serve((_request, response) => response.writeHead(200, { 'content-length': '12' }).end());
		const response = valueOf(await fetchAllowed(server, '/', { method: 'HEAD', maxBytes: 5 }));
		expect(response.headers['content-length']).toBe('12');
		expect(await read(response)).toBe('');
	});

	it('reports a refused connection without showing the URL', async () => {
		const server = await serve((_request, response) => response.end());
		await server.close();
		servers.length = 0;
		const result = await fetchAllowed(server, '/?sig=secret');
		expect(codeOf(result)).toBe('connect_failed');
		expect(JSON.stringify(result)).not.toContain('secret');
	});

	it('tells which failures are worth another try', () => {
		const retryable = (code: string) => foreignFailure({ code, message: '' }).retryable;
		expect(['connect_failed', 'timeout', 'body_cut', 'host_not_found'].map(retryable)).toEqual([
			true,
			true,
			true,
			true,
		]);
		expect(['address_forbidden', 'url_scheme', 'too_large', 'cancelled'].map(retryable)).toEqual([
			false,
			false,
			false,
			false,
		]);
	});
});
