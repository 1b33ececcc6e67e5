import type { MediaFacts } from '../events';
import { ok, refuse, type Result } from '../result';
import {
	CLIP_MIN_HEIGHT_PX,
	CLIP_MIN_S,
	CLIP_MIN_WIDTH_PX,
	DURATION_TOLERANCE_PER_SEGMENT_S,
	DURATION_TOLERANCE_S,
} from './constants';
import { inputJobsOf } from './graph';
import type { JobFacts, JobOutput, VideoSnapshot } from './types';

/** The length that a result must have, in seconds, and how far off it may be; undefined where nothing is known. */
function expectedDuration(snapshot: VideoSnapshot, job: JobFacts): { seconds: number; toleranceS: number } | undefined {
	const inputs = inputJobsOf(snapshot, job);
	const measured = (list: JobFacts[]) => list.reduce((sum, input) => sum + (input.output?.durationS ?? NaN), 0);
	switch (job.step) {
		case 'combine':
			return { seconds: measured(inputs.slice(0, 1)), toleranceS: DURATION_TOLERANCE_S };
		case 'concatenate':
			return {
				seconds: measured(inputs),
				toleranceS: DURATION_TOLERANCE_S + DURATION_TOLERANCE_PER_SEGMENT_S * inputs.length,
			};
		case 'mix':
			return { seconds: measured(inputs.slice(0, 1)), toleranceS: DURATION_TOLERANCE_S };
		default:
			return undefined;
	}
}

const CLIP_CONTAINERS = /mp4|quicktime|mov|m4v|webm|matroska|mkv/i;

/** What a picture must be to become part of a video; the words tell a person what to do. */
function refusePicture(media: MediaFacts): string | undefined {
	if (media.container !== undefined && !CLIP_CONTAINERS.test(media.container)) {
		return `The file is a ${media.container}; use an MP4, MOV or WebM video.`;
	}
	if (media.hasVideo === false) return 'The file has no picture; use a video.';
	const { width, height, durationS } = media;
	if (width !== undefined && height !== undefined && (width < CLIP_MIN_WIDTH_PX || height < CLIP_MIN_HEIGHT_PX)) {
		return `The picture is ${width}x${height}; use at least ${CLIP_MIN_WIDTH_PX}x${CLIP_MIN_HEIGHT_PX}.`;
	}
	if (durationS !== undefined && durationS < CLIP_MIN_S) {
		return `The video lasts ${durationS.toFixed(2)} s; use at least ${CLIP_MIN_S} s.`;
	}
	return undefined;
}

function refuseMedia(job: JobFacts, media: MediaFacts): string | undefined {
	if (job.step === 'voiceover' || job.step === 'music') {
		return media.hasAudio === false ? 'The result has no sound.' : undefined;
	}
	if (job.step !== 'background' && media.hasAudio === false) return 'The result has no sound.';
	return refusePicture(media);
}

/**
 * Checks a result against what the step was asked for. Code `verification`. What nobody measured passes.
 *
 * @param media what a look into the stored file showed
 */
export function verifyOutput(
	snapshot: VideoSnapshot,
	job: JobFacts,
	output: JobOutput,
	media: MediaFacts = {},
): Result<JobOutput> {
	if (output.bytes === 0) return refuse('verification', 'The result is an empty file.', 'bytes');
	if (job.step === 'voiceover' && !(output.durationS && output.durationS > 0)) {
		return refuse('verification', 'The length of the voiceover could not be read from its bytes.', 'durationS');
	}
	const problem = refuseMedia(job, media);
	if (problem) return refuse('verification', problem, 'media');
	const expected = expectedDuration(snapshot, job);
	if (!expected || Number.isNaN(expected.seconds) || output.durationS === undefined) return ok(output);
	if (Math.abs(output.durationS - expected.seconds) <= expected.toleranceS) return ok(output);
	const words = `The result lasts ${output.durationS.toFixed(2)} s, but ${expected.seconds.toFixed(2)} s were asked for.`;
	return refuse('verification', words, 'durationS');
}
