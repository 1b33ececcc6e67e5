import { planVideo } from '../engine/video/planner';
import { MISSING_CLIP_AFTER_MS } from './constants';
import type { TrackerContext } from './context';
import { raise, recover } from './notices';
import type { VideoEntry } from './videoCache';

const MS_PER_H = 3_600_000;

/** Since when a video waits for nothing but people's clips: its last voice was done then. Undefined where it does not. */
function waitingSinceMs({ snapshot: { video, jobs } }: VideoEntry): number | undefined {
	if (video.status !== 'searching_video') return undefined;
	const voices = jobs.filter((job) => job.step === 'voiceover').map((job) => job.completedAtMs);
	// The voice of a segment that a person left out was never done.
	return Math.max(video.createdAtMs, ...voices.filter((ms) => ms !== undefined));
}

/**
 * Reminds people, once, of a video that has waited for their clips for a day, and says when they are there. Everything
 * follows from the rows, so a restart neither forgets a reminder nor repeats it.
 */
export function remindOfMissingClips(context: TrackerContext): void {
	const nowMs = context.clock.now();
	for (const entry of context.cache.all()) {
		const { video } = entry.snapshot;
		const key = `missing_clip|${video.videoId}`;
		const sinceMs = waitingSinceMs(entry);
		if (sinceMs === undefined) {
			recover(context, key, 'The video no longer waits for a clip.');
			continue;
		}
		if (nowMs - sinceMs < MISSING_CLIP_AFTER_MS) continue;
		const segments = planVideo(entry.snapshot, nowMs).waitingForClip.join(', ');
		const hours = Math.floor((nowMs - sinceMs) / MS_PER_H);
		const message = `"${video.title}" has waited for ${hours} hours for a clip of segment ${segments}.`;
		raise(context, { key, kind: 'missing_clip', severity: 'info', message, version: 'waits', videoId: video.videoId });
	}
}
