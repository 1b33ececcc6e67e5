import { connect } from 'node:net';
import { createInterface } from 'node:readline';

import { type Sandbox, startSandbox } from '../../sandbox';

let sandbox: Sandbox;

beforeAll(async () => {
	sandbox = await startSandbox({ services: ['slack', 'smtp'] });
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
