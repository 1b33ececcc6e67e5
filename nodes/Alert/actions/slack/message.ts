import { redact } from '../../../shared/errors';
import { factsOf, SEVERITY_WORDS, webAddress, type Alert, type Severity } from '../../alert';
import { FALLBACK_MAX_CHARS, FIELD_MAX_CHARS, HEADER_MAX_CHARS, SECTION_MAX_CHARS } from '../../constants';

/** The part of Slack's Block Kit that alerts use. */
export type SlackBlock =
	| { type: 'header'; text: { type: 'plain_text'; text: string; emoji: true } }
	| { type: 'section'; text?: Mrkdwn; fields?: Mrkdwn[] };

interface Mrkdwn {
	type: 'mrkdwn';
	text: string;
}

export interface SlackMessage {
	/** Shown in notifications, and where blocks can't be. */
	text: string;
	blocks: SlackBlock[];
	unfurl_links: false;
}

const EMOJIS: Readonly<Record<Severity, string>> = {
	critical: ':rotating_light:',
	error: ':red_circle:',
	warning: ':large_yellow_circle:',
	info: ':information_source:',
	recovered: ':large_green_circle:',
};

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const ELLIPSIS = '…';

/** Cuts to whole characters, so that no emoji and no escape is torn; an ellipsis marks the cut. */
function fitBy(text: string, maxChars: number, encode: (character: string) => string): string {
	const encoded = Array.from(text, encode);
	if (encoded.reduce((sum, part) => sum + part.length, 0) <= maxChars) return encoded.join('');
	let length = ELLIPSIS.length;
	const end = encoded.findIndex((part) => (length += part.length) > maxChars);
	return encoded.slice(0, end).join('') + ELLIPSIS;
}

/**
 * Plain text for a `mrkdwn` object of at most `maxChars`: `&`, `<` and `>` are escaped, so that neither a link nor a
 * mention of everybody can come out of a provider's words (docs.slack.dev/messaging/formatting-message-text).
 */
export function escapeMrkdwn(text: string, maxChars: number): string {
	return fitBy(redact(text), maxChars, (character) => ESCAPES[character] ?? character);
}

function codeBlock(text: string): string {
	const fence = '```';
	const inner = escapeMrkdwn(text.replaceAll(fence, "'''"), SECTION_MAX_CHARS - 2 * fence.length - 2);
	return `${fence}\n${inner}\n${fence}`;
}

function section(text: string): SlackBlock {
	return { type: 'section', text: { type: 'mrkdwn', text } };
}

function linkText(link: { url: string; text: string }): string | undefined {
	// The parser has already encoded < > and blanks; a bar would end the address.
	const address = webAddress(link, FIELD_MAX_CHARS)?.replaceAll('|', '%7C').replaceAll('&', '&amp;');
	if (address === undefined || address.length >= FIELD_MAX_CHARS) return undefined;
	return `<${address}|${escapeMrkdwn(link.text, HEADER_MAX_CHARS)}>`;
}

/** The message that Slack's incoming webhook takes, within its limits. */
export function buildSlackMessage(alert: Alert): SlackMessage {
	const header = fitBy(`${EMOJIS[alert.severity]} ${redact(alert.title)}`, HEADER_MAX_CHARS, (character) => character);
	const blocks: SlackBlock[] = [{ type: 'header', text: { type: 'plain_text', text: header, emoji: true } }];
	if (alert.message !== '') blocks.push(section(escapeMrkdwn(alert.message, SECTION_MAX_CHARS)));

	const fields = factsOf(alert).map(({ label, value }): Mrkdwn => {
		const head = `*${label}*\n`;
		return { type: 'mrkdwn', text: head + escapeMrkdwn(value, FIELD_MAX_CHARS - head.length) };
	});
	blocks.push({ type: 'section', fields });
	if (alert.reason) blocks.push(section(codeBlock(alert.reason)));
	if (alert.advice) blocks.push(section(escapeMrkdwn(alert.advice, SECTION_MAX_CHARS)));
	const link = alert.link && linkText(alert.link);
	if (link) blocks.push(section(link));

	const words = [alert.title, alert.message].filter((part) => part !== '').join(': ');
	return {
		text: escapeMrkdwn(`${SEVERITY_WORDS[alert.severity]}: ${words}`, FALLBACK_MAX_CHARS),
		blocks,
		unfurl_links: false,
	};
}
