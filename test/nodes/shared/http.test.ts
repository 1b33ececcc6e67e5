import { ServiceError } from '../../../nodes/shared/errors';
import { request, type HttpRequest, type HttpTiming } from '../../../nodes/shared/http';
import { parseRetryAfterS } from '../../../nodes/shared/retryAfter';
import { httpOverFetch } from '../../support/httpOverFetch';
import { NOBODY_URL } from '../../support/nobody';
import { startFakeServer, type FakeReply, type FakeServer } from './fakeServer';

const CTX = { helpers: { httpRequest: httpOverFetch } };

/** Long enough for a busy machine to receive a call before it is given up. */
const HANG_MS = 1_500;

let server: FakeServer;
let pauses: number[];

const timing: HttpTiming = {
	random: () => 0.5,
	nowMs: () => Date.parse('2026-01-01T00:00:00Z'),
	async sleep(ms, signal) {
		pauses.push(ms);
		signal?.throwIfAborted();
	},
};

async function serve(...replies: FakeReply[]): Promise<void> {
	server = await startFakeServer((_, index) => replies[Math.min(index, replies.length - 1)]);
}

function ask(more: Partial<HttpRequest> = {}) {
	return request(CTX, { service: 'Test', method: 'POST', url: server.baseUrl, body: { a: 1 }, timing, ...more });
}

async function failureOfAsk(more: Partial<HttpRequest> = {}) {
	const error = await ask(more).catch((reason: unknown) => reason);
	if (!(error instanceof ServiceError)) throw new Error('expected a ServiceError');
	return error.failure;
}

beforeEach(() => {
	pauses = [];
});
afterEach(async () => await server?.close());

describe('request', () => {
	it('sends JSON and reads JSON, with header names in lower case', async () => {
		await serve({ body: { ok: true }, headers: { 'Request-Id': 'r1' } });

		const answer = await ask({ qs: { x: 1 }, headers: { 'x-key': 'k' } });

		expect(answer).toMatchObject({ status: 200, body: { ok: true }, headers: { 'request-id': 'r1' } });
		const [received] = server.requests;
		expect(received.headers).toMatchObject({ 'x-key': 'k', 'content-type': 'application/json' });
		expect([received.query.get('x'), received.body.toString()]).toEqual(['1', '{"a":1}']);
	});

	it('gives bytes on demand, and still reads the JSON of a refusal', async () => {
		await serve({ body: Buffer.from([0, 255, 1]) }, { status: 400, body: { message: 'wrong voice' } });

		const answer = await ask({ encoding: 'arraybuffer' });
		const failure = await failureOfAsk({ encoding: 'arraybuffer' });

		expect([...(answer.body as Buffer)]).toEqual([0, 255, 1]);
		expect(failure).toMatchObject({ class: 'invalid_input', message: 'wrong voice', began: 'no', httpStatus: 400 });
	});

	it('takes the title of an HTML error page as the words of the service', async () => {
		await serve({ status: 502, body: '<html><head><title>502 Bad Gateway</title></head></html>' });

		expect(await failureOfAsk()).toMatchObject({ class: 'unavailable', message: '502 Bad Gateway', began: 'unknown' });
		expect(server.requests).toHaveLength(1);
	});

	it('repeats a paid call after 429, with the pause that the service asks for', async () => {
		await serve({ status: 429, headers: { 'retry-after': '2' } }, { status: 429 }, { body: { done: 1 } });

		const { body } = await ask();

		expect(body).toEqual({ done: 1 });
		expect(server.requests).toHaveLength(3);
		expect(pauses).toEqual([2250, 750]);
	});

	it('repeats a paid call after a 503 that names a time, but not after a bare one', async () => {
		await serve({ status: 503, headers: { 'retry-after': '1' } }, { status: 503 });

		expect(await failureOfAsk()).toMatchObject({ class: 'unavailable', began: 'unknown', retryable: true });
		expect(server.requests).toHaveLength(2);
	});

	it.each([500, 502, 504])('never repeats a paid call after %i', async (status) => {
		await serve({ status });

		expect(await failureOfAsk()).toMatchObject({ began: 'unknown' });
		expect(server.requests).toHaveLength(1);
	});

	it('never repeats a paid call whose answer was lost', async () => {
		await serve({ hangUp: true });

		expect(await failureOfAsk()).toMatchObject({ class: 'unavailable', began: 'unknown', retryable: true });
		expect(server.requests).toHaveLength(1);
	});

	it('never repeats a paid call that timed out', async () => {
		await serve({ hang: true });

		expect(await failureOfAsk({ timeoutMs: HANG_MS })).toMatchObject({ class: 'timeout', began: 'unknown' });
		expect(server.requests).toHaveLength(1);
	});

	it('repeats what is idempotent after a lost answer and a 500', async () => {
		await serve({ hangUp: true }, { status: 500 }, { body: { ok: 1 } });

		const { body } = await ask({ method: 'GET', idempotent: true, body: undefined });

		expect(body).toEqual({ ok: 1 });
		expect(server.requests).toHaveLength(3);
	});

	it('tries four times at most', async () => {
		await serve({ status: 429 });

		expect(await failureOfAsk()).toMatchObject({ class: 'rate_limited', began: 'no', retryable: true });
		expect(server.requests).toHaveLength(4);
	});

	it('says that nothing began when nobody listens, and tries again', async () => {
		await serve({});

		const failure = await failureOfAsk({ url: NOBODY_URL });

		expect(failure).toMatchObject({ class: 'unavailable', began: 'no', retryable: true });
		expect(pauses).toHaveLength(3);
	});

	it('leaves a long Retry-After to the caller', async () => {
		await serve({ status: 429, headers: { 'retry-after': '600' } });

		expect(await failureOfAsk()).toMatchObject({ retryAfterS: 600 });
		expect(server.requests).toHaveLength(1);
	});

	it('lets the service’s own words refine a refusal', async () => {
		await serve({ status: 401, body: { detail: 'x' } });

		const explain = () => ({ class: 'quota' as const, message: 'used up' });

		expect(await failureOfAsk({ explain })).toMatchObject({ class: 'quota', message: 'used up', httpStatus: 401 });
	});

	it('ends at once when the execution is cancelled', async () => {
		await serve({ hang: true });
		const controller = new AbortController();
		const asked = failureOfAsk({ signal: controller.signal });
		while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
		controller.abort();

		expect(await asked).toMatchObject({ class: 'cancelled', began: 'unknown', retryable: false });
	});

	it('ends at once when it is cancelled during a pause', async () => {
		await serve({ status: 429 });
		const controller = new AbortController();
		const impatient = { ...timing, sleep: async () => controller.abort() };

		const failure = await failureOfAsk({ signal: controller.signal, timing: impatient });

		expect(failure).toMatchObject({ class: 'cancelled' });
	});

	it('follows no redirect, which would carry the key to another host', async () => {
		await serve({ status: 302, headers: { location: 'http://127.0.0.1:9/' } });

		expect(await failureOfAsk({ headers: { 'x-key': 'k' } })).toMatchObject({ httpStatus: 302, retryable: false });
	});
});

describe('parseRetryAfterS', () => {
	const nowMs = Date.parse('2026-01-01T00:00:00Z');

	it.each([
		['5', 5],
		['Thu, 01 Jan 2026 00:00:09 GMT', 9],
		['Thu, 01 Jan 2020 00:00:00 GMT', 0],
		['soon', undefined],
		[undefined, undefined],
	])('reads %j as %j', (value, expected) => {
		expect(parseRetryAfterS(value, nowMs)).toBe(expected);
	});
});
