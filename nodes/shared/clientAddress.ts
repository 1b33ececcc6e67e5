import ipaddr from 'ipaddr.js';

/** Entries of an allow-list field: separated by commas, blanks or line ends. */
export function parseAllowList(text: unknown): string[] {
	return typeof text === 'string' ? text.split(/[\s,;]+/).filter((entry) => entry !== '') : [];
}

function matches(address: ipaddr.IPv4 | ipaddr.IPv6, entry: string): boolean {
	if (ipaddr.isValidCIDR(entry)) {
		const [network, bits] = ipaddr.parseCIDR(entry);
		return network.kind() === address.kind() && address.match([network, bits] as [ipaddr.IPv4, number]);
	}
	return ipaddr.isValid(entry) && ipaddr.process(entry).toNormalizedString() === address.toNormalizedString();
}

/** What tells where a call came from; an express request has it. */
export interface CallerFacts {
	/** The address as express gives it: behind as many proxies as N8N_PROXY_HOPS says it is the client's. */
	ip?: string;
	socket?: { remoteAddress?: string };
	headers: Record<string, string | string[] | undefined>;
}

function isOnList(address: string | undefined, list: string[]): boolean {
	if (address === undefined || !ipaddr.isValid(address)) return false;
	const client = ipaddr.process(address);
	return list.some((entry) => matches(client, entry));
}

/**
 * The address that a call comes from. With a list of trusted proxies, X-Forwarded-For is read from its end, where the
 * nearest proxy wrote, for as long as the one who passed the call on is on the list: what a client wrote in front of
 * that is never reached. Without a list n8n's own setting N8N_PROXY_HOPS decides.
 */
export function clientAddressOf({ ip, socket, headers }: CallerFacts, trustedProxies: string[]): string | undefined {
	if (trustedProxies.length === 0) return ip;
	const hops = [headers['x-forwarded-for'] ?? []]
		.flat()
		.join(',')
		.split(',')
		.map((hop) => hop.trim())
		.filter(Boolean);
	let address = socket?.remoteAddress;
	while (hops.length > 0 && isOnList(address, trustedProxies)) address = hops.pop();
	return address;
}

/**
 * Whether a client address is on an allow-list of addresses and CIDR blocks. An empty list lets everyone in; an
 * address that can't be read is on no list.
 *
 * @param address as {@link clientAddressOf} gives it
 */
export function isAllowedAddress(address: string | undefined, allowList: string[]): boolean {
	return allowList.length === 0 || isOnList(address, allowList);
}
