import { sleep } from 'n8n-workflow';
import type { Failure } from '../../engine/events';
import { ServiceError } from '../shared/errors';
import { foreignFailure, foreignFetch, type ForeignFetchOptions, type ForeignResponse } from '../shared/foreignFetch';
import { RETRY_CAP_MS, DOWNLOAD_RETRY_BASE_MS, DOWNLOAD_TRIES } from './constants';

export interface DownloadOptions {
	/** Guards and limits of each fetch. */
	fetch: Pick<ForeignFetchOptions, 'allowedInternalHosts' | 'egress' | 'idleTimeoutMs' | 'resolveHost' | 'signal'> & {
		maxBytes: number;
	};
	timeoutMs: number;
	random?: () => number;
	wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** The source can't go on where it broke off; what was read so far is worth nothing. */
export class RestartDownloadError extends Error {
	constructor(readonly failure: Failure) {
		super(failure.message);
		this.name = 'RestartDownloadError';
	}
}

/**
 * The bytes of a URL that others named, fetched by `foreignFetch`. A connection that breaks is taken up again where
 * it broke (`Range` with `If-Range`), provided the source names a version to compare; else the whole has to restart.
 * Chunks are lent: each one is valid until the next is asked for.
 *
 * @throws ServiceError, RestartDownloadError
 */
export class Download implements AsyncIterable<Uint8Array> {
	/** `Content-Type` of the source, known from the first chunk on. */
	contentType: string | undefined;
	private received = 0;
	private total: number | undefined;
	private validator: string | undefined;
	private fruitless = 0;
	private readonly deadlineMs: number;

	constructor(
		private readonly url: string,
		private readonly options: DownloadOptions,
	) {
		this.deadlineMs = performance.now() + options.timeoutMs;
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
		for (;;) {
			const opened = await this.open();
			const failure = opened.ok ? yield* this.pass(opened.response) : opened.failure;
			if (failure === undefined) return;
			await this.pause(failure);
		}
	}

	/** Passes on what arrives; returns why it ended too early, or undefined when the file is complete. */
	private async *pass(response: ForeignResponse): AsyncGenerator<Uint8Array, Failure | undefined> {
		const chunks = response.body[Symbol.asyncIterator]();
		try {
			for (;;) {
				const step = await settleStep(chunks);
				if (!step.ok) return foreignFailure(step.error);
				if (step.value.done === true) break;
				this.received += step.value.value.byteLength;
				this.fruitless = 0;
				yield step.value.value;
				release(step.value.value);
			}
		} finally {
			await response.discard();
		}
		const isShort = this.total !== undefined && this.received < this.total;
		return isShort
			? foreignFailure({ code: 'body_cut', message: 'The source ended before the file was complete.' })
			: undefined;
	}

	private async open(): Promise<{ ok: true; response: ForeignResponse } | { ok: false; failure: Failure }> {
		const timeoutMs = Math.floor(this.deadlineMs - performance.now());
		if (timeoutMs <= 0) return { ok: false, failure: { ...OUT_OF_TIME } };
		const range = this.received > 0 ? { from: this.received, validator: this.validator } : undefined;
		const maxBytes = this.options.fetch.maxBytes - this.received;
		const fetched = await foreignFetch(this.url, { ...this.options.fetch, maxBytes, timeoutMs, range });
		if (!fetched.ok) return { ok: false, failure: foreignFailure(fetched) };
		const response = fetched.value;
		const failure = this.received > 0 ? this.checkResumed(response) : this.checkFirst(response);
		if (failure === undefined) return { ok: true, response };
		await response.discard();
		if (failure instanceof RestartDownloadError) throw failure;
		return { ok: false, failure };
	}

	private checkFirst({ status, headers }: ForeignResponse): Failure | undefined {
		if (status !== 200) return failureOfStatus(status, headers['retry-after']);
		this.contentType = headers['content-type'];
		this.total = wholeNumber(headers['content-length']);
		this.validator = validatorOf(headers);
		return undefined;
	}

	private checkResumed({ status, headers }: ForeignResponse): Failure | RestartDownloadError | undefined {
		// 200: the file has changed or ranges are not known here. 416: it is shorter now.
		if (status === 200 || status === 416) return new RestartDownloadError({ ...CHANGED });
		if (status !== 206) return failureOfStatus(status, headers['retry-after']);
		const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
		const isSameFile = total === '*' || this.total === undefined || Number(total) === this.total;
		if (Number(from) !== this.received || !isSameFile) return new RestartDownloadError({ ...CHANGED });
		this.total ??= wholeNumber(total);
		return undefined;
	}

	private async pause(failure: Failure): Promise<void> {
		// A link that has expired is worth another attempt of the job, but not another request.
		const isWorthATry = failure.retryable && failure.class !== 'expired' && ++this.fruitless < DOWNLOAD_TRIES;
		if (!isWorthATry) throw new ServiceError(failure, 'Download');
		if (performance.now() > this.deadlineMs) throw new ServiceError({ ...OUT_OF_TIME }, 'Download');
		if (this.received > 0 && this.validator === undefined) throw new RestartDownloadError(failure);
		const { random = Math.random, wait = sleep } = this.options;
		const backoff = DOWNLOAD_RETRY_BASE_MS * 2 ** (this.fruitless - 1) * (0.5 + random() / 2);
		const pauseMs = Math.min(RETRY_CAP_MS, Math.max(backoff, (failure.retryAfterS ?? 0) * 1000));
		// A pause that is cancelled ends in the next try, which tells so in our own words.
		await wait(pauseMs, this.options.fetch.signal).catch(() => undefined);
	}
}

const OUT_OF_TIME: Failure = { class: 'timeout', message: 'The download took too long.', began: 'no', retryable: true };
const CHANGED: Failure = {
	class: 'unavailable',
	message: 'The connection broke, and the source can not go on where it broke off.',
	began: 'no',
	retryable: true,
};

type Step = { ok: true; value: IteratorResult<Uint8Array> } | { ok: false; error: { code: string; message: string } };

async function settleStep(chunks: AsyncIterator<Uint8Array>): Promise<Step> {
	try {
		return { ok: true, value: await chunks.next() };
	} catch (error) {
		const { code, message } = error as { code?: unknown; message?: unknown };
		return { ok: false, error: { code: String(code), message: String(message) } };
	}
}

/**
 * Frees a chunk at once. V8 lets about 64 MiB of read buffers pile up before it collects them, for every download
 * that runs. Only a chunk that is alone in its memory is freed; Node 20 has no `transfer` and leaves it to V8.
 */
function release(chunk: Uint8Array): void {
	const { buffer } = chunk;
	if (chunk.byteLength !== buffer.byteLength) return;
	if ('transfer' in buffer && typeof buffer.transfer === 'function') buffer.transfer(0);
}

/** A version to compare when resuming: a strong ETag, else the date of the last change. */
function validatorOf(headers: Record<string, string>): string | undefined {
	const { etag } = headers;
	return etag !== undefined && etag.startsWith('"') ? etag : headers['last-modified'];
}

/** What an answer other than the file means. */
export function failureOfStatus(httpStatus: number, retryAfter: string | undefined): Failure {
	const isGone = [401, 403, 404, 410].includes(httpStatus);
	const isBusy = httpStatus === 429 || httpStatus === 408 || httpStatus >= 500;
	const retryAfterS = wholeNumber(retryAfter);
	return {
		class: isGone ? 'expired' : isBusy ? 'unavailable' : 'invalid_input',
		message: isGone
			? `The file is no longer to be had at its URL (HTTP ${httpStatus}): such links expire.`
			: `The source of the file answered HTTP ${httpStatus}.`,
		began: 'no',
		retryable: isGone || isBusy,
		httpStatus,
		...(retryAfterS === undefined ? {} : { retryAfterS }),
	};
}

function wholeNumber(text: string | undefined): number | undefined {
	return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
