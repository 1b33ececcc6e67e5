import { Buffer } from 'node:buffer';

import type { ForeignTarget } from '../../engine/net/foreignUrl';
import { ok, type Result } from '../../engine/result';
import type { HopAnswer, HopRequest } from '../../nodes/shared/foreignFetch/connect';
import { foreignRefusal } from '../../nodes/shared/foreignFetch/failure';
import { NoAnswer, type Incoming } from '../world/network';
import { theWorld } from '../world/world';

/** As in nodes/shared/foreignFetch/connect. */
export async function settle<T>(
	work: () => Promise<T>,
): Promise<{ ok: true; value: T } | { ok: false; error: unknown }> {
	try {
		return { ok: true, value: await work() };
	} catch (error) {
		return { ok: false, error };
	}
}

/** One hop through this world's network; the checks before it are the shipped ones. */
export async function requestPinned(
	target: ForeignTarget,
	_addresses: unknown,
	request: HopRequest,
): Promise<Result<HopAnswer>> {
	const { network, time } = theWorld();
	const body = request.body === undefined ? undefined : Buffer.from(request.body);
	const overdue = new AbortController();
	const callOff = time.after(request.headersTimeoutMs, () => overdue.abort());
	request.signal.addEventListener('abort', () => overdue.abort(), { once: true });
	const { method, headers } = request;
	const sent = await settle(
		async () => await network.send({ method, url: target.url, headers: { ...headers }, body }, overdue.signal),
	);
	callOff();
	if (!sent.ok) {
		const isOverdue = sent.error instanceof NoAnswer && sent.error.code === 'ABORTED';
		return foreignRefusal(isOverdue ? (request.isCancelled() ? 'cancelled' : 'timeout') : 'connect_failed');
	}
	const answer = sent.value;
	return ok({ status: answer.status, headers: answer.headers, body: chunksOf(answer), close: async () => undefined });
}

async function* chunksOf(answer: Incoming): AsyncGenerator<Uint8Array> {
	// A copy: whoever reads a download gives its chunks' memory back.
	if (answer.body.length > 0) yield new Uint8Array(answer.body);
	if (answer.isCut) throw Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });
}
