import { createHash, randomUUID } from 'node:crypto';

import type { SandboxContext, SandboxReply, SandboxRequest } from '../core/types';
import { parseBody, type WireObject } from './body';
import { ConcurrencyLimit } from './concurrency';
import { encodeSound, parseOutputFormat, type RawSound } from './encoding';
import { composeMusic, makeSound } from './music';
import type { ElevenLabsSettings } from './settings';

/** Music and sound effects: synchronous, binary. */
export class Sounds {
	private readonly limit: ConcurrencyLimit;

	constructor(
		private readonly context: SandboxContext,
		settings: ElevenLabsSettings,
	) {
		this.limit = new ConcurrencyLimit(settings.maxConcurrentMusic, context.clock);
	}

	/** @throws ApiError | ValidationError */
	async music(request: SandboxRequest, requestId: string, isDetailed: boolean): Promise<SandboxReply> {
		const slot = await this.limit.acquire();
		try {
			const reply = await this.make(request, requestId, composeMusic);
			const songId = randomUUID();
			const headers = { ...reply.headers, ...slot.headers, 'song-id': songId };
			const details = { composition_plan: null, song_metadata: { song_id: songId } };
			return isDetailed ? asMultipart({ ...reply, headers }, details) : { ...reply, headers };
		} finally {
			slot.release();
		}
	}

	/** @throws ApiError | ValidationError */
	async effect(request: SandboxRequest, requestId: string): Promise<SandboxReply> {
		return await this.make(request, requestId, makeSound);
	}

	private async make(
		request: SandboxRequest,
		requestId: string,
		compose: (body: WireObject) => RawSound,
	): Promise<SandboxReply> {
		const body = parseBody(await request.body());
		const wanted = request.query.get('output_format') ?? 'auto';
		const format = parseOutputFormat(wanted === 'auto' ? 'mp3_44100_128' : wanted);
		const { dir, ffmpeg } = this.context;
		const audio = await encodeSound(compose(body), format, { dir, ffmpegPath: ffmpeg.ffmpegPath });
		const headers = { 'content-type': format.contentType, 'request-id': requestId };
		return { status: 200, headers, body: audio, paid: { body } };
	}
}

/** `multipart/mixed`: a JSON part, then the sound. */
function asMultipart(reply: SandboxReply, details: object): SandboxReply {
	const audio = reply.body as Buffer;
	const boundary = createHash('sha256').update(audio).digest('hex').slice(0, 32);
	const part = (type: string, body: Buffer) =>
		Buffer.concat([Buffer.from(`--${boundary}\r\nContent-Type: ${type}\r\n\r\n`), body, Buffer.from('\r\n')]);
	const body = Buffer.concat([
		part('application/json', Buffer.from(JSON.stringify(details))),
		part(reply.headers?.['content-type'] ?? '', audio),
		Buffer.from(`--${boundary}--\r\n`),
	]);
	return { ...reply, headers: { ...reply.headers, 'content-type': `multipart/mixed; boundary=${boundary}` }, body };
}
