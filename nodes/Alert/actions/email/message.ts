import { redact } from '../../../shared/errors';
import { factsOf, SEVERITY_WORDS, webAddress, type Alert, type Severity } from '../../alert';
import { FIELD_MAX_CHARS, SUBJECT_MAX_CHARS, TEXT_MAX_CHARS } from '../../constants';

export interface Mail {
	subject: string;
	text: string;
	html: string;
}

const COLOURS: Readonly<Record<Severity, string>> = {
	critical: '#b00020',
	error: '#c62828',
	warning: '#b26a00',
	info: '#1565c0',
	recovered: '#2e7d32',
};

const ESCAPES: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

/** Text that is only text wherever it stands in HTML, also within quotes. */
export function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (character) => ESCAPES[character]);
}

/** Without secrets, and cut to whole characters. */
function clean(text: string, maxChars = TEXT_MAX_CHARS): string {
	const characters = Array.from(redact(text));
	return characters.length > maxChars ? `${characters.slice(0, maxChars - 1).join('')}…` : characters.join('');
}

/** One line: a header must not be left by what it holds. */
function oneLine(text: string, maxChars: number): string {
	return clean(text.replace(/[\s\p{Cc}]+/gu, ' ').trim(), maxChars);
}

interface Part {
	text: string;
	html: string;
}

function paragraph(text: string): Part {
	return { text: clean(text), html: `<p>${escapeHtml(clean(text)).replace(/\n/g, '<br>')}</p>` };
}

function partsOf(alert: Alert): Part[] {
	const facts = factsOf(alert).map(({ label, value }) => ({ label, value: oneLine(value, FIELD_MAX_CHARS) }));
	const rows = facts.map(({ label, value }) => `<tr><td>${label}&nbsp;</td><td>${escapeHtml(value)}</td></tr>`);
	const parts: Part[] = alert.message === '' ? [] : [paragraph(alert.message)];
	parts.push({
		text: facts.map(({ label, value }) => `${label}: ${value}`).join('\n'),
		html: `<table>${rows.join('')}</table>`,
	});
	if (alert.reason) {
		const reason = clean(alert.reason);
		parts.push({ text: `Reason:\n${reason}`, html: `<pre style="white-space:pre-wrap">${escapeHtml(reason)}</pre>` });
	}
	if (alert.advice) parts.push(paragraph(alert.advice));
	const address = alert.link && webAddress(alert.link, FIELD_MAX_CHARS);
	if (alert.link && address) {
		const label = oneLine(alert.link.text, SUBJECT_MAX_CHARS);
		parts.push({
			text: `${label}: ${address}`,
			html: `<p><a href="${escapeHtml(address)}">${escapeHtml(label)}</a></p>`,
		});
	}
	return parts;
}

/** The mail of an alert, as plain text and as HTML in which nothing of the alert is mark-up. */
export function buildMail(alert: Alert): Mail {
	const word = SEVERITY_WORDS[alert.severity];
	const title = oneLine(alert.title, SUBJECT_MAX_CHARS);
	const parts = partsOf(alert);
	const head = `<h2 style="color:${COLOURS[alert.severity]}">${escapeHtml(title)}</h2>`;
	return {
		subject: oneLine(`[${word}] ${title}`, SUBJECT_MAX_CHARS),
		text: [title, ...parts.map((part) => part.text)].join('\n\n'),
		html: `${head}${parts.map((part) => part.html).join('')}`,
	};
}
