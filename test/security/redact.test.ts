import fc from 'fast-check';
import { createMockLogger } from '../support/mockNode';
import { logger } from '../../nodes/shared/log';
import { hideKnown, hideKnownDeep, oneLine, redact, redactDeep, shorten } from '../../nodes/shared/redact';
import { anyText } from '../support/anyText';

const SECRET = fc.stringMatching(/^[A-Za-z0-9_-]{12,40}$/);
/** Words around a secret that hold nothing secret themselves. */
const WORDS = fc.stringMatching(/^[a-z .,\n({[]{0,20}$/).filter((text) => !/bearer|basic|sig|key|token/i.test(text));
const HOST = fc.constantFrom('https://cdn.example.com', 'http://127.0.0.1:8080', 's3://bucket', 'redis://cache:6379');

/** All shapes in which secrets were ever seen in errors, bodies and logs. */
const SHAPES: Record<string, (secret: string, host: string) => string> = {
	'a presigned URL': (secret, host) => `${host}/a/b.mp4?X-Amz-Expires=60&X-Amz-Signature=${secret}`,
	'a callback URL': (secret, host) => `${host}/webhook/video-engine/nca?job=v.mix&attempt=1&sig=${secret}`,
	'a query without a host': (secret) => `/webhook/nca?job=v.mix&sig=${secret}`,
	'a token in a query': (secret) => `GET /x?access_token=${secret}&y=1`,
	'a signature by itself': (secret) => `Signature=${secret}`,
	'a fragment': (secret, host) => `${host}/x#access_token=${secret}`,
	'a password in a URL': (secret, host) => `${host.replace('://', `://user:${secret}@`)}/x`,
	'a Sentry DSN': (secret, host) => `${host.replace('://', `://${secret}@`)}/42`,
	'a Slack webhook': (secret) => `https://hooks.slack.com/services/T0AB/B0CD/${secret.replace(/-/g, '')}`,
	'a bearer token': (secret) => `Authorization: Bearer ${secret}`,
	'a basic log-in': (secret) => `authorization: basic ${secret}==`,
	'a header': (secret) => `xi-api-key: ${secret}`,
	'another header': (secret) => `x-webhook-secret=${secret}`,
	'a cookie': (secret) => `Set-Cookie: ${secret}`,
	JSON: (secret) => JSON.stringify({ apiKey: secret, b: 1 }),
	'JSON of a callback': (secret) => JSON.stringify({ webhook_config: { secret } }),
	'JSON in JSON': (secret) => JSON.stringify(JSON.stringify({ webhookSecret: secret })),
	'an object in a log': (secret) => `{ password: '${secret}', user: 'n8n' }`,
	'an environment variable': (secret) => `SPACES_SECRET_KEY=${secret}`,
	'a key of ElevenLabs': (secret) => `Incorrect key sk_${secret}`,
	'a webhook secret of ElevenLabs': (secret) => `wsec_${secret}`,
};

describe('redact', () => {
	it.each(Object.keys(SHAPES))('hides the secret of %s, whatever stands around it', (shape) => {
		fc.assert(
			fc.property(SECRET, HOST, WORDS, WORDS, (secret, host, before, after) => {
				const text = `${before} ${SHAPES[shape](secret, host)} ${after}`;
				const core = shape === 'a Slack webhook' ? secret.replace(/-/g, '') : secret;
				for (const clean of [redact(text), shorten(text, 10_000), JSON.stringify(redactDeep({ a: [{ b: text }] }))]) {
					expect(clean).not.toContain(core);
				}
			}),
		);
	});

	it('changes nothing more when it is asked again', () => {
		const any = fc.oneof(
			fc.string(),
			fc.tuple(SECRET, HOST, fc.constantFrom(...Object.values(SHAPES))).map(([s, h, f]) => f(s, h)),
		);
		fc.assert(
			fc.property(any, any, (one, two) => {
				const once = redact(`${one} ${two}`);
				expect(redact(once)).toBe(once);
			}),
		);
	});

	it.each([
		'The clip is 3 s long: at least 5 s are needed.',
		'HTTP 404 for https://spaces.example.com/videos/rec1/final.mp4',
		'Airtable answered with status 422: Unknown field name: "Video"',
		'voice_id may hold letters, digits, _ and - only.',
	])('leaves "%s" as it is', (text) => expect(redact(text)).toBe(text));

	it('never shows the value of a secret field, however deep it lies', () => {
		fc.assert(
			fc.property(
				SECRET,
				fc.constantFrom('apiKey', 'x-api-key', 'Authorization', 'client_secret', 'sig', 'password', 'accessToken'),
				fc.nat(8),
				(secret, field, depth) => {
					let value: unknown = { [field]: secret, other: 1 };
					for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { nested: value };
					expect(JSON.stringify(redactDeep(value))).not.toContain(secret);
				},
			),
		);
	});

	it('stays quick with what is made to slow it down', () => {
		const long = 'a'.repeat(50_000);
		for (const text of [
			`https://${long}`,
			`secret${' '.repeat(50_000)}x`,
			`${'a://'.repeat(20_000)}`,
			`${'sk_'.repeat(20_000)}`,
		]) {
			expect(redact(text).length).toBeGreaterThan(0);
		}
	});
});

describe('hideKnown', () => {
	it('takes a known value out of every text, plain or encoded for a URL, keys of objects included', () => {
		fc.assert(
			fc.property(fc.string({ minLength: 6, maxLength: 40 }), fc.string(), (secret, around) => {
				fc.pre(
					!'[hidden]'.includes(secret) &&
						!around.includes(secret) &&
						!encodeURIComponent(secret.replace(/[\ud800-\udfff]/g, '')).includes('[hidden]'),
				);
				const body = { error: `${around} ${secret}`, [secret]: [secret, { deep: `x${secret}y` }] };
				const texts = Object.entries(hideKnownDeep(body, [secret]) as object)
					.flat(2)
					.map((part) => (typeof part === 'string' ? part : JSON.stringify(part)));
				expect(texts.filter((text) => text.includes(secret))).toEqual([]);
			}),
		);
	});

	it('leaves short values alone, which would tear words apart', () => {
		expect(hideKnown('a test of it', ['', 'a', 'test'])).toBe('a test of it');
	});
});

describe('a log line', () => {
	it('stays one line, and cannot steer a terminal, whatever a provider says', () => {
		const { logger: sink, lines } = createMockLogger();
		const words = 'bad\r\n2026-01-01 INFO all is well\u2028\u2029\u0085\u001b[2J\u0000\u202egnp.exe';

		logger({ logger: sink as never }, { service: words }).warn(words, { reason: words, nested: [words] });

		const [{ message, metadata }] = lines;
		for (const text of [message, JSON.stringify(metadata)])
			expect(text).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e]|\\[nru]/u);
	});

	it('is one line for every text', () => {
		fc.assert(fc.property(anyText(), (text) => expect(oneLine(text)).not.toMatch(/[\p{Cc}\u2028\u2029]/u)));
	});
});
