import { ok, refuse, type Result } from '../result';
import { checkAddress, isAddressLiteral, withoutBrackets, type AddressScope } from './address';
import { BAD_PORTS, FIRST_UNPRIVILEGED_PORT, MAX_URL_CHARACTERS, WEB_PORTS } from './constants';

/** A foreign URL that may be connected to once the addresses of its host have been checked too. */
export interface ForeignTarget {
	url: URL;
	/** What the host's addresses are checked against. */
	scope: AddressScope;
}

const DEFAULT_PORTS: Record<string, number> = { 'http:': 80, 'https:': 443 };

/**
 * Checks a URL that a callback, a person or a record names, before anything is resolved.
 * The WHATWG parser has by then turned odd spellings of IPv4 (decimal, octal, hex, full-width digits) into plain ones.
 *
 * Codes: `url_malformed`, `url_scheme`, `url_credentials`, `url_port`, `address_forbidden`.
 */
export function checkForeignUrl(
	value: string,
	allowedInternalHosts: readonly string[],
	base?: URL,
): Result<ForeignTarget> {
	const url = parseUrl(value, base);
	if (!url) return refuse('url_malformed', 'This is no complete URL.');
	if (!(url.protocol in DEFAULT_PORTS)) return refuse('url_scheme', 'Only http and https URLs are fetched.');
	if (url.username !== '' || url.password !== '') {
		return refuse('url_credentials', 'URLs with a user name or password are not fetched.');
	}
	// "localhost." and "localhost" are one host, and must be one for the allow-list as well.
	if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1);
	if (url.hostname.endsWith('.')) return refuse('url_malformed', 'The URL names no host.');

	const port = url.port === '' ? DEFAULT_PORTS[url.protocol] : Number(url.port);
	const scope = allowedInternalHosts.includes(`${url.hostname}:${port}`) ? 'internal' : 'public';
	if (scope === 'public' && !isWebPort(port)) {
		return refuse('url_port', `Port ${port} is not fetched from: it is no port of a web server.`);
	}
	if (isAddressLiteral(url.hostname)) {
		const address = checkAddress(withoutBrackets(url.hostname), scope);
		if (!address.ok) return address;
	}
	return ok({ url, scope });
}

/**
 * Reads the credential's "Allowed internal hosts": entries `host:port`, separated by commas, blanks or line breaks.
 * Only exact pairs are possible, so that opening one service opens nothing else on that machine.
 *
 * Code: `allowed_host_malformed`.
 */
export function parseAllowedInternalHosts(list: string): Result<string[]> {
	const entries = list.split(/[\s,]+/).filter((entry) => entry !== '');
	const hosts: string[] = [];
	for (const entry of entries) {
		const host = normaliseHostAndPort(entry);
		if (host === undefined) {
			return refuse(
				'allowed_host_malformed',
				`Write each allowed internal host as host:port, e.g. "nca-toolkit:8080". "${entry.slice(0, 80)}" is not of that form.`,
				'allowedInternalHosts',
			);
		}
		hosts.push(host);
	}
	return ok(hosts);
}

function normaliseHostAndPort(entry: string): string | undefined {
	const match = /^([^/?#@*]+):(\d{1,5})$/.exec(entry);
	const url = match === null ? undefined : parseUrl(`http://${entry}`);
	if (match === null || url === undefined) return undefined;
	return `${url.hostname.replace(/\.$/, '')}:${Number(match[2])}`;
}

function isWebPort(port: number): boolean {
	return WEB_PORTS.includes(port) || (port >= FIRST_UNPRIVILEGED_PORT && !BAD_PORTS.includes(port));
}

function parseUrl(value: string, base?: URL): URL | undefined {
	return value.length <= MAX_URL_CHARACTERS && URL.canParse(value, base?.href) ? new URL(value, base) : undefined;
}
