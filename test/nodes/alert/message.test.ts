import fc from 'fast-check';

import { buildSlackMessage, escapeMrkdwn } from '../../../nodes/Alert/actions/slack/message';
import type { Alert } from '../../../nodes/Alert/alert';

const ALERT: Alert = { title: 'The video failed', message: 'Music could not be made', severity: 'error', facts: [] };

function unescape(text: string): string {
	return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

describe('the Slack message', () => {
	test('shows severity, title, message, facts, reason and link', () => {
		const message = buildSlackMessage({
			...ALERT,
			facts: [
				{ label: 'Video', value: 'vid_1' },
				{ label: 'Step', value: '' },
			],
			reason: 'Insufficient credits',
			link: { url: 'https://n8n.example.test/executions/2?a=1&b=2', text: 'Open' },
		});

		expect(message.text).toBe('Error: The video failed: Music could not be made');
		expect(message.unfurl_links).toBe(false);
		expect(message.blocks).toEqual([
			{ type: 'header', text: { type: 'plain_text', text: ':red_circle: The video failed', emoji: true } },
			{ type: 'section', text: { type: 'mrkdwn', text: 'Music could not be made' } },
			{
				type: 'section',
				fields: [
					{ type: 'mrkdwn', text: '*Severity*\nError' },
					{ type: 'mrkdwn', text: '*Video*\nvid_1' },
				],
			},
			{ type: 'section', text: { type: 'mrkdwn', text: '```\nInsufficient credits\n```' } },
			{
				type: 'section',
				text: { type: 'mrkdwn', text: '<https://n8n.example.test/executions/2?a=1&amp;b=2|Open>' },
			},
		]);
	});

	test('says that something is over', () => {
		const message = buildSlackMessage({ ...ALERT, severity: 'recovered', title: 'Music works again', message: '' });

		expect(message.text).toBe('Recovered: Music works again');
		expect(JSON.stringify(message.blocks)).toContain(':large_green_circle:');
	});

	test.each(['<!channel> look', '<https://evil.example.test|click>', '&lt;!here&gt;'])(
		'takes %s as text, so that nobody is called and nothing is linked',
		(words) => {
			const message = buildSlackMessage({
				title: words,
				message: words,
				severity: 'error',
				facts: [{ label: 'Job', value: words }],
				reason: words,
			});

			const mrkdwn = message.blocks.slice(1).map((block) => JSON.stringify(block));
			for (const text of [message.text, ...mrkdwn]) expect(text).not.toMatch(/[<>]/);
		},
	);

	test('does not let a reason leave its code block', () => {
		const { blocks } = buildSlackMessage({ ...ALERT, reason: 'a ``` b' });

		expect(JSON.stringify(blocks)).toContain("a ''' b");
	});

	test.each(['javascript:alert(1)', 'not a url', 'file:///etc/passwd'])('leaves out %s as a link', (url) => {
		const { blocks } = buildSlackMessage({ ...ALERT, link: { url, text: 'Open' } });

		expect(JSON.stringify(blocks)).not.toContain('Open');
	});

	test('hides signed parts of addresses in the words of others', () => {
		const { blocks } = buildSlackMessage({
			...ALERT,
			reason: 'GET https://s3.example.test/a.mp4?X-Amz-Signature=abc failed',
		});

		expect(JSON.stringify(blocks)).not.toContain('abc');
	});

	test('stays within the limits of Slack, whatever comes in', () => {
		const text = fc.string({ unit: 'grapheme', maxLength: 60 }).map((part) => part.repeat(120));
		const alerts = fc.record({ title: text, message: text, reason: text, value: text });

		fc.assert(
			fc.property(alerts, ({ title, message, reason, value }) => {
				const slack = buildSlackMessage({
					title,
					message,
					reason,
					severity: 'error',
					facts: [{ label: 'Job', value }],
				});

				expect(slack.text.length).toBeLessThanOrEqual(3000);
				for (const block of slack.blocks) {
					if (block.text) expect(block.text.text.length).toBeLessThanOrEqual(block.type === 'header' ? 150 : 3000);
					const fields = block.type === 'section' ? (block.fields ?? []) : [];
					for (const field of fields) expect(field.text.length).toBeLessThanOrEqual(2000);
				}
			}),
			{ numRuns: 50 },
		);
	});

	test('never tears an escape or an emoji when it cuts', () => {
		fc.assert(
			fc.property(
				fc.array(fc.constantFrom('&', '<', '>', 'a', '😀'), { maxLength: 60 }),
				fc.integer({ min: 8, max: 40 }),
				(parts, max) => {
					const cut = escapeMrkdwn(parts.join(''), max);

					expect(cut.length).toBeLessThanOrEqual(max);
					expect(() => encodeURIComponent(cut)).not.toThrow();
					expect(parts.join('').startsWith(unescape(cut).replace('…', ''))).toBe(true);
				},
			),
		);
	});
});
