import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { failureOf, ServiceError } from '../shared/errors';
import { request, type HttpRequest } from '../shared/http';
import { speechSeconds, type AudioFormat } from './audio';

/** A file of our own bucket, which anybody may read. */
function readOf(ctx: IExecuteFunctions, url: string, encoding: HttpRequest['encoding']): HttpRequest {
	return { service: 'Spaces', method: 'GET', url, encoding, idempotent: true, signal: ctx.getExecutionCancelSignal() };
}

/** Key (or URL) of the character times that belong to a sound. */
export function alignmentOf(key: string): string {
	return `${key}.json`;
}

async function readOrFailure(ctx: IExecuteFunctions, url: string) {
	try {
		return { body: (await request(ctx, readOf(ctx, url, 'text'))).body };
	} catch (error) {
		return { failure: failureOf(error) };
	}
}

/**
 * The character times beside a saved sound, or undefined when there are none.
 *
 * @throws ServiceError when the bucket can't be asked: paying again without having looked would be worse
 */
export async function readSavedAlignment(ctx: IExecuteFunctions, url: string): Promise<IDataObject | undefined> {
	const { body, failure } = await readOrFailure(ctx, alignmentOf(url));
	if (failure?.retryable || failure?.class === 'cancelled') throw new ServiceError(failure, 'Spaces');
	return typeof body === 'object' && body !== null ? (body as IDataObject) : undefined;
}

/**
 * Length of speech that lies in our own bucket, read from its bytes.
 *
 * @param expectedBytes length of the object: what is shorter was cut on the way, and would be a shorter voice
 * @throws ServiceError when the object can't be read as a whole
 */
export async function measureSavedSpeech(
	ctx: IExecuteFunctions,
	{ url, bytes: expectedBytes }: { url: string; bytes: number },
	format: AudioFormat,
): Promise<number | undefined> {
	const { body } = await request(ctx, readOf(ctx, url, 'arraybuffer'));
	const bytes = new Uint8Array(body as Buffer);
	if (bytes.byteLength >= expectedBytes) return await speechSeconds(bytes, format);
	const message = `Spaces gave ${bytes.byteLength} of the ${expectedBytes} bytes of the saved speech.`;
	throw new ServiceError({ class: 'unavailable', message, began: 'no', retryable: true }, 'Spaces');
}
