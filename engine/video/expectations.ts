import type { Step, VideoSnapshot, JobFacts } from './types';

/** How long a step usually takes before anything was learned: a base plus a part that grows with the size of the work. */
interface Expectation {
	baseS: number;
	perSecondOfMedia: number;
}

/**
 * Start values from recorded real runs: NCA median 13.5 s, GoAPI music 31 s, Kling clips 111 to 332 s,
 * speech well under a second per second of audio.
 */
const DEFAULTS: Record<Step, Expectation> = {
	voiceover: { baseS: 3, perSecondOfMedia: 0.2 },
	background: { baseS: 120, perSecondOfMedia: 0 },
	combine: { baseS: 8, perSecondOfMedia: 0.5 },
	concatenate: { baseS: 8, perSecondOfMedia: 0.02 },
	music: { baseS: 30, perSecondOfMedia: 0 },
	mix: { baseS: 8, perSecondOfMedia: 0.1 },
};

/** Seconds of media that a job works on: its segment's, or the whole video's. Estimated until the voice is there. */
export function mediaSecondsOf(snapshot: VideoSnapshot, job: JobFacts): number {
	const lengths = snapshot.segments
		.filter((segment) => job.order === undefined || segment.order === job.order)
		.map((segment) => segment.endS - segment.startS);
	return lengths.reduce((sum, length) => sum + length, 0);
}

/** Expected seconds from submit to result. */
export function expectedSeconds(step: Step, mediaS: number): number {
	const { baseS, perSecondOfMedia } = DEFAULTS[step];
	return baseS + perSecondOfMedia * mediaS;
}

/** Progress of a video, 0 to 100: finished expected work over all of it. */
export function progressOf(snapshot: VideoSnapshot): number {
	if (snapshot.video.status === 'completed') return 100;
	let total = 0;
	let done = 0;
	for (const job of snapshot.jobs) {
		const weight = expectedSeconds(job.step, mediaSecondsOf(snapshot, job));
		total += weight;
		if (job.status === 'completed') done += weight;
	}
	return total === 0 ? 0 : Math.min(99, Math.floor((done / total) * 100));
}
