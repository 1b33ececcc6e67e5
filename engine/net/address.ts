import ipaddr from 'ipaddr.js';
import { ok, refuse, type Result } from '../result';
import { IPV6_GLOBAL_UNICAST, PUBLIC_METADATA_ADDRESSES } from './constants';

/** `public`: only addresses of the open internet. `internal`: also those of the own network, for allow-listed hosts. */
export type AddressScope = 'public' | 'internal';

const INTERNAL_RANGES: readonly string[] = ['unicast', 'private', 'loopback', 'carrierGradeNat', 'uniqueLocal'];

/**
 * Decides whether a connection to this address is allowed.
 * Only what is known to be good passes: every special range is refused, the IPv6 forms that carry an IPv4 address
 * (mapped, 6to4, NAT64, Teredo) included, because they reach the address inside.
 *
 * Codes: `address_malformed`, `address_forbidden`.
 */
export function checkAddress(address: string, scope: AddressScope): Result<string> {
	if (!ipaddr.isValid(address)) return refuse('address_malformed', 'The host has no valid address.');
	const parsed = ipaddr.parse(address);
	const range = parsed.range();
	const allowed = scope === 'internal' ? INTERNAL_RANGES.includes(range) : isPublic(parsed, range);
	if (allowed && !PUBLIC_METADATA_ADDRESSES.includes(parsed.toString())) return ok(address);
	return refuse('address_forbidden', `The host leads to a ${describeRange(range)} address, which is not fetched.`);
}

/** True for an IPv4 or IPv6 literal as `URL.hostname` writes it, with or without brackets. */
export function isAddressLiteral(hostname: string): boolean {
	return ipaddr.isValid(withoutBrackets(hostname));
}

/** `[::1]` → `::1`; anything else unchanged. */
export function withoutBrackets(hostname: string): string {
	return hostname.startsWith('[') && hostname.endsWith(']') ? hostname.slice(1, -1) : hostname;
}

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6, range: string): boolean {
	if (range !== 'unicast') return false;
	return address.kind() === 'ipv4' || address.match(ipaddr.parseCIDR(IPV6_GLOBAL_UNICAST));
}

function describeRange(range: string): string {
	return range === 'unicast' ? 'special' : range;
}
