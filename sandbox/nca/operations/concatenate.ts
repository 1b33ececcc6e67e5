import { writeFile } from 'node:fs/promises';

import { probeMedia } from '../../media/probe';
import type { Task, Work } from '../work';

/** `/v1/video/concatenate`: joined by stream copy, whatever comes of it. */
export const concatenateVideos: Task = async (work, body) => {
	const parts = body.video_urls as Array<{ video_url: string }>;
	return await concatenate(
		work,
		parts.map((part) => part.video_url),
		`${work.jobId}.mp4`,
	);
};

/** `/v1/audio/concatenate`: the same for sound. */
export const concatenateAudio: Task = async (work, body) => {
	const parts = body.audio_urls as Array<{ audio_url: string }>;
	return await concatenate(
		work,
		parts.map((part) => part.audio_url),
		`${work.jobId}.mp3`,
	);
};

async function concatenate(work: Work, urls: string[], name: string): Promise<string> {
	const files: string[] = [];
	for (const url of urls) files.push(await work.download(url));
	const lines: string[] = [];
	for (const file of files) lines.push(`file '${file.replace(/'/g, "'\\''")}'`, ...(await lengthOf(work, file)));
	await writeFile(work.path('list.txt'), `${lines.join('\n')}\n`);
	await work.runSilently(['-f', 'concat', '-safe', '0', '-i', work.path('list.txt'), '-c', 'copy', work.path(name)]);
	return await work.publish(name);
}

/**
 * ffmpeg of 2018 counts the encoder's lead-in to a file's length and shifts every later part by it; the toolkit's
 * ffmpeg 7 doesn't. Told the length, both do the same.
 */
async function lengthOf(work: Work, file: string): Promise<string[]> {
	const media = await probeMedia(work.ffmpeg.ffprobePath, file, { signal: work.signal }).catch(() => undefined);
	const lengths = (media?.streams ?? []).map((stream) => Number(stream.duration)).filter((length) => length > 0);
	return lengths.length === 0 ? [] : [`duration ${Math.max(...lengths).toFixed(6)}`];
}
