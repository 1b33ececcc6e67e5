import { readFile, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CLIP_PAUSE_MS } from './constants';
import { UsageError } from './errors';
import type { TrackerView } from './trackerView';

const TYPES: Record<string, string> = {
	'.mp4': 'video/mp4',
	'.m4v': 'video/mp4',
	'.mov': 'video/quicktime',
	'.webm': 'video/webm',
	'.mkv': 'video/x-matroska',
};

export interface ClipFile {
	name: string;
	path: string;
	type: string;
}

/** The clips of a folder, by name. @throws UsageError when there are none */
export async function findClips(folder: string): Promise<ClipFile[]> {
	const names = await readdir(folder).catch(() => {
		throw new UsageError(`--clips: cannot read the folder ${folder}`);
	});
	const clips = names.sort().flatMap((name) => {
		const type = TYPES[extname(name).toLowerCase()];
		return type === undefined ? [] : [{ name, path: join(folder, name), type }];
	});
	if (clips.length === 0) throw new UsageError(`--clips: no clips in ${folder}; use ${Object.keys(TYPES).join(', ')}`);
	return clips;
}

/**
 * Puts one clip into each segment's `Video` cell, as a person would: the first half at once, the others one by one
 * while the video is being made. With fewer clips than segments they are used again.
 */
export async function putClips(
	view: TrackerView,
	videoId: string,
	clips: ClipFile[],
	signal: AbortSignal,
): Promise<void> {
	if (clips.length === 0) return;
	const segments = await view.records('Segments', videoId);
	segments.sort((a, b) => Number(a.fields.order) - Number(b.fields.order));
	const atOnce = Math.ceil(segments.length / 2);
	for (const [index, segment] of segments.entries()) {
		if (index >= atOnce) await sleep(CLIP_PAUSE_MS, undefined, { signal });
		const { name, path, type } = clips[index % clips.length];
		await view.attach('Segments', segment.id, 'Video', { name, type, bytes: await readFile(path) });
	}
}
