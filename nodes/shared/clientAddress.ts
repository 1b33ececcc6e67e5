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

/**
 * Whether a client address is on an allow-list of addresses and CIDR blocks. An empty list lets everyone in; an
 * address that can't be read is on no list.
 *
 * @param address the address as express gives it: behind a proxy it is the client's when n8n knows of the proxy
 * (N8N_PROXY_HOPS), so a forged X-Forwarded-For changes nothing
 */
export function isAllowedAddress(address: string | undefined, allowList: string[]): boolean {
	if (allowList.length === 0) return true;
	if (address === undefined || !ipaddr.isValid(address)) return false;
	const client = ipaddr.process(address);
	return allowList.some((entry) => matches(client, entry));
}
