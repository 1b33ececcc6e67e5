import { Buffer } from 'node:buffer';

import type { SpacesTransport } from '../../nodes/SpacesPersist/transport';

/** Faults by S3 call, in the order in which calls come; acted out by the sandbox and by this world alike. */
export const SPACES_FAULTS: Record<string, string[]> = {
	HeadObject: ['ok', 'ok', '503', 'ok', 'ok'],
	PutObject: ['ok', 'ok', '500', 'ok'],
	GetObject: ['ok', 'truncate', 'ok', 'cut', 'ok'],
	CopyObject: ['ok', 'errorInside200', 'ok'],
	CompleteMultipartUpload: ['errorInside200', 'ok'],
};

/** What each call gave, or how it failed. */
export type Outcome = { call: string; gave?: unknown; failed?: unknown };

const ABOUT = { contentType: 'text/plain', inputHash: 'a1'.repeat(32), sha256: 'c3'.repeat(32) };
const PART_BYTES = 5 * 1_048_576;

/** The calls that must give the same in the sandbox and in this world. */
export async function playSpaces(spaces: SpacesTransport): Promise<Outcome[]> {
	const outcomes: Outcome[] = [];
	const call = async (name: string, work: () => Promise<unknown>) => {
		try {
			outcomes.push({ call: name, gave: await work() });
		} catch (error) {
			const { failure } = error as { failure?: { class: string; began: string; retryable: boolean } };
			const { class: failureClass, began, retryable } = failure ?? {};
			outcomes.push({ call: name, failed: failure ? { class: failureClass, began, retryable } : String(error) });
		}
	};
	const { bucket } = spaces.location;
	const head = async (key: string) => {
		const found = await spaces.head(key);
		return found && { ...found, etag: undefined };
	};
	await call('head of nothing', async () => await head('none'));
	await call('put', async () => await spaces.put('a/b.txt', Buffer.from('some bytes'), ABOUT));
	await call('head', async () => await head('a/b.txt'));
	await call('put over', async () => await spaces.put('a/b.txt', Buffer.from('other bytes'), ABOUT));
	await call('head after trouble', async () => await head('a/b.txt'));
	await call('put in spite of trouble', async () => await spaces.put('c.txt', Buffer.from('third'), ABOUT));
	await call('read', async () => Buffer.from(await spaces.read('a/b.txt', 0, 4)).toString());
	await call('read what is cut short', async () => Buffer.from(await spaces.read('a/b.txt', 0, 10)).toString());
	await call('read what breaks off', async () => Buffer.from(await spaces.read('a/b.txt', 6, 10)).toString());
	await call('read of nothing', async () => await spaces.read('none', 0, 4));
	await call('copy', async () => await spaces.copy({ bucket, key: 'a/b.txt' }, 'd.txt', ABOUT));
	await call('head of the copy', async () => await head('d.txt'));
	await call('copy with an error inside', async () => await spaces.copy({ bucket, key: 'c.txt' }, 'e.txt', ABOUT));
	await call('copy of nothing', async () => await spaces.copy({ bucket, key: 'none' }, 'f.txt', ABOUT));
	await call('multipart', async () => {
		const id = await spaces.startMultipart('g.bin', ABOUT);
		const parts = [await spaces.uploadPart('g.bin', id, 1, Buffer.alloc(PART_BYTES))];
		parts.push(await spaces.uploadPart('g.bin', id, 2, Buffer.from('end')));
		await spaces.completeMultipart('g.bin', id, parts, PART_BYTES + 3);
		return (await spaces.head('g.bin'))?.bytes;
	});
	await call('delete', async () => await spaces.delete('a/b.txt'));
	await call('head of the deleted', async () => await head('a/b.txt'));
	return outcomes;
}
