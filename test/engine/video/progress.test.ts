import { defaultExpectation, type Expectations } from '../../../engine/expectations/expectations';
import { etaSeconds, progressOf } from '../../../engine/video/progress';
import type { JobFacts, VideoSnapshot } from '../../../engine/video/types';
import { buildVideo } from '../../support/videoBuilder';

const NOW_MS = 1_000_000;
/** Ten seconds for half of the runs, twenty for most, a minute for nearly all. */
const expectAll: Expectations = () => ({ p50S: 10, p90S: 20, p99S: 60 });

function change(video: VideoSnapshot, step: string, changes: Partial<JobFacts>, order?: number): void {
	video.jobs = video.jobs.map((job) => (job.step === step && job.order === order ? { ...job, ...changes } : job));
}

function running(seconds: number): Partial<JobFacts> {
	return { status: 'processing', attempt: 1, claimedAtMs: NOW_MS - seconds * 1000 };
}

describe('the time that a video still needs', () => {
	it('is the longest way through its steps', () => {
		const video = buildVideo({ texts: ['a', 'b', 'c'] });

		expect(etaSeconds(video, expectAll, NOW_MS)).toBe(40);
	});

	it('is less by what has passed, and by what is done', () => {
		const video = buildVideo({ texts: ['a'] });
		change(video, 'voiceover', running(4), 1);
		change(video, 'background', { status: 'completed' }, 1);
		change(video, 'music', running(0));
		expect(etaSeconds(video, expectAll, NOW_MS)).toBe(6 + 30);

		change(video, 'voiceover', { status: 'completed' }, 1);
		change(video, 'combine', { ...running(9), submittedAtMs: NOW_MS - 1_000 }, 1);
		expect(etaSeconds(video, expectAll, NOW_MS)).toBe(9 + 20);
	});

	it.each([
		[12, 8],
		[35, 18],
		[55, 5],
		[90, 10],
	])('of a step that has lasted %i s goes on to the next mark', (elapsed, left) => {
		const video = buildVideo({ texts: ['a'] });
		for (const job of video.jobs) change(video, job.step, { status: 'completed' }, job.order);
		change(video, 'mix', running(elapsed));

		expect(etaSeconds(video, expectAll, NOW_MS)).toBe(left);
	});

	it('includes the pause before another attempt', () => {
		const video = buildVideo({ texts: ['a'] });
		change(video, 'music', { nextCheckAtMs: NOW_MS + 100_000 });

		expect(etaSeconds(video, expectAll, NOW_MS)).toBe(100 + 10 + 10);
	});

	it('starts now where the time of its beginning is not known', () => {
		const video = buildVideo({ texts: ['a'] });
		change(video, 'voiceover', { status: 'processing' }, 1);

		expect(etaSeconds(video, expectAll, NOW_MS)).toBe(40);
	});

	it('is not known while it waits for a person or a service, when a step has failed, and after the end', () => {
		const video = buildVideo({ texts: ['a'] });
		const held = { ...video, video: { ...video.video, waitingFor: 'GoAPI fails' } };
		const ended = { ...video, video: { ...video.video, status: 'completed' as const } };

		expect(etaSeconds(video, expectAll, NOW_MS, [1])).toBeUndefined();
		expect(etaSeconds(held, expectAll, NOW_MS)).toBeUndefined();
		expect(etaSeconds(ended, expectAll, NOW_MS)).toBeUndefined();
		change(video, 'music', { status: 'failed' });
		expect(etaSeconds(video, expectAll, NOW_MS)).toBeUndefined();
	});

	it('leaves out what was cancelled', () => {
		const video = buildVideo({ texts: ['a'] });
		for (const job of video.jobs) if (job.step !== 'mix') change(video, job.step, { status: 'cancelled' }, job.order);

		expect(etaSeconds(video, expectAll, NOW_MS)).toBe(10);
	});
});

describe('progress', () => {
	it('weighs steps by how long they are expected to take', () => {
		const video = buildVideo({ texts: ['a'] });
		change(video, 'music', { status: 'completed' });
		const slowMusic: Expectations = (step, mediaS) =>
			step === 'music' ? { p50S: 5_000, p90S: 5_000, p99S: 5_000 } : defaultExpectation(step, mediaS);

		expect(progressOf(video, slowMusic)).toBeGreaterThan(progressOf(video) + 50);
	});
});
