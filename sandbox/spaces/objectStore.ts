import { createHash, randomUUID } from 'node:crypto';
import {
	createReadStream,
	createWriteStream,
	mkdirSync,
	openSync,
	readFileSync,
	readdirSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { type ChecksumAlgorithm, createDigest } from './checksums';
import type { Checksum } from './payload';

export interface StoredBucket {
	name: string;
	/** Milliseconds since the epoch. */
	createdAt: number;
}

/** What a client said about an object, and gets back with it. */
export interface ObjectHeaders {
	contentType: string;
	/** `cache-control`, `content-disposition`, `content-encoding`, `content-language`, `expires`. */
	headers: Record<string, string>;
	/** Names without `x-amz-meta-`, in lower case. */
	metadata: Record<string, string>;
	isPublic: boolean;
}

export interface StoredObject extends ObjectHeaders {
	bucket: string;
	key: string;
	/** Name of the file with the bytes, never made from the key. */
	file: string;
	size: number;
	/** Without quotes. */
	etag: string;
	/** Milliseconds since the epoch. */
	lastModified: number;
	checksum?: Checksum;
}

/** Bytes that were written, not yet visible as an object. */
export interface WrittenBytes {
	file: string;
	size: number;
	md5: string;
	/** Base64, when asked for. */
	checksum?: string;
}

/**
 * Objects on disk: bytes in files with random names, and one small JSON file an object under the hash of its bucket
 * and key. No part of a key ever becomes part of a path, so no key can name a place outside.
 */
export class ObjectStore {
	private readonly objects = new Map<string, StoredObject>();

	private readonly buckets = new Map<string, StoredBucket>();

	/** Opens the folder, with what an earlier run left in it. */
	constructor(private readonly dir: string) {
		for (const folder of ['objects', 'buckets', 'data']) mkdirSync(join(dir, folder), { recursive: true });
		for (const bucket of readAll<StoredBucket>(join(dir, 'buckets'))) this.buckets.set(bucket.name, bucket);
		for (const object of readAll<StoredObject>(join(dir, 'objects'))) this.objects.set(nameOf(object), object);
	}

	allBuckets(): StoredBucket[] {
		return [...this.buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
	}

	hasBucket(name: string): boolean {
		return this.buckets.has(name);
	}

	addBucket(bucket: StoredBucket): void {
		this.buckets.set(bucket.name, bucket);
		writeJson(this.pathOf('buckets', bucket.name), bucket);
	}

	removeBucket(name: string): void {
		this.buckets.delete(name);
		rmSync(this.pathOf('buckets', name), { force: true });
	}

	get(bucket: string, key: string): StoredObject | undefined {
		return this.objects.get(nameOf({ bucket, key }));
	}

	/** Objects of a bucket in the order of their keys' bytes. */
	list(bucket: string): StoredObject[] {
		const found = [...this.objects.values()].filter((object) => object.bucket === bucket);
		return found.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
	}

	/** Writes bytes to a new file. Nothing stays when the source fails. */
	async write(source: AsyncIterable<Buffer>, algorithm?: ChecksumAlgorithm): Promise<WrittenBytes> {
		const file = randomUUID();
		const md5 = createHash('md5');
		const digest = algorithm && createDigest(algorithm);
		let size = 0;
		async function* measured(): AsyncGenerator<Buffer> {
			for await (const bytes of source) {
				size += bytes.length;
				md5.update(bytes);
				digest?.update(bytes);
				yield bytes;
			}
		}
		try {
			await pipeline(measured, createWriteStream(join(this.dir, 'data', file)));
		} catch (error) {
			this.discard(file);
			throw error;
		}
		return { file, size, md5: md5.digest('hex'), checksum: digest?.digest().toString('base64') };
	}

	/** Makes written bytes an object, in one step: readers see the old one or the new one. */
	commit(object: StoredObject): void {
		const before = this.objects.get(nameOf(object));
		this.update(object);
		if (before) this.discard(before.file);
	}

	/** Replaces what is known of an object whose bytes stay. */
	update(object: StoredObject): void {
		writeJson(this.pathOf('objects', nameOf(object)), object);
		this.objects.set(nameOf(object), object);
	}

	remove(bucket: string, key: string): void {
		const object = this.get(bucket, key);
		if (!object) return;
		this.objects.delete(nameOf(object));
		rmSync(this.pathOf('objects', nameOf(object)), { force: true });
		this.discard(object.file);
	}

	/** Opens bytes for reading at once: a later overwrite doesn't disturb the reader. `end` is included. */
	read(file: string, start = 0, end = Infinity): Readable {
		const path = join(this.dir, 'data', file);
		return createReadStream(path, { fd: openSync(path, 'r'), start, end });
	}

	/** Throws written bytes away. */
	discard(file: string): void {
		rmSync(join(this.dir, 'data', file), { force: true });
	}

	/** Removes bytes that belong to nothing, which a crash can leave; `parts` are the files of uploads under way. */
	removeOrphans(parts: string[]): void {
		const used = new Set([...parts, ...[...this.objects.values()].map(({ file }) => file)]);
		for (const file of readdirSync(join(this.dir, 'data'))) {
			if (!used.has(file)) this.discard(file);
		}
	}

	private pathOf(folder: string, name: string): string {
		return join(this.dir, folder, `${createHash('sha256').update(name).digest('hex')}.json`);
	}
}

/** Bucket names hold no slash, so that no two objects share a name. */
function nameOf({ bucket, key }: { bucket: string; key: string }): string {
	return `${bucket}/${key}`;
}

/** Reads every JSON file of a folder; those being written have another ending. */
export function readAll<T>(dir: string): T[] {
	return readdirSync(dir)
		.filter((name) => name.endsWith('.json'))
		.map((name) => JSON.parse(readFileSync(join(dir, name), 'utf8')) as T);
}

/** Replaces a file in one step. */
export function writeJson(path: string, value: unknown): void {
	writeFileSync(`${path}.new`, JSON.stringify(value));
	renameSync(`${path}.new`, path);
}
