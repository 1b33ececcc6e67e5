import { createJobs } from '../../engine/video/graph';
import { readVideoOptions } from '../../engine/video/options';
import type { SegmentFacts, VideoSnapshot } from '../../engine/video/types';

export interface VideoShape {
	texts: string[];
	background?: 'user' | 'generated';
	maxAttempts?: number;
}

/** A fresh video, as the tracker creates it. */
export function buildVideo({ texts, background = 'generated', maxAttempts = 3 }: VideoShape): VideoSnapshot {
	const options = readVideoOptions({ background, max_attempts: maxAttempts });
	if (!options.ok) throw new Error(options.message);
	const segments: SegmentFacts[] = texts.map((text, index) => ({
		segmentId: `vid_1_${index + 1}`,
		order: index + 1,
		text,
		startS: index * 10,
		endS: (index + 1) * 10,
	}));
	let id = 0;
	return {
		video: { videoId: 'vid_1', title: 'A title', status: 'queued', options: options.value, createdAtMs: 0 },
		segments,
		jobs: createJobs('vid_1', segments, () => `job-${(id += 1)}`),
	};
}
