import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';

import type { Clock, SandboxReply, SandboxRequest } from '../core/types';

const CONTENT_TYPES: Record<string, string> = {
	'.mp4': 'video/mp4',
	'.jpg': 'image/jpeg',
	'.flac': 'audio/flac',
	'.mp3': 'audio/mpeg',
};
const RANGE = /^bytes=(\d*)-(\d*)$/;

interface PublishedFile {
	path: string;
	expiresAtMs: number;
}

/** Files under `/temp/`, each under a name of its own, which end after a while. */
export class PublishedOutputs {
	private readonly files = new Map<string, PublishedFile>();

	constructor(
		private readonly clock: Clock,
		private readonly ttlMs: number,
	) {}

	/** Path of the URL. */
	publish(path: string): string {
		const urlPath = `/temp/${randomUUID()}${extname(path)}`;
		this.files.set(urlPath, { path, expiresAtMs: this.clock.now() + this.ttlMs });
		return urlPath;
	}

	forget(): void {
		this.files.clear();
	}

	/** Ends a URL before its time. */
	expire(urlPath: string): void {
		this.files.delete(urlPath);
	}

	/** Serves GET and HEAD, with ranges as an object store has them. */
	async serve(request: SandboxRequest): Promise<SandboxReply> {
		const file = this.files.get(request.path);
		if (!file || file.expiresAtMs <= this.clock.now()) {
			return { status: 404, headers: { 'content-type': 'text/html' }, body: '<html><body>404 Not Found</body></html>' };
		}
		const { size } = await stat(file.path);
		const range = readRange(request.headers.range, size);
		const headers: Record<string, string> = {
			'content-type': CONTENT_TYPES[extname(file.path)],
			'accept-ranges': 'bytes',
			etag: `"${file.path.slice(-40).replace(/\W/g, '')}"`,
		};
		if (range === 'unsatisfiable') {
			return { status: 416, headers: { ...headers, 'content-range': `bytes */${size}` }, body: '' };
		}
		const { start, end } = range ?? { start: 0, end: size - 1 };
		headers['content-length'] = String(end - start + 1);
		if (range) headers['content-range'] = `bytes ${start}-${end}/${size}`;
		const status = range ? 206 : 200;
		if (request.method === 'HEAD') return { status, headers };
		return { status, headers, body: createReadStream(file.path, { start, end }) };
	}
}

/** Undefined when the whole file is meant: no range, or one that can't be read, which servers leave out of account. */
function readRange(
	header: string | undefined,
	size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
	const [, first, last] = RANGE.exec(header ?? '') ?? [];
	if (first === undefined || (first === '' && last === '')) return undefined;
	const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
	const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
	return start <= end ? { start, end } : 'unsatisfiable';
}
