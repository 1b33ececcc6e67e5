import fc from 'fast-check';

import { readDsn } from '../../../nodes/Alert/actions/sentry/dsn';
import { buildEvent, SENTRY_CLIENT, toEnvelope } from '../../../nodes/Alert/actions/sentry/event';
import { pauseS } from '../../../nodes/Alert/actions/sentry/limits';
import { Alert } from '../../../nodes/Alert/Alert.node';
import { sendEnvelope } from '../../../nodes/Alert/sentryTransport';
import { readEnvelope } from '../../../sandbox/sentry/envelope';
import { failureOfItem } from '../../support/errorItem';
import { mockExecuteCtx, runNode } from '../../support/mockExecuteCtx';
import { startFakeServer, type FakeReply, type FakeServer } from '../shared/fakeServer';
import { anyText } from '../../support/anyText';

const KEY = 'verysecretkey0123456789';
const ALERT = { title: 'GoAPI fails', message: 'Its steps wait.', severity: 'error' as const, facts: [] };
const INFO = { eventId: 'a'.repeat(32), nowMs: 1_700_000_000_123, environment: 'test' };
const details = (values: Record<string, string>) => (name: string) => values[name] ?? '';

describe('a Sentry DSN', () => {
	test.each([
		['https://key@o1.ingest.sentry.io/42', 'https://o1.ingest.sentry.io/api/42/envelope/', undefined],
		['https://key:old@sentry.test/sub/path/7/', 'https://sentry.test/sub/path/api/7/envelope/', 'old'],
		['http://key@127.0.0.1:9000/1', 'http://127.0.0.1:9000/api/1/envelope/', undefined],
	])('%s names the address of envelopes', (dsn, url, secretKey) => {
		expect(readDsn(dsn)).toEqual({ ok: true, value: { url, publicKey: 'key', secretKey } });
	});

	test.each([
		'no url',
		'ftp://key@sentry.test/1',
		'https://sentry.test/1',
		'https://key@sentry.test/',
		'https://key@sentry.test/project',
		'https://ke%0Ay@sentry.test/1',
		'https://key:s%2Ct@sentry.test/1',
	])('%s is refused in clear words without showing it', (dsn) => {
		const refusal = readDsn(dsn);
		expect(refusal).toMatchObject({ ok: false, code: 'bad_dsn', field: 'sentryDsn' });
		expect(JSON.stringify(refusal)).toContain('Client Keys (DSN)');
		expect(JSON.stringify(refusal)).not.toContain(dsn);
	});

	test('that is none ends the operation with these words', async () => {
		const run = runNode(new Alert(), {
			params: { resource: 'sentry', operation: 'sendEvent', title: 'x' },
			credentials: { videoEngineAlertsApi: { sentryDsn: `https://${KEY}@sentry.test/project` } },
		});
		const error = (await run.catch((e: Error) => e)) as Error;
		expect(error.message).toContain('Sentry DSN');
		expect(JSON.stringify([error, error.message, error.stack])).not.toContain(KEY);
	});

	test('that is not set passes Sentry over with a note', async () => {
		const [[item]] = await runNode(new Alert(), {
			params: { resource: 'sentry', operation: 'sendEvent', title: 'x' },
			credentials: { videoEngineAlertsApi: { slackWebhookUrl: 'https://hooks.test' } },
		});
		expect(item.json).toMatchObject({ sent: false, service: 'sentry', note: expect.stringContaining('Sentry DSN') });
	});
});

describe('a Sentry event', () => {
	test('of one cause has one fingerprint, whatever the video; of another cause another', () => {
		const of = (values: Record<string, string>) => buildEvent(ALERT, details(values), INFO).fingerprint;
		const cause = { kind: 'job_failed', service: 'goApi', step: 'music' };
		expect(of({ ...cause, video: 'v1', attempt: '1' })).toEqual(of({ ...cause, video: 'v2', attempt: '3' }));
		expect(of(cause)).not.toEqual(of({ ...cause, step: 'mix' }));
		expect(of({})).toEqual(['video-engine', 'GoAPI fails']);
	});

	test('holds no secret of any text', () => {
		const secret = 'https://user:pw@host.test/a?X-Amz-Signature=abcdef0123456789';
		const alert = { ...ALERT, message: secret, reason: secret, advice: secret, link: { url: secret, text: 'x' } };
		const event = buildEvent({ ...alert, title: secret }, details({ service: secret }), INFO);
		expect(JSON.stringify(event)).not.toMatch(/abcdef0123456789|user:pw/);
	});

	test('is an envelope that keeps to the format, whatever the texts', () => {
		const text = anyText({ maxLength: 400 });
		fc.assert(
			fc.property(text, text, text, (title, reason, step) => {
				const event = buildEvent({ ...ALERT, title: title || 'x', reason }, details({ step }), INFO);
				expect(readEnvelope(Buffer.from(toEnvelope(event)))).toMatchObject({ id: INFO.eventId });
			}),
		);
	});
});

describe('a pause that Sentry asks for', () => {
	test.each<[string, number, Record<string, string>, number]>([
		['nothing', 200, {}, 0],
		['a limit on errors', 200, { 'x-sentry-rate-limits': '120:error;transaction:organization, 5:session:key' }, 120],
		['a limit on everything', 429, { 'x-sentry-rate-limits': '30::key' }, 30],
		['a limit on others only', 200, { 'x-sentry-rate-limits': '30:transaction:key' }, 0],
		['nonsense', 200, { 'x-sentry-rate-limits': 'soon' }, 0],
		['a refusal with nonsense', 429, { 'x-sentry-rate-limits': 'soon', 'retry-after': '9' }, 9],
		['a refusal with a time', 429, { 'retry-after': '17' }, 17],
		['a refusal without one', 429, {}, 60],
	])('%s', (_name, status, headers, seconds) => {
		expect(pauseS(status, headers, 0)).toBe(seconds);
	});
});

describe('sending to Sentry', () => {
	let server: FakeServer;
	let project = 0;
	/** Answers to give, in order; a good one when none is left. */
	const answers: FakeReply[] = [];
	beforeAll(async () => {
		server = await startFakeServer(() => answers.shift() ?? { status: 200, body: {} });
	});
	beforeEach(() => {
		server.requests.length = 0;
		answers.length = 0;
		project += 1;
	});
	afterAll(async () => await server.close());

	const timing = () => {
		const pauses: number[] = [];
		const clock = { nowMs: 0 };
		return {
			pauses,
			clock,
			timing: { random: () => 0, nowMs: () => clock.nowMs, sleep: async (ms: number) => void pauses.push(ms) },
		};
	};
	const dsn = () => ({ url: `${server.baseUrl}/api/${project}/envelope/`, publicKey: KEY, secretKey: 'oldsecretkey' });
	const envelope = toEnvelope(buildEvent(ALERT, details({}), INFO));
	const ctx = () => mockExecuteCtx(new Alert()).ctx;

	test('sends lines of JSON with the header that Sentry knows its projects by', async () => {
		await sendEnvelope(ctx(), dsn(), envelope);
		const [seen] = server.requests;
		expect(seen).toMatchObject({ method: 'POST', path: `/api/${project}/envelope/` });
		expect(seen.headers).toMatchObject({
			'content-type': 'application/x-sentry-envelope',
			'x-sentry-auth': `Sentry sentry_version=7, sentry_client=${SENTRY_CLIENT}, sentry_key=${KEY}, sentry_secret=oldsecretkey`,
		});
		expect(seen.body.toString('utf8')).toBe(envelope);
	});

	test('waits as long as a short pause lasts, then sends again', async () => {
		const { timing: given, pauses } = timing();
		answers.push({ status: 429, headers: { 'retry-after': '7' } }, { status: 200, body: {} });
		await sendEnvelope(ctx(), { ...dsn(), secretKey: undefined }, envelope, given);
		expect(pauses).toEqual([7000]);
		expect(server.requests).toHaveLength(2);
	});

	test('sends nothing while a long pause lasts, and goes on after it', async () => {
		const { timing: given, clock } = timing();
		answers.push({ status: 429, headers: { 'x-sentry-rate-limits': '600:error:project' } });
		const send = async () => await sendEnvelope(ctx(), dsn(), envelope, given);
		await expect(send()).rejects.toMatchObject({ failure: { class: 'rate_limited', retryAfterS: 600 } });
		clock.nowMs = 599_000;
		await expect(send()).rejects.toMatchObject({ failure: { class: 'rate_limited', retryAfterS: 1 } });
		expect(server.requests).toHaveLength(1);
		clock.nowMs = 600_000;
		await send();
		expect(server.requests).toHaveLength(2);
	});

	test('honours a pause that comes with a good answer', async () => {
		const { timing: given } = timing();
		answers.push({ status: 200, body: {}, headers: { 'x-sentry-rate-limits': '60::organization' } });
		await sendEnvelope(ctx(), dsn(), envelope, given);
		await expect(sendEnvelope(ctx(), dsn(), envelope, given)).rejects.toThrow('pause of 60 s');
	});

	test.each([
		[401, 'auth'],
		[403, 'auth'],
		[404, 'auth'],
		[413, 'invalid_input'],
		[500, 'unavailable'],
	])('says what a %i means, without the key', async (status, failureClass) => {
		answers.push({ status, body: { detail: `no key ${KEY}` } });
		const [[item]] = await runNode(new Alert(), {
			params: { resource: 'sentry', operation: 'sendEvent', title: 'x' },
			credentials: { videoEngineAlertsApi: { sentryDsn: `${server.baseUrl.replace('://', `://${KEY}@`)}/${project}` } },
			continueOnFail: true,
		});
		expect(failureOfItem(item)).toMatchObject({ class: failureClass });
		expect(JSON.stringify(item)).not.toContain(KEY);
	});
});
