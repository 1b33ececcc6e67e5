import { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';

import type { SandboxRequest } from '../../sandbox/core/types';
import { encodeMedia } from '../replace/media';
import type { World } from '../world/world';
import type { ClipKind } from './scenario';

/** A row as a person sees it in Airtable's own editor. */
export interface Row {
	id: string;
	createdTime: string;
	fields: Record<string, unknown>;
}

/** A look into the base, or an edit there, as people have it in the browser: no API call, no limit. */
async function asPerson(world: World, method: string, path: string, body: Buffer = Buffer.alloc(0)): Promise<unknown> {
	const url = new URL(`https://airtable.example${path}`);
	const request: SandboxRequest = {
		method,
		path: url.pathname,
		rawQuery: url.search.slice(1),
		query: url.searchParams,
		headers: { 'content-type': 'video/mp4' },
		stream: Readable.from([body]),
		body: async () => body,
		signal: new AbortController().signal,
	};
	const reply = await world.standIn('airtable').handle(request);
	if (reply.status !== 200) throw new Error(`Airtable's editor answers ${reply.status} to ${path}`);
	return reply.body;
}

/** All rows of a table. */
export async function rowsOf(world: World, table: string): Promise<Row[]> {
	const body = (await asPerson(world, 'GET', `/_people/records?table=${encodeURIComponent(table)}`)) as {
		records: Row[];
	};
	return body.records;
}

/** Puts a clip into a segment's cell, in place of what was there. */
export async function putClip(world: World, row: Row, kind: ClipKind, id: string): Promise<void> {
	const edit = { table: 'Segments', record: row.id, fields: { Video: [] } };
	await asPerson(world, 'POST', '/_people/edit', Buffer.from(JSON.stringify(edit)));
	const query = new URLSearchParams({ table: 'Segments', record: row.id, field: 'Video', filename: 'clip.mp4' });
	await asPerson(world, 'POST', `/_people/upload?${query.toString()}`, clipBytes(kind, id));
}

function clipBytes(kind: ClipKind, id: string): Buffer {
	const clip = {
		container: 'mp4' as const,
		durationS: 8,
		hasVideo: true,
		hasAudio: true,
		width: 1280,
		height: 720,
		id,
	};
	switch (kind) {
		case 'short':
			return encodeMedia({ ...clip, durationS: 2 });
		case 'sound only':
			return encodeMedia({ ...clip, hasVideo: false });
		case 'tiny':
			return encodeMedia({ ...clip, width: 160, height: 90 });
		case 'text':
			return Buffer.from('This is no video but a note.');
		default:
			return encodeMedia(clip);
	}
}
