import { createHash } from 'node:crypto';
import type { Result } from '../../engine/result';
import type { Failure } from '../../engine/events';
import { ServiceError } from '../shared/errors';
import { COPY_MAX_BYTES, MULTIPART_PARTS_MAX, PART_BYTES, PARTS_IN_MEMORY } from './constants';
import type { ObjectAbout, SpacesTransport, UploadedPart } from './transport';

/** What was stored. */
export interface StoredBytes {
	bytes: number;
	/** SHA-256 of the bytes, 64 hex characters. */
	sha256: string;
	contentType: string;
	/** False when the store did not take the checksum into the object's metadata. */
	isStamped: boolean;
}

export interface UploadOptions {
	inputHash?: string;
	isPublic?: boolean;
	/** Decides by the first part whether this is what was asked for. */
	decideType: (head: Uint8Array) => Result<string>;
	/** Looks at the whole before it becomes an object. */
	verify: (whole: { bytes: number; sha256: string }) => Result<void>;
}

/** A failed check of a file that did arrive. */
export function verificationError(message: string, retryable: boolean): ServiceError {
	const failure: Failure = { class: 'verification', message, began: 'no', retryable };
	return new ServiceError(failure, 'Spaces');
}

type Sent = { ok: true; part: UploadedPart } | { ok: false; error: unknown };

/**
 * Writes a stream of any length as one object in bounded memory: one part fills while the one before is on its way.
 * Up to one part is a single PUT. Nothing becomes visible before length, checksum and type have been checked, and
 * what was begun is aborted when anything fails.
 *
 * @throws ServiceError
 */
export async function uploadStream(
	spaces: SpacesTransport,
	key: string,
	source: AsyncIterable<Uint8Array>,
	options: UploadOptions,
): Promise<StoredBytes> {
	const upload = new PartUpload(spaces, key, options);
	let isComplete = false;
	try {
		for await (const chunk of source) await upload.write(chunk);
		const stored = await upload.finish();
		isComplete = true;
		return stored;
	} finally {
		if (!isComplete) await upload.abort();
	}
}

class PartUpload {
	private readonly hash = createHash('sha256');
	private readonly buffers: Buffer[] = [];
	private readonly parts: UploadedPart[] = [];
	private bytes = 0;
	private filled = 0;
	private partNumber = 1;
	private about?: ObjectAbout;
	private uploadId?: string;
	private inFlight?: Promise<Sent>;

	constructor(
		private readonly spaces: SpacesTransport,
		private readonly key: string,
		private readonly options: UploadOptions,
	) {}

	async write(chunk: Uint8Array): Promise<void> {
		this.hash.update(chunk);
		this.bytes += chunk.byteLength;
		let rest = chunk;
		while (rest.byteLength > 0) {
			if (this.filled === PART_BYTES) await this.sendPart();
			const piece = rest.subarray(0, PART_BYTES - this.filled);
			this.buffer().set(piece, this.filled);
			this.filled += piece.byteLength;
			rest = rest.subarray(piece.byteLength);
		}
	}

	async finish(): Promise<StoredBytes> {
		const whole = { bytes: this.bytes, sha256: this.hash.digest('hex') };
		if (this.bytes === 0) throw verificationError('The source gave an empty file.', true);
		const about = { ...this.decideAbout(), sha256: whole.sha256 };
		accept(this.options.verify(whole));
		const { contentType } = about;
		if (this.uploadId === undefined) {
			await this.spaces.put(this.key, this.buffer().subarray(0, this.filled), about);
			return { ...whole, contentType, isStamped: true };
		}
		await this.sendPart();
		await this.partSent();
		await this.spaces.completeMultipart(this.key, this.uploadId, this.parts, this.bytes);
		this.uploadId = undefined;
		return { ...whole, contentType, isStamped: await this.stamp(about) };
	}

	async abort(): Promise<void> {
		await this.inFlight;
		if (this.uploadId !== undefined) await this.spaces.abortMultipart(this.key, this.uploadId);
	}

	private async sendPart(): Promise<void> {
		if (this.partNumber > MULTIPART_PARTS_MAX) throw verificationError('The file is too large for Spaces.', false);
		this.uploadId ??= await this.spaces.startMultipart(this.key, this.decideAbout());
		const uploadId = this.uploadId;
		const bytes = this.buffer().subarray(0, this.filled);
		await this.partSent();
		const number = this.partNumber++;
		this.inFlight = settlePart(async () => await this.spaces.uploadPart(this.key, uploadId, number, bytes));
		this.filled = 0;
	}

	/** Waits for the part on its way, whose buffer is then free again. */
	private async partSent(): Promise<void> {
		const sent = await this.inFlight;
		this.inFlight = undefined;
		if (sent === undefined) return;
		if (!sent.ok) throw sent.error;
		this.parts.push(sent.part);
	}

	/** The checksum is known only at the end, and metadata can be changed only by copying an object onto itself. */
	private async stamp(about: ObjectAbout): Promise<boolean> {
		if (this.bytes > COPY_MAX_BYTES) return false;
		const source = { bucket: this.spaces.location.bucket, key: this.key };
		return await this.spaces.copy(source, this.key, about).then(
			() => true,
			() => false,
		);
	}

	private decideAbout(): ObjectAbout {
		if (this.about === undefined) {
			const contentType = accept(this.options.decideType(this.buffer().subarray(0, this.filled)));
			this.about = { contentType, inputHash: this.options.inputHash, isPublic: this.options.isPublic };
		}
		return this.about;
	}

	/** The buffer that fills now; there are only as many as may be in memory, and they are used in turn. */
	private buffer(): Buffer {
		const index = (this.partNumber - 1) % PARTS_IN_MEMORY;
		this.buffers[index] ??= Buffer.allocUnsafeSlow(PART_BYTES);
		return this.buffers[index];
	}
}

function accept<T>(result: Result<T>): T {
	if (result.ok) return result.value;
	throw verificationError(result.message, result.code === 'length_differs' || result.code === 'checksum_differs');
}

async function settlePart(send: () => Promise<UploadedPart>): Promise<Sent> {
	try {
		return { ok: true, part: await send() };
	} catch (error) {
		return { ok: false, error };
	}
}
