import { Buffer } from 'node:buffer';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { notFound } from '../../sandbox/airtable/apiError';
import { ATTACHMENT_URL_LIFETIME_MS } from '../../sandbox/airtable/constants';
import type { AirtableDatabase } from '../../sandbox/airtable/database';
import type { StoredAttachment } from '../../sandbox/airtable/model';
import type { SandboxContext, SandboxReply, SandboxRequest } from '../../sandbox/core/types';

const MP4 = 'video/mp4';

/**
 * Files of attachment cells, as the sandbox's own has them, without a disk. What our writes point at is not fetched:
 * nobody here looks at it. Files that people drop into cells are kept and served under URLs that end.
 */
export class AttachmentFiles {
	private readonly files = new Map<string, Buffer>();

	constructor(
		private readonly context: SandboxContext,
		private readonly database: AirtableDatabase,
	) {}

	urlOf = (attachment: StoredAttachment): string => {
		const expiry = this.context.clock.now() + ATTACHMENT_URL_LIFETIME_MS;
		const name = encodeURIComponent(attachment.filename);
		return `${this.context.baseUrl('airtable')}/_attachments/v3/u/${expiry}/${attachment.id}/signed/${name}`;
	};

	fetchAll = (): void => undefined;

	async settle(): Promise<void> {}

	resume(): void {}

	async stop(): Promise<void> {}

	async clear(): Promise<void> {
		this.files.clear();
	}

	async store(id: string, bytes: Readable): Promise<number> {
		const whole = await buffer(bytes);
		this.files.set(id, whole);
		return whole.length;
	}

	async serve(request: SandboxRequest): Promise<SandboxReply> {
		const [, , , , expiry, id] = request.path.split('/');
		if (Number(expiry) <= this.context.clock.now() || this.context.drawFault('expireUrl')) {
			return { status: 410, body: 'Gone' };
		}
		const bytes = this.files.get(id);
		if (!bytes || this.database.tables.size === 0) throw notFound();
		return { status: 200, headers: { 'content-type': MP4, 'accept-ranges': 'bytes' }, body: bytes };
	}
}
