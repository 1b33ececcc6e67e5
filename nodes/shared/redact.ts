import { percentEncode } from '../../engine/net/objectKey';
import { PROVIDER_MESSAGE_MAX_CHARS } from './constants';

const HIDDEN = '[hidden]';

/** Field names whose value is never shown. */
const SECRET_FIELD = /(api[-_]?key|secret|token|password|authorization|signature|cookie|^sig$)/i;

/** Whether a field or header of this name holds something that is never shown. */
export function isSecretField(name: string): boolean {
	return SECRET_FIELD.test(name);
}

/** Names in front of a colon or an equals sign, whose value is hidden: of headers, fields and query parameters. */
const SECRET_NAME =
	'(?:api[-_]?key|secret|access[-_]?key|[-_]token|\\btoken|password|passwd|authorization|signature|credential|cookie|\\bsig)';

/**
 * Removes what must not be seen from a text: query strings and user names of URLs (signed URLs, callback tokens),
 * paths of Slack's webhooks, bearer tokens, values of key-like fields and keys of the known forms.
 */
export function redact(text: string): string {
	return text
		.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"'<>]*@/gi, '$1')
		.replace(/\b([a-z][a-z0-9+.-]*:\/\/[^\s?#"'<>]*)[?#][^\s"<>]*/gi, '$1')
		.replace(/(\/services\/)T\w+\/B\w+\/\w+/g, `$1${HIDDEN}`)
		.replace(/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${HIDDEN}`)
		.replace(KEY_AND_VALUE, `$1$2${HIDDEN}`)
		.replace(/\b(?:sk|xi|wsec|pat|whsec)[_-][\w-]{8,}|\bpat\w{14}\.[0-9a-f]{32,}|\bxox[abprs]-[\w-]{8,}/g, HIDDEN);
}

/** In JSON inside of JSON the quotes come with backslashes. */
const KEY_AND_VALUE = new RegExp(
	`(${SECRET_NAME}[\\w-]*\\\\*["']?\\s*[:=]\\s*)(\\\\*["']?)(?!\\[hidden\\]|bearer\\b|basic\\b)[^\\s"',;&}\\\\]+`,
	'gi',
);

/** Values shorter than this are no keys; hiding them would tear words apart. */
const KNOWN_SECRET_MIN_CHARS = 6;

/** A text without these very values, in which services like to repeat the key that they refuse. */
export function hideKnown(text: string, secrets: readonly string[]): string {
	return secrets
		.filter((secret) => secret.length >= KNOWN_SECRET_MIN_CHARS)
		.sort((left, right) => right.length - left.length)
		.reduce((left, secret) => left.replaceAll(secret, HIDDEN).replaceAll(percentEncode(secret), HIDDEN), text);
}

/** {@link hideKnown} for any JSON-like value, keys of objects included. */
export function hideKnownDeep(value: unknown, secrets: readonly string[]): unknown {
	if (secrets.length === 0 || value === null || typeof value === 'number' || typeof value === 'boolean') return value;
	if (typeof value === 'string') return hideKnown(value, secrets);
	if (Array.isArray(value)) return value.map((item) => hideKnownDeep(item, secrets));
	if (typeof value !== 'object') return value;
	const entries = Object.entries(value).map(([key, member]) => [
		hideKnown(key, secrets),
		hideKnownDeep(member, secrets),
	]);
	return Object.fromEntries(entries);
}

/**
 * A text in one line: line ends and control characters, by which words of others could pass for further lines of a log
 * or steer a terminal, become blanks; marks that turn the direction of reading go.
 */
export function oneLine(text: string): string {
	return text.replace(/[\s\p{Cc}]+/gu, ' ').replace(/[\u202a-\u202e\u2066-\u2069]/g, '');
}

/** Redacts a provider's words and cuts them to a length that fits an error and a table cell. */
export function shorten(text: string, maxChars = PROVIDER_MESSAGE_MAX_CHARS): string {
	const clean = oneLine(redact(text)).trim();
	return clean.length > maxChars ? `${clean.slice(0, maxChars - 1)}…` : clean;
}

/**
 * A copy of any JSON-like value in which every text is redacted and secret fields are hidden.
 * Depth and list lengths are bounded, so that a hostile body costs little.
 */
export function redactDeep(value: unknown, depth = 6): unknown {
	if (typeof value === 'string') return shorten(value);
	if (value === null || typeof value !== 'object') return value;
	if (depth === 0) return '[…]';
	if (Array.isArray(value)) return value.slice(0, 20).map((item) => redactDeep(item, depth - 1));
	const members = Object.entries(value as Record<string, unknown>).slice(0, 50);
	return Object.fromEntries(
		members.map(([key, member]) => [
			key,
			SECRET_FIELD.test(key) && member !== '' && member !== null ? HIDDEN : redactDeep(member, depth - 1),
		]),
	);
}
