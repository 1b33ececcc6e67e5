import type { NodeEgressFilter } from 'n8n-workflow';
import type { interceptors } from 'undici';
import { checkAddress, isAddressLiteral } from '../../../engine/net/address';
import type { ForeignTarget } from '../../../engine/net/foreignUrl';
import { ok, type Result } from '../../../engine/result';
import { codeOfError, foreignRefusal } from './failure';
import type { ResolvedAddress, ResolveHost } from './types';

/**
 * The addresses that a connection to this target may use; empty when its host is an address itself.
 * All of a name's addresses have to be allowed: one bad among good ones is an attack or a mistake, never a provider.
 */
export async function resolveTarget(
	target: ForeignTarget,
	resolveHost: ResolveHost,
	signal: AbortSignal,
): Promise<Result<ResolvedAddress[]>> {
	const { hostname } = target.url;
	if (isAddressLiteral(hostname)) return ok([]);
	const resolved = await settleResolution(resolveHost(hostname), signal);
	if (!resolved.ok) return resolved;
	for (const { address } of resolved.value) {
		const checked = checkAddress(address, target.scope);
		if (!checked.ok) return checked;
	}
	return resolved.value.length > 0 ? resolved : foreignRefusal('host_not_found');
}

/**
 * Name resolution of this n8n instance, where it offers one with its egress rules, else undici's own: shipped code
 * may not import a resolver, but undici's DNS interceptor looks up a name and hands over all its addresses before
 * anything is sent. Only that part of it is used here; the connection is made apart, pinned to the checked addresses.
 */
export function defaultResolver(egress: NodeEgressFilter | undefined): ResolveHost {
	return egress === undefined ? resolveWithUndici : (hostname) => resolveWithEgress(hostname, egress);
}

type DnsStorage = NonNullable<NonNullable<Parameters<typeof interceptors.dns>[0]>['storage']>;

async function resolveWithUndici(hostname: string): Promise<ResolvedAddress[]> {
	const undici = await import('undici');
	return await new Promise((resolve, reject) => {
		const storage: DnsStorage = {
			size: 0,
			get: () => null,
			set: (_origin, found) => resolve([4 as const, 6 as const].flatMap((family) => found?.records[family]?.ips ?? [])),
			delete: () => undefined,
			full: () => false,
		};
		// The interceptor goes on to "send" to whatever `pick` names; nothing is listening behind it.
		const pick = () => ({ address: '0.0.0.0', family: 4 as const, ttl: 0 });
		const dispatch = undici.interceptors.dns({ storage, pick })(() => true);
		dispatch(
			{ origin: `http://${hostname}`, path: '/', method: 'GET' },
			{ onResponseError: (_controller, error) => reject(error) },
		);
	});
}

async function resolveWithEgress(hostname: string, egress: NodeEgressFilter): Promise<ResolvedAddress[]> {
	return await new Promise((resolve, reject) => {
		egress.createSecureLookup()(hostname, { all: true }, (error, addresses) => {
			if (error !== null || !Array.isArray(addresses)) reject(error ?? new TypeError('No list of addresses'));
			else resolve(addresses.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 })));
		});
	});
}

async function settleResolution(
	resolution: Promise<ResolvedAddress[]>,
	signal: AbortSignal,
): Promise<Result<ResolvedAddress[]>> {
	try {
		return ok(await Promise.race([resolution, rejectOnAbort(signal)]));
	} catch (error) {
		const code = codeOfError(error, 'connect_failed', false);
		// Whatever stops a look-up but time and absence is a rule of the instance.
		return foreignRefusal(code === 'connect_failed' ? 'egress_refused' : code);
	}
}

async function rejectOnAbort(signal: AbortSignal): Promise<never> {
	return await new Promise((_resolve, reject) => {
		if (signal.aborted) reject(signal.reason);
		signal.addEventListener('abort', () => reject(signal.reason), { once: true });
	});
}
