import { connect } from 'node:net';
import { createInterface } from 'node:readline';

import { type Sandbox, startSandbox } from '../../sandbox';

let sandbox: Sandbox;

beforeAll(async () => {
	sandbox = await startSandbox({ services: ['slack', 'smtp', 'sentry'] });
});

afterAll(async () => await sandbox.stop());
beforeEach(async () => await sandbox.reset());

async function post(body: string, url = sandbox.credentials('slack').slackWebhookUrl) {
	const response = await fetch(url, { method: 'POST', body });
	return `${response.status} ${await response.text()}`;
}

describe('the Slack sink', () => {
	it('answers ok and keeps the message', async () => {
		const answer = await post(JSON.stringify({ text: 'Video failed', blocks: [{ type: 'divider' }] }));

		const kept = await (await fetch(`${sandbox.baseUrl('slack')}/_messages`)).json();

		expect(answer).toBe('200 ok');
		expect(kept).toMatchObject({ messages: [{ payload: { text: 'Video failed' } }] });
		expect(sandbox.report().services.slack?.own).toMatchObject({ messages: [{ text: 'Video failed' }] });
	});

	it.each([
		['no JSON', 'hello', '400 invalid_payload'],
		['no text', '{}', '400 no_text'],
		[
			'51 blocks',
			JSON.stringify({ blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })) }),
			'400 invalid_blocks',
		],
		[
			'a block that is too long',
			JSON.stringify({ blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3_001) } }] }),
			'400 invalid_blocks',
		],
	])('refuses %s', async (_case, body, answer) => {
		expect(await post(body)).toBe(answer);
		expect(sandbox.report().services.slack?.own).toEqual({ messages: [] });
	});

	it('knows its own URL only, and keeps it out of the report', async () => {
		expect(await post('{"text":"x"}', `${sandbox.baseUrl('slack')}/services/T/B/X`)).toBe('404 no_service');
		expect(JSON.stringify(sandbox.report())).not.toContain('sandboxIncomingWebhook');
	});
});

describe('the Sentry project', () => {
	const id = 'a'.repeat(32);
	const event = { event_id: id, timestamp: 1, level: 'error', message: { formatted: 'Video failed\nfor good' } };
	const lines = (...parts: unknown[]) => parts.map((part) => `${JSON.stringify(part)}\n`).join('');
	const envelope = (changes: object = {}) => lines({ event_id: id }, { type: 'event' }, { ...event, ...changes });

	async function send(body: string, { auth, path }: { auth?: string; path?: string } = {}) {
		const { protocol, host, username, pathname } = new URL(sandbox.credentials('sentry').sentryDsn);
		const response = await fetch(`${protocol}//${host}${path ?? `/api${pathname}/envelope/`}`, {
			method: 'POST',
			headers: { 'x-sentry-auth': auth ?? `Sentry sentry_version=7, sentry_client=test/1, sentry_key=${username}` },
			body,
		});
		return `${response.status} ${await response.text()}`;
	}

	it('takes an envelope and keeps its event', async () => {
		expect(await send(envelope({ tags: { step: 'mix' }, fingerprint: ['a'] }))).toBe(`200 {"id":"${id}"}`);
		expect(await send(envelope({ fingerprint: ['a'] }))).toMatch(/^200/);
		const kept = await (await fetch(`${sandbox.baseUrl('sentry')}/_events`)).json();
		expect(kept).toMatchObject({ events: [{ event: { tags: { step: 'mix' } } }, {}] });
		expect(sandbox.report().services.sentry?.own).toMatchObject({
			events: [{ level: 'error', tags: { step: 'mix' }, title: 'Video failed' }, {}],
			issues: 1,
		});
	});

	it('passes over items that are no events, and takes an envelope without any', async () => {
		expect(await send(lines({}))).toBe('200 {}');
		expect(await send(lines({}, { type: 'attachment', length: 3 }) + 'a\nb')).toBe('200 {}');
	});

	it.each([
		['no header', 'hello', 'invalid envelope header'],
		['an item without type', lines({}, {}, {}), 'invalid item header'],
		['a payload that is cut off', lines({}, { type: 'event', length: 999 }, event), 'unexpected end of file'],
		['a wrong length', lines({}, { type: 'event', length: 3 }, event), 'missing newline after payload'],
		['no event', lines({}, { type: 'event' }) + 'x', 'invalid event'],
		[
			'another id',
			lines({ event_id: 'b'.repeat(32) }, { type: 'event' }, event),
			'event_id of envelope and event differ',
		],
		['a bad id', envelope({ event_id: 'x' }), 'event_id must be 32 hex characters'],
		['no time', envelope({ timestamp: 'now' }), 'timestamp must be in seconds'],
		['a bad level', envelope({ level: 'bad' }), 'unknown level'],
		['no message', envelope({ message: 'x' }), 'message has no formatted text'],
		['long tags', envelope({ tags: { step: 'x'.repeat(201) } }), 'invalid tags'],
		['a bad fingerprint', envelope({ fingerprint: [1] }), 'fingerprint must be a list of texts'],
	])('refuses %s', async (_case, body, detail) => {
		expect(await send(body)).toBe(`400 ${JSON.stringify({ detail })}`);
		expect(sandbox.report().services.sentry?.own).toMatchObject({ events: [] });
	});

	it('knows its own key and project only', async () => {
		expect(await send(envelope(), { auth: 'Sentry sentry_version=7, sentry_key=other' })).toMatch(/^403/);
		expect(await send(envelope(), { auth: 'Sentry sentry_key=c0ffee00c0ffee00c0ffee00c0ffee00' })).toMatch(/^401/);
		expect(await send(envelope(), { auth: 'Bearer x' })).toMatch(/^401/);
		expect(await send(envelope(), { path: '/api/1/envelope/' })).toMatch(/^403/);
		expect(await send(envelope(), { path: '/api/store/' })).toMatch(/^404/);
	});
});

describe('the mail sink', () => {
	/** Speaks SMTP line by line: sends each line once the one before was answered; resolves with the answers. */
	async function talk(lines: string[]): Promise<string[]> {
		const { host, port } = sandbox.credentials('smtp');
		const socket = connect(Number(port), host);
		const answers: string[] = [];
		const rest = [...lines];
		for await (const line of createInterface({ input: socket })) {
			if (/^\d{3}-/.test(line)) continue;
			answers.push(line.slice(0, 3));
			const next = rest.shift();
			if (next === undefined) break;
			socket.write(`${next}\r\n`);
		}
		socket.destroy();
		return answers;
	}

	const mail = ['From: a@example.com', 'Subject: =?utf-8?B?RmlsbSBmZXJ0aWc=?=', '', 'Body', '.'].join('\r\n');
	const envelope = ['MAIL FROM:<a@example.com>', 'RCPT TO:<b@example.com>', 'DATA', mail, 'QUIT'];

	it('takes a mail without a log-in and reports it', async () => {
		const answers = await talk(['EHLO test', ...envelope]);

		expect(answers).toEqual(['220', '250', '250', '250', '354', '250', '221']);
		expect(sandbox.report().services.smtp?.own).toMatchObject({
			mails: [{ from: 'a@example.com', to: ['b@example.com'], subject: 'Film fertig' }],
		});
	});

	it('checks a log-in when there is one, and offers no TLS', async () => {
		const { user, password } = sandbox.credentials('smtp');
		const plain = (secret: string) => `AUTH PLAIN ${Buffer.from(`\0${user}\0${secret}`).toString('base64')}`;

		const good = await talk(['EHLO test', plain(password), ...envelope]);
		const bad = await talk(['EHLO test', plain('wrong'), 'STARTTLS', 'QUIT']);

		expect(good[2]).toBe('235');
		expect(bad.slice(2)).toEqual(['535', '500', '221']);
	});

	it('shows whole mails', async () => {
		await talk(['EHLO test', ...envelope]);

		const { mails } = (await (await fetch(`${sandbox.baseUrl('smtp')}/_mails`)).json()) as {
			mails: Array<{ raw: string }>;
		};

		expect(mails[0].raw).toContain('Body');
	});
});
