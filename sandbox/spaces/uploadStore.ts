import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { ChecksumAlgorithm } from './checksums';
import { type ObjectHeaders, type ObjectStore, readAll, writeJson } from './objectStore';
import type { Checksum } from './payload';

export interface StoredPart {
	number: number;
	file: string;
	size: number;
	etag: string;
	lastModified: number;
	checksum?: Checksum;
}

export interface Upload extends ObjectHeaders {
	id: string;
	bucket: string;
	key: string;
	startedAt: number;
	checksumAlgorithm?: ChecksumAlgorithm;
	checksumType: Checksum['type'];
	parts: StoredPart[];
}

/** Multipart uploads that are under way; they survive a restart, as the parts do. */
export class UploadStore {
	private readonly uploads = new Map<string, Upload>();

	private readonly dir: string;

	constructor(
		dir: string,
		private readonly bytes: ObjectStore,
	) {
		this.dir = join(dir, 'uploads');
		mkdirSync(this.dir, { recursive: true });
		for (const upload of readAll<Upload>(this.dir)) this.uploads.set(upload.id, upload);
	}

	create(upload: Omit<Upload, 'id' | 'parts'>): Upload {
		const created: Upload = { ...upload, id: randomUUID().replaceAll('-', ''), parts: [] };
		this.save(created);
		return created;
	}

	get(id: string): Upload | undefined {
		return this.uploads.get(id);
	}

	list(bucket: string): Upload[] {
		return [...this.uploads.values()].filter((upload) => upload.bucket === bucket);
	}

	/** Files of all parts. */
	files(): string[] {
		return [...this.uploads.values()].flatMap(({ parts }) => parts.map(({ file }) => file));
	}

	/** A part sent again takes the place of the earlier one. */
	putPart(upload: Upload, part: StoredPart): void {
		const before = upload.parts.find(({ number }) => number === part.number);
		upload.parts = [...upload.parts.filter(({ number }) => number !== part.number), part];
		upload.parts.sort((a, b) => a.number - b.number);
		this.save(upload);
		if (before) this.bytes.discard(before.file);
	}

	/** Ends an upload, with its parts. */
	remove(upload: Upload): void {
		this.uploads.delete(upload.id);
		rmSync(this.pathOf(upload.id), { force: true });
		for (const { file } of upload.parts) this.bytes.discard(file);
	}

	private save(upload: Upload): void {
		this.uploads.set(upload.id, upload);
		writeJson(this.pathOf(upload.id), upload);
	}

	private pathOf(id: string): string {
		return join(this.dir, `${createHash('sha256').update(id).digest('hex')}.json`);
	}
}
