import type { JobFacts, SegmentFacts, Step, VideoSnapshot } from './types';

/**
 * Lists are replaced when something in them changes, never changed in place, so what is found in one can be kept
 * beside it. A video of 500 segments has 1,500 jobs, each of which looks for others.
 */
const jobsByPlace = new WeakMap<JobFacts[], Map<string, JobFacts>>();
const segmentsByOrder = new WeakMap<SegmentFacts[], Map<number, SegmentFacts>>();

function placeOf(step: Step, order?: number): string {
	return `${step}|${order ?? ''}`;
}

/** The job of a step, and of a segment where the step has one per segment. */
export function findJob({ jobs }: Pick<VideoSnapshot, 'jobs'>, step: Step, order?: number): JobFacts | undefined {
	let index = jobsByPlace.get(jobs);
	if (!index) {
		index = new Map();
		for (const job of jobs) {
			const place = placeOf(job.step, job.order);
			if (!index.has(place)) index.set(place, job);
		}
		jobsByPlace.set(jobs, index);
	}
	return index.get(placeOf(step, order));
}

/** The segment of this order. */
export function findSegment(
	{ segments }: Pick<VideoSnapshot, 'segments'>,
	order: number | undefined,
): SegmentFacts | undefined {
	let index = segmentsByOrder.get(segments);
	if (!index) {
		// Of two with one order the first counts.
		index = new Map([...segments].reverse().map((segment) => [segment.order, segment]));
		segmentsByOrder.set(segments, index);
	}
	return order === undefined ? undefined : index.get(order);
}
