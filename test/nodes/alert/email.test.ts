import fc from 'fast-check';

import { buildMail, escapeHtml } from '../../../nodes/Alert/actions/email/message';
import { SEVERITIES, type Alert as AlertWords } from '../../../nodes/Alert/alert';
import { Alert } from '../../../nodes/Alert/Alert.node';
import { SUBJECT_MAX_CHARS } from '../../../nodes/Alert/constants';
import { runNode } from '../../support/mockExecuteCtx';
import { anyText } from '../../support/anyText';

const ALERT: AlertWords = {
	title: 'A video could not be finished: Tides',
	message: 'The step music failed for good.',
	severity: 'error',
	facts: [{ label: 'Video', value: 'vid_1' }],
	advice: 'Retry it.',
	reason: 'Insufficient credits',
	link: { url: 'https://n8n.test/executions/1?a=1&b=2', text: 'Open the execution' },
};
const INJECTION = `<img src=x onerror=alert(1)>"'><script>alert(1)</script>&lt;`;
/** Every tag that stands in the HTML. */
const tagsIn = (html: string) => [...html.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, tag]) => tag.toLowerCase());
const OWN_TAGS = ['h2', 'p', 'br', 'table', 'tr', 'td', 'pre', 'a'];

describe('the mail of an alert', () => {
	test('says what happened, where, why and what to do, as text and as HTML', () => {
		const mail = buildMail(ALERT);
		expect(mail.subject).toBe('[Error] A video could not be finished: Tides');
		for (const words of [
			'The step music',
			'Video',
			'vid_1',
			'Insufficient credits',
			'Retry it.',
			'Open the execution',
		]) {
			expect(mail.text).toContain(words);
			expect(mail.html).toContain(words);
		}
		expect(mail.html).toContain('href="https://n8n.test/executions/1?a=1&amp;b=2"');
	});

	test('looks different when it is over', () => {
		const mail = buildMail({ ...ALERT, severity: 'recovered' });
		expect(mail.subject).toMatch(/^\[Recovered\]/);
		expect(mail.html).not.toBe(buildMail(ALERT).html.replaceAll('Error', 'Recovered'));
	});

	test('shows mark-up of others as text, wherever it stands', () => {
		const words = { title: INJECTION, message: INJECTION, reason: INJECTION, advice: INJECTION };
		const link = { url: 'https://n8n.test/"><script>', text: INJECTION };
		const { html } = buildMail({ ...ALERT, ...words, facts: [{ label: 'Video', value: INJECTION }], link });
		expect(html).not.toMatch(/<(img|script)/i);
		expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
		for (const tag of tagsIn(html)) expect(OWN_TAGS).toContain(tag);
	});

	test('holds no tag of others and no second line in its subject, for any text', () => {
		const text = fc.oneof(anyText({ maxLength: 60 }), fc.constant(INJECTION), fc.constant('a\r\nBcc: x'));
		fc.assert(
			fc.property(text, text, text, text, fc.constantFrom(...SEVERITIES), (title, message, value, url, severity) => {
				const words = { title, message, severity, facts: [{ label: 'Video', value }], reason: value, advice: title };
				const { subject, html } = buildMail({ ...words, link: { url, text: title } });
				expect(subject).not.toMatch(/[\r\n]/);
				expect(subject.length).toBeLessThanOrEqual(2 * SUBJECT_MAX_CHARS);
				for (const tag of tagsIn(html)) expect(OWN_TAGS).toContain(tag);
				expect(html).not.toMatch(/javascript:/i);
			}),
		);
		expect(escapeHtml(`&<>"'`)).toBe('&amp;&lt;&gt;&quot;&#39;');
	});

	test.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'no url'])('leaves %s out', (url) => {
		expect(buildMail({ ...ALERT, link: { url, text: 'x' } }).html).not.toContain('<a');
	});

	test('hides secrets and cuts what is endless', () => {
		const reason = `https://s.test/a?X-Amz-Signature=abcdef0123456789 ${'é😀'.repeat(10_000)}`;
		const { text, html } = buildMail({ ...ALERT, message: '', advice: undefined, link: undefined, reason });
		expect(`${text}${html}`).not.toContain('abcdef0123456789');
		expect(text.length).toBeLessThan(20_000);
		expect(text).toContain('…');
	});

	test('is made by the node without any credential', async () => {
		const details = { video: 'vid_1', advice: 'Retry it.', link: 'https://n8n.test/1' };
		const params = { resource: 'email', operation: 'build', title: 'x', severity: 'warning', details };
		const [[item]] = await runNode(new Alert(), { params });
		expect(item.json).toMatchObject({
			subject: '[Warning] x',
			text: expect.stringContaining('Open: https://n8n.test/1'),
		});
	});
});
