import { createHash, type Hash } from 'node:crypto';

import { MAX_CHUNK_LINE_BYTES } from './constants';
import { equalsInConstantTime } from './encoding';
import { S3Error } from './s3Error';
import { sha256Hex, signature, type SigningState } from './sigV4';

const EMPTY_SHA256 = sha256Hex('');

/** How a body in aws-chunked framing is to be read. */
export interface ChunkedOptions {
	/** Present when the chunks are signed. */
	signing?: SigningState;
	onTrailer: (name: string, value: string) => void;
}

/**
 * Takes the framing of `content-encoding: aws-chunked` off a body, checking the signature of each chunk and of the
 * trailer where there are any. Bytes are passed on as they come: whoever stores them must wait for the end.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 * @throws S3Error
 */
export async function* decodeChunked(source: AsyncIterable<Buffer>, options: ChunkedOptions): AsyncGenerator<Buffer> {
	const reader = new ByteReader(source);
	const chain = options.signing ? new SignatureChain(options.signing) : undefined;
	for (;;) {
		const [size, given] = parseChunkHead(await reader.line());
		for await (const bytes of reader.take(size)) {
			chain?.update(bytes);
			yield bytes;
		}
		chain?.finishChunk(given);
		if (size === 0) break;
		if ((await reader.line()) !== '') throw incomplete();
	}
	await readTrailer(reader, chain, options.onTrailer);
}

async function readTrailer(
	reader: ByteReader,
	chain: SignatureChain | undefined,
	onTrailer: ChunkedOptions['onTrailer'],
): Promise<void> {
	let text = '';
	let given: string | undefined;
	for (let line = await reader.line(true); line !== ''; line = await reader.line(true)) {
		const mark = line.indexOf(':');
		const name = line.slice(0, mark).trim().toLowerCase();
		const value = line.slice(mark + 1).trim();
		if (name === 'x-amz-trailer-signature') given = value;
		else {
			text += `${name}:${value}\n`;
			onTrailer(name, value);
		}
	}
	if (chain && text !== '') chain.finishTrailer(text, given ?? '');
	await reader.end();
}

function parseChunkHead(line: string): [size: number, signature: string] {
	const match = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line);
	if (!match) throw incomplete();
	return [parseInt(match[1], 16), match[2] ?? ''];
}

/** Each signature covers the one before it, so that no chunk can be left out, added or moved. */
class SignatureChain {
	private previous: string;

	private hash: Hash = createHash('sha256');

	constructor(private readonly state: SigningState) {
		this.previous = state.seed;
	}

	update(bytes: Buffer): void {
		this.hash.update(bytes);
	}

	finishChunk(given: string): void {
		this.check('AWS4-HMAC-SHA256-PAYLOAD', [EMPTY_SHA256, this.hash.digest('hex')], given);
		this.hash = createHash('sha256');
	}

	finishTrailer(text: string, given: string): void {
		this.check('AWS4-HMAC-SHA256-TRAILER', [sha256Hex(text)], given);
	}

	private check(kind: string, hashes: string[], given: string): void {
		const { key, timestamp, scope } = this.state;
		const expected = signature(key, [kind, timestamp, scope, this.previous, ...hashes].join('\n'));
		if (!equalsInConstantTime(expected, given)) {
			throw new S3Error(403, 'SignatureDoesNotMatch', 'The signature of a chunk does not match.');
		}
		this.previous = given;
	}
}

/** Reads lines and counted bytes from a stream, holding one piece of it at a time. */
class ByteReader {
	private readonly iterator: AsyncIterator<Buffer>;

	private rest = Buffer.alloc(0) as Buffer;

	constructor(source: AsyncIterable<Buffer>) {
		this.iterator = source[Symbol.asyncIterator]();
	}

	/** The next line, without its end. The end of the stream counts as an empty line where that is allowed. */
	async line(mayEnd = false): Promise<string> {
		for (;;) {
			const end = this.rest.indexOf('\r\n');
			if (end >= 0) {
				const line = this.rest.toString('latin1', 0, end);
				this.rest = this.rest.subarray(end + 2);
				return line;
			}
			if (this.rest.length > MAX_CHUNK_LINE_BYTES) throw incomplete();
			const more = await this.pull();
			if (more) this.rest = Buffer.concat([this.rest, more]);
			else if (mayEnd && this.rest.length === 0) return '';
			else throw incomplete();
		}
	}

	async *take(count: number): AsyncGenerator<Buffer> {
		let missing = count;
		while (missing > 0) {
			if (this.rest.length === 0) {
				const more = await this.pull();
				if (!more) throw incomplete();
				this.rest = more;
			}
			const bytes = this.rest.subarray(0, missing);
			this.rest = this.rest.subarray(bytes.length);
			missing -= bytes.length;
			yield bytes;
		}
	}

	/** Reads what is left, so that the connection stays usable. */
	async end(): Promise<void> {
		while (await this.pull()) continue;
	}

	private async pull(): Promise<Buffer | undefined> {
		const { done, value } = await this.iterator.next();
		return done ? undefined : value;
	}
}

function incomplete(): S3Error {
	return new S3Error(400, 'IncompleteBody', 'The request body terminated unexpectedly');
}
