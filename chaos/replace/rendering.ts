import { createHash } from 'node:crypto';

import { writeFile } from './files';
import { encodeMedia, type Media } from './media';

/** As in the sandbox. */
export type MediaWish =
	| { kind: 'video'; prompt: string; durationMs: number; aspectRatio: string }
	| { kind: 'image'; prompt: string }
	| { kind: 'music'; prompt: string; durationS: number; format: 'flac' | 'mp3' };

/** Makes clips and music at once: the stand-in lets its own time pass. */
export class MediaRenderer {
	constructor(private readonly dir: string) {}

	async render(wish: MediaWish): Promise<string> {
		const id = createHash('sha256').update(JSON.stringify(wish)).digest('hex');
		const media = mediaOf(wish, id);
		const path = `${this.dir}/${id}.${media.container}`;
		await writeFile(path, encodeMedia(media));
		return path;
	}

	forget(): void {}
}

function mediaOf(wish: MediaWish, id: string): Media {
	if (wish.kind === 'music') {
		return { container: wish.format, durationS: wish.durationS, hasVideo: false, hasAudio: true, id };
	}
	if (wish.kind === 'image') return { container: 'jpg', durationS: 0, hasVideo: false, hasAudio: false, id };
	const durationS = wish.durationMs / 1000;
	return { container: 'mp4', durationS, hasVideo: true, hasAudio: false, width: 1280, height: 720, id };
}
