import { createHmac, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

import type { SandboxContext, SandboxReply, SandboxRequest } from '../core/types';
import { notFound } from './apiError';
import { ATTACHMENT_URL_LIFETIME_MS } from './constants';
import type { AirtableDatabase } from './database';
import type { Row, StoredAttachment } from './model';

const DEFAULT_TYPE = 'application/octet-stream';
const SIGNATURE_CHARACTERS = 32;

/** Files of attachment cells: fetched from where a write pointed, and served under URLs that expire. */
export class AttachmentFiles {
	private readonly folder: string;
	private readonly secret = randomBytes(32);
	private readonly running = new Set<Promise<void>>();
	private stopping = new AbortController();

	constructor(
		private readonly context: SandboxContext,
		private readonly database: AirtableDatabase,
	) {
		this.folder = join(context.dir, 'attachments');
	}

	/** A URL that works for about two hours; its path shows when it ends, as Airtable's does. */
	urlOf = (attachment: StoredAttachment): string => {
		const expiry = this.context.clock.now() + ATTACHMENT_URL_LIFETIME_MS;
		const parts = ['_attachments', 'v3', 'u', expiry, attachment.id, this.sign(expiry, attachment.id)];
		return `${this.context.baseUrl('airtable')}/${parts.join('/')}/${encodeURIComponent(attachment.filename)}`;
	};

	/** Starts downloads; the caller does not wait. A file that can't be fetched takes its attachment away. */
	fetchAll = (attachments: StoredAttachment[]): void => {
		for (const attachment of attachments) {
			const download = this.fetchOne(attachment).finally(() => this.running.delete(download));
			this.running.add(download);
		}
	};

	/** Resolves when no download is under way. */
	async settle(): Promise<void> {
		await Promise.all(this.running);
	}

	/** Goes on with downloads that a restart broke off. */
	resume(): void {
		this.stopping = new AbortController();
		const attachments = this.allAttachments().filter((attachment) => attachment.sourceUrl !== undefined);
		this.fetchAll(attachments);
	}

	async stop(): Promise<void> {
		this.stopping.abort();
		await this.settle();
	}

	async clear(): Promise<void> {
		await this.stop();
		this.stopping = new AbortController();
		await rm(this.folder, { recursive: true, force: true });
	}

	/** Keeps bytes that came in a request; resolves with their number. */
	async store(id: string, bytes: Readable): Promise<number> {
		await mkdir(this.folder, { recursive: true });
		await pipeline(bytes, createWriteStream(this.pathOf(id)));
		return (await stat(this.pathOf(id))).size;
	}

	/** Answers a GET of a URL made by {@link urlOf}. */
	async serve(request: SandboxRequest): Promise<SandboxReply> {
		const [, , , , expiry, id, signature] = request.path.split('/');
		if (signature !== this.sign(Number(expiry), id)) return { status: 403, body: 'Forbidden' };
		if (Number(expiry) <= this.context.clock.now() || this.context.drawFault('expireUrl')) {
			return { status: 410, body: 'Gone' };
		}
		const attachment = this.allAttachments().find((entry) => entry.id === id);
		if (attachment?.size === undefined) throw notFound();
		return sendFile(this.pathOf(id), attachment.size, attachment.type ?? DEFAULT_TYPE, request);
	}

	private async fetchOne(attachment: StoredAttachment): Promise<void> {
		const { id, sourceUrl } = attachment;
		const { signal } = this.stopping;
		try {
			const response = await fetch(String(sourceUrl), { signal });
			if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
			const size = await this.store(id, Readable.fromWeb(response.body as ReadableStream<Uint8Array>));
			const type = response.headers.get('content-type')?.split(';')[0] ?? DEFAULT_TYPE;
			this.replace(id, { id, filename: attachment.filename, size, type });
			this.context.count('attachmentsFetched');
		} catch (error) {
			if (signal.aborted) return;
			this.replace(id, undefined);
			this.context.count('attachmentsNotFetched');
			const reason = error instanceof Error ? error.message : String(error);
			this.context.log({ event: 'attachment not fetched', filename: attachment.filename, reason });
		}
	}

	/** Writes the outcome of a download into whichever cell holds the attachment by now. */
	private replace(id: string, outcome: StoredAttachment | undefined): void {
		for (const { row, fieldId, entries } of this.attachmentCells()) {
			if (!entries.some((entry) => entry.id === id)) continue;
			const updated = entries.flatMap((entry) => (entry.id === id ? (outcome ?? []) : entry));
			const cells = { ...row.cells, [fieldId]: updated };
			if (updated.length === 0) delete cells[fieldId];
			this.database.commit([{ ...row, cells }]);
		}
	}

	private allAttachments(): StoredAttachment[] {
		return this.attachmentCells().flatMap((cell) => cell.entries);
	}

	private attachmentCells(): Array<{ row: Row; fieldId: string; entries: StoredAttachment[] }> {
		return [...this.database.tables.values()].flatMap((table) =>
			table.fields
				.filter((field) => field.type === 'multipleAttachments')
				.flatMap(({ id: fieldId }) =>
					this.database.rowsOf(table.id).flatMap((row) => {
						const entries = row.cells[fieldId] as StoredAttachment[] | undefined;
						return entries ? [{ row, fieldId, entries }] : [];
					}),
				),
		);
	}

	private sign(expiry: number, id: string): string {
		return createHmac('sha256', this.secret).update(`${expiry}.${id}`).digest('hex').slice(0, SIGNATURE_CHARACTERS);
	}

	private pathOf(id: string): string {
		return join(this.folder, id);
	}
}

function sendFile(path: string, size: number, type: string, request: SandboxRequest): SandboxReply {
	const headers = { 'content-type': type, 'accept-ranges': 'bytes' };
	const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
	const start = range ? Number(range[1]) : 0;
	const end = range?.[2] ? Math.min(Number(range[2]), size - 1) : size - 1;
	if (range && start > end) return { status: 416, headers: { 'content-range': `bytes */${size}` } };
	const length = { 'content-length': String(size === 0 ? 0 : end - start + 1) };
	const body = request.method === 'HEAD' || size === 0 ? '' : createReadStream(path, { start, end });
	if (!range) return { status: 200, headers: { ...headers, ...length }, body };
	return { status: 206, headers: { ...headers, ...length, 'content-range': `bytes ${start}-${end}/${size}` }, body };
}
