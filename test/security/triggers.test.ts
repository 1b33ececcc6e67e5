import { CALLBACK_TOKEN_LIFETIME_S } from '../../engine/callback/constants';
import type { CallbackService } from '../../engine/callback/token';
import type { ProviderEvent } from '../../engine/events';
import { ELEVENLABS_FUTURE_TOLERANCE_S, ELEVENLABS_PAST_TOLERANCE_S } from '../../engine/signature/constants';
import { BYTES_PER_MIB, WEBHOOK_BODY_MAX_MIB } from '../../nodes/shared/constants';
import { good, TrackerBench } from '../support/trackerBench';
import {
	call,
	HOUR_S,
	NOW_S,
	OLD_SERVICE_SECRET,
	OLD_TOKEN_SECRET,
	queryOf,
	SERVICES,
	validBody,
	type CallChanges,
} from './support/callers';

/** Each byte of a text changed in turn, to another one that could stand there. */
function altered(text: string): string[] {
	return Array.from(text, (character, at) => {
		const other = character === '0' ? '1' : '0';
		return text.slice(0, at) + other + text.slice(at + 1);
	}).filter((variant) => variant !== text);
}

type Row = [what: string, changes: CallChanges, answer: string];

const HUGE = Buffer.alloc((WEBHOOK_BODY_MAX_MIB + 1) * BYTES_PER_MIB, 0x20);

/** What every trigger answers alike; `token_…` and `body_…` are the reasons that are counted. */
function commonRows(service: CallbackService): Row[] {
	const other = service === 'nca' ? 'goApi' : 'nca';
	return [
		['a valid call', {}, '200 accepted'],
		['a token of another key', { tokenSecret: 'guess' }, '401 token_forged'],
		['a token of another service', { query: queryOf(other) }, '401 token_forged'],
		['a token of another job', { query: { ...queryOf(service), job: 'vid2.mix' } }, '401 token_forged'],
		['a token of another attempt', { query: { ...queryOf(service), attempt: '2' } }, '401 token_forged'],
		['a token of another result', { query: { ...queryOf(service), h: 'f'.repeat(16) } }, '401 token_forged'],
		['a token whose life was lengthened', { query: { ...queryOf(service), exp: '99999999999' } }, '401 token_forged'],
		['an expired token', { claims: { exp: NOW_S - 1 } }, '401 token_expired'],
		['a token twice in the query', { query: { ...queryOf(service), sig: ['a', 'b'] } }, '401 token_malformed'],
		[
			'a token with a signature of another length',
			{ query: { ...queryOf(service), sig: 'ab' } },
			'401 token_malformed',
		],
		['a token as an object', { query: { ...queryOf(service), job: { $ne: '' } } }, '401 token_malformed'],
		['no signing secret set', { callback: { currentSecret: '' } }, '401 no_secret'],
		[
			'a signing secret of blanks, and a token made with it',
			{ callback: { currentSecret: '', previousSecret: '' }, tokenSecret: '' },
			'401 no_secret',
		],
		[
			'the former signing secret, still active',
			{ callback: { previousSecret: OLD_TOKEN_SECRET }, tokenSecret: OLD_TOKEN_SECRET },
			'200 accepted',
		],
		[
			'the new signing secret beside the former one',
			{ callback: { previousSecret: OLD_TOKEN_SECRET } },
			'200 accepted',
		],
		['the former signing secret, taken away', { tokenSecret: OLD_TOKEN_SECRET }, '401 token_forged'],
		['a body that is not JSON', { body: 'hello' }, '400 body_not_json'],
		['an empty body', { body: '' }, '400 body_not_json'],
		['JSON that is no event', { body: '"job done"' }, '400 unexpected'],
		['a body that is no text', { body: Buffer.from([0xff, 0xfe, 0x00]) }, '400 body_not_json'],
		['a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }, '400 content_type'],
		['a web page', { headers: { 'content-type': 'text/html; charset=utf-8' } }, '400 content_type'],
		[
			'JSON of a vendor’s type',
			{ headers: { 'content-type': 'application/vnd.api+json; charset=utf-8' } },
			'200 accepted',
		],
		['no content type', { headers: { 'content-type': undefined } }, '200 accepted'],
		['files, of which n8n keeps no raw body', { webhook: { rawBody: undefined } }, '400 body_unreadable'],
		['a client that goes away', { webhook: { readFails: true } }, '400 body_unreadable'],
		['a huge body', { body: HUGE, signedBody: '' }, '413 body_too_large'],
		[
			'a huge body by its announced length',
			{ headers: { 'content-length': String(HUGE.length) } },
			'413 body_too_large',
		],
		[
			'an address that is not on the list',
			{ credential: { allowedIps: '10.0.0.0/8' }, webhook: { ip: '192.0.2.1' } },
			'401 address_refused',
		],
		[
			'an address on the list',
			{ credential: { allowedIps: '10.0.0.0/8' }, webhook: { ip: '10.1.2.3' } },
			'200 accepted',
		],
		['no credentials at all', { webhook: { credentials: {} } }, '401 no_secret'],
	];
}

const ROWS: Record<CallbackService, Row[]> = {
	elevenLabs: [
		[
			'one byte of the body altered',
			{ signedBody: validBody('elevenLabs').replace('Hello', 'Hallo') },
			'401 signature_forged',
		],
		['the wrong key', { serviceSecret: 'guess' }, '401 signature_forged'],
		['no signature', { headers: { 'elevenlabs-signature': undefined } }, '401 signature_missing'],
		['an empty signature', { headers: { 'elevenlabs-signature': '' } }, '401 signature_missing'],
		['a malformed signature', { headers: { 'elevenlabs-signature': 'v0=abc' } }, '401 signature_malformed'],
		['a time that is no number', { headers: { 'elevenlabs-signature': 't=now,v0=abc' } }, '401 signature_malformed'],
		['an old timestamp', { signedAtS: NOW_S - ELEVENLABS_PAST_TOLERANCE_S - 60 }, '401 signature_stale'],
		['a timestamp of the future', { signedAtS: NOW_S + ELEVENLABS_FUTURE_TOLERANCE_S + 60 }, '401 signature_future'],
		['a replay within the window', { signedAtS: NOW_S - ELEVENLABS_PAST_TOLERANCE_S + 60 }, '200 accepted'],
		[
			'no secret set, and a signature of the empty key',
			{ credential: { webhookSecret: '' }, serviceSecret: '' },
			'401 no_secret',
		],
		[
			'the former secret, still active',
			{ credential: { previousWebhookSecret: OLD_SERVICE_SECRET }, serviceSecret: OLD_SERVICE_SECRET },
			'200 accepted',
		],
		['the former secret, taken away', { serviceSecret: OLD_SERVICE_SECRET }, '401 signature_forged'],
		['a signed call without a token of ours', { query: {} }, '200 accepted'],
	],
	goApi: [
		['the wrong key', { serviceSecret: 'guess' }, '401 secret_forged'],
		['a key of the same length', { serviceSecret: 'wsec_secret between us and the servicE' }, '401 secret_forged'],
		['no key', { headers: { 'x-webhook-secret': undefined } }, '401 secret_missing'],
		['an empty key', { headers: { 'x-webhook-secret': '' } }, '401 secret_missing'],
		['no secret set, and an empty key', { credential: { webhookSecret: '' }, serviceSecret: '' }, '401 no_secret'],
		[
			'the former secret, still active',
			{ credential: { previousWebhookSecret: OLD_SERVICE_SECRET }, serviceSecret: OLD_SERVICE_SECRET },
			'200 accepted',
		],
		['the former secret, taken away', { serviceSecret: OLD_SERVICE_SECRET }, '401 secret_forged'],
		['no token', { query: {} }, '401 token_missing'],
		[
			'a replay a day before the token ends',
			{ claims: { exp: NOW_S + CALLBACK_TOKEN_LIFETIME_S - 24 * HOUR_S } },
			'200 accepted',
		],
		['a replay after the token has ended', { claims: { exp: NOW_S - HOUR_S } }, '401 token_expired'],
	],
	nca: [
		['no token', { query: {} }, '401 token_missing'],
		['an empty signature', { query: { ...queryOf('nca'), sig: '' } }, '401 token_malformed'],
		[
			'a replay a day before the token ends',
			{ claims: { exp: NOW_S + CALLBACK_TOKEN_LIFETIME_S - 24 * HOUR_S } },
			'200 accepted',
		],
		['a replay after the token has ended', { claims: { exp: NOW_S - HOUR_S } }, '401 token_expired'],
	],
};

/** Each parser has its own word for a body that is JSON, but no event of the service. */
const UNEXPECTED = ['body_unexpected', 'task_unreadable', 'unknown_answer'];

describe.each(SERVICES)('the %s trigger answers', (service) => {
	it.each([...commonRows(service), ...ROWS[service]])('%s: %#', async (_what, changes, expected) => {
		const { answer, items, response } = await call(service, changes);

		const [status, code] = answer.split(' ');
		if (expected === '400 unexpected') expect([status, UNEXPECTED.includes(code)]).toEqual(['400', true]);
		else expect(answer).toBe(expected);
		if (status === '200') expect(items).toEqual([expect.objectContaining({ service, outcome: expect.any(String) })]);
		else {
			// Refused: ended here, counted, and nothing of the call goes on.
			expect(response.ended).toBe(true);
			expect(items).toEqual([{ verdict: 'rejected', service, count: 1, reasons: { [code]: 1 } }]);
		}
	});

	it('any query of which one byte was altered with 401', async () => {
		const query = queryOf(service);
		for (const [name, value] of Object.entries(query)) {
			for (const variant of altered(value)) {
				const { answer } = await call(service, { query: { ...query, [name]: variant } });
				expect([name, variant, answer.slice(0, 3)]).toEqual([name, variant, '401']);
			}
		}
	});
});

describe('any byte of a signed body', () => {
	it('cannot be altered: 401', async () => {
		const body = validBody('elevenLabs');
		for (const variant of altered(body)) {
			expect((await call('elevenLabs', { body: variant, signedBody: body })).answer).toBe('401 signature_forged');
		}
	});
});

describe('a body that is deep instead of large', () => {
	const DEEP = 200_000;
	const nest = (inner: string) => `${'['.repeat(DEEP)}${inner}${']'.repeat(DEEP)}`;

	it.each<[CallbackService, string]>([
		['nca', `{"endpoint":"/v1/x","code":200,"id":null,"job_id":"j","message":"success","response":${nest('1')}}`],
		['goApi', `{"timestamp":1,"data":{"task_id":"t","status":"completed","output":${nest('1')}}}`],
		[
			'elevenLabs',
			`{"type":"speech_to_text_transcription","data":{"request_id":"r","transcription":{"text":"x","words":${nest('1')}}}}`,
		],
	])('of %s gets an answer, too', async (service, body) => {
		expect((await call(service, { body })).answer).toMatch(/^(?:200 accepted|400 )/);
	});
});

describe('a limit on bad calls', () => {
	const options = { params: { options: { badCallsPerMinute: 3 } } };

	it.each(SERVICES)('turns a flood at the %s trigger away with 429, and keeps no good call out', async (service) => {
		const webhook = { ...options, workflowId: `flood of ${service}` };
		const bad = { tokenSecret: 'guess', serviceSecret: 'guess', webhook };
		const answers = [];
		for (let round = 0; round < 6; round++) answers.push(await call(service, bad));
		const valid = await call(service, { webhook });
		const after = await call(service, bad);

		expect(answers.map(({ response }) => response.status)).toEqual([401, 401, 401, 429, 429, 429]);
		expect(valid.answer).toBe('200 accepted');
		expect(after.answer).toBe('429 too_many_bad_calls');
		expect(after.response.headers['retry-after']).toMatch(/^[1-9]\d?$/);
		// One summary in ten seconds, and no line in the log for what is above the limit.
		expect(answers.filter(({ items }) => items.length > 0)).toHaveLength(1);
		expect(after.lines).toEqual([]);
	});

	it('counts each service by itself', async () => {
		const webhook = { ...options, workflowId: 'shared by all' };
		for (let round = 0; round < 6; round++) await call('nca', { tokenSecret: 'guess', webhook });

		expect((await call('goApi', { tokenSecret: 'guess', webhook })).answer).toBe('401 token_forged');
	});

	it('can be switched off', async () => {
		const webhook = { params: { options: { badCallsPerMinute: 0 } }, workflowId: 'no limit' };
		const answers = new Set<string>();
		for (let round = 0; round < 100; round++)
			answers.add((await call('nca', { tokenSecret: 'guess', webhook })).answer);

		expect([...answers]).toEqual(['401 token_forged']);
	});
});

describe('the address of a caller', () => {
	const allowed = { allowedIps: '198.51.100.7, 2001:db8::/32' };
	const proxy = '10.0.0.2';
	const through = (forwarded: string, trustedProxies: string, remoteAddress = proxy): CallChanges => ({
		credential: allowed,
		callback: { trustedProxies },
		headers: { 'x-forwarded-for': forwarded },
		webhook: { ip: proxy, remoteAddress },
	});

	it.each<[string, CallChanges, string]>([
		['is what our proxy says', through('198.51.100.7', proxy), '200 accepted'],
		['is what our proxy says, as IPv6', through('2001:db8::1', proxy), '200 accepted'],
		['is found behind two proxies of ours', through('198.51.100.7, 10.9.9.9', '10.0.0.0/8'), '200 accepted'],
		['is not what a client wrote in front of it', through('198.51.100.7, 192.0.2.66', proxy), '401 address_refused'],
		[
			'is not what a client wrote, however often',
			through('198.51.100.7, 198.51.100.7, 192.0.2.66', '10.0.0.0/8'),
			'401 address_refused',
		],
		['is not what a stranger’s header says', through('198.51.100.7', proxy, '192.0.2.66'), '401 address_refused'],
		['is not the header’s when no proxy is trusted', through('198.51.100.7', ''), '401 address_refused'],
		['is unknown when the header is garbage', through('198.51.100.7, garbage', proxy), '401 address_refused'],
		['is the proxy’s own when it names nobody', through('', proxy), '401 address_refused'],
		['may be written as IPv4 in IPv6', through('::ffff:198.51.100.7', proxy, '::ffff:10.0.0.2'), '200 accepted'],
		[
			'fails closed with a list that nobody can read',
			{ credential: { allowedIps: '10.0.0.0/99' }, webhook: { ip: proxy } },
			'401 address_refused',
		],
	])('%s', async (_what, changes, expected) => {
		for (const service of SERVICES) expect((await call(service, changes)).answer).toBe(expected);
	});
});

describe('a call that is good in itself', () => {
	async function started() {
		const bench = new TrackerBench();
		const videoId = await bench.create(['one']);
		const music = (await bench.claim(videoId)).find(({ step }) => step === 'music');
		if (!music) throw new Error('no music was claimed');
		const { jobKey, attempt, h } = music;
		const event = async (claims: { job?: string; attempt?: number; h?: string } = {}) => {
			const { answer, event: item } = await call('goApi', { claims: { job: jobKey, attempt, h, ...claims } });
			expect(answer).toBe('200 accepted');
			return item as unknown as ProviderEvent;
		};
		const settle = async (news: ProviderEvent) => {
			bench.tracker.recordEvent(news);
			return good(await bench.tracker.matchNews({ jobKey: news.jobKey, attempt: news.attempt, h: news.h, event: news }))
				.reason;
		};
		const rows = () => bench.store.rows('Webhook Events').map(({ fields }) => [fields.verdict, fields.deliveries]);
		return { bench, music, event, settle, rows };
	}

	it('is recorded and changes nothing when it is replayed', async () => {
		const { bench, music, event, settle, rows } = await started();
		const news = await event();

		expect(await settle(news)).toBe('take');
		await bench.complete(music);
		const before = { ...bench.job(music.jobKey) };
		expect(await settle(await event())).toBe('duplicate');

		expect(bench.job(music.jobKey)).toEqual(before);
		expect(rows()).toEqual([['take', 2]]);
	});

	it('is recorded and changes nothing when nobody knows its job', async () => {
		const { event, settle, rows } = await started();

		expect(await settle(await event({ job: 'nobody.mix' }))).toBe('unknown_job');

		expect(rows()).toEqual([['unknown_job', 1]]);
	});

	it('is recorded and changes nothing when the job wants another result by now', async () => {
		const { event, settle, rows } = await started();

		expect(await settle(await event({ h: 'f'.repeat(16) }))).toBe('stale');

		expect(rows()).toEqual([['stale', 1]]);
	});
});
