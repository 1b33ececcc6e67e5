import type { Failure } from '../../../engine/events';
import { deriveVideo, projectSegment, projectVideo } from '../../../engine/video/derive';
import { progressOf } from '../../../engine/video/progress';
import { createJobs, dependentsOf, inputJobsOf, jobKeyOf, videoIdOf, workOf } from '../../../engine/video/graph';
import {
	cancelJob,
	claimJob,
	completeJob,
	failJob,
	judgeEvent,
	resetJob,
	retryDelaySeconds,
	submitJob,
} from '../../../engine/video/lifecycle';
import { inReadingOrder, planVideo } from '../../../engine/video/planner';
import { nextJobStatus, nextVideoStatus } from '../../../engine/video/transitions';
import type { JobFacts, Step, VideoSnapshot } from '../../../engine/video/types';
import { verifyOutput } from '../../../engine/video/verify';
import { buildVideo } from '../../support/videoBuilder';

const NOW_MS = 1_000_000;
const FLAKY: Failure = { class: 'unavailable', message: 'Bad gateway', began: 'unknown', retryable: true };

function jobOf(snapshot: VideoSnapshot, step: Step, order?: number): JobFacts {
	const job = snapshot.jobs.find((candidate) => candidate.step === step && candidate.order === order);
	if (!job) throw new Error(`no job ${step}`);
	return job;
}

function put(snapshot: VideoSnapshot, job: JobFacts): JobFacts {
	snapshot.jobs = snapshot.jobs.map((other) => (other.jobKey === job.jobKey ? job : other));
	return job;
}

function claim(snapshot: VideoSnapshot, step: Step, order?: number): JobFacts {
	const planned = planVideo(snapshot, NOW_MS).claims.find(
		(found) => found.job.step === step && found.job.order === order,
	);
	if (!planned) throw new Error(`${step} can't be claimed`);
	return put(snapshot, claimJob(snapshot, planned, { nowMs: NOW_MS, holder: 'me', tickS: 30 }));
}

function complete(snapshot: VideoSnapshot, step: Step, order?: number, durationS = 10): JobFacts {
	const output = { url: `https://spaces.test/${step}`, bytes: 5, durationS };
	const done = completeJob(claim(snapshot, step, order), { output, nowMs: NOW_MS, externalId: 'x' });
	if (!done.ok) throw new Error(done.message);
	return put(snapshot, done.value);
}

describe('keys', () => {
	it('name video, step and segment', () => {
		expect(jobKeyOf('vid_1', 'combine', 7)).toBe('vid_1.combine.007');
		expect(jobKeyOf('vid_1', 'mix')).toBe('vid_1.mix');
		expect(videoIdOf('vid_1.combine.007')).toBe('vid_1');
	});
});

describe('the graph', () => {
	it('knows what depends on what', () => {
		const video = buildVideo({ texts: ['a', 'b'] });

		const after = dependentsOf(video, jobOf(video, 'background', 1)).map((job) => job.jobKey);

		expect(after).toEqual(['vid_1.combine.001', 'vid_1.concatenate', 'vid_1.mix']);
		expect(inputJobsOf(video, jobOf(video, 'concatenate')).map((job) => job.order)).toEqual([1, 2]);
	});

	it('puts results under the hash of their inputs', () => {
		const video = buildVideo({ texts: ['a'] });

		const voice = workOf(video, jobOf(video, 'voiceover', 1));

		expect(voice?.objectKey).toBe(`videos/vid_1/${voice?.inputHash.slice(0, 16)}/segment_vid_1_1_voiceover.mp3`);
	});

	it.each([
		['wav_44100', 'wav'],
		['ulaw_8000', 'mp3'],
	])('names %s audio by its kind', (outputFormat, extension) => {
		const video = buildVideo({ texts: ['a'] });
		video.video.options.voice.outputFormat = outputFormat;

		expect(workOf(video, jobOf(video, 'voiceover', 1))?.objectKey).toMatch(new RegExp(`\\.${extension}$`));
	});

	it('has no work for a segment that is not there', () => {
		const video = buildVideo({ texts: ['a'] });
		const [stray] = createJobs('vid_1', [{ segmentId: 's9', order: 9, text: 'x', startS: 0, endS: 1 }], () => 'id');
		video.jobs.push(stray);

		expect(workOf(video, stray)).toBeUndefined();
	});

	it('names a clip without an ending as MP4', () => {
		const video = buildVideo({ texts: ['a'], background: 'user' });
		video.segments[0].clip = { id: 'att1', url: 'https://x.test/1', fileName: 'clip' };

		expect(workOf(video, jobOf(video, 'background', 1))?.objectKey).toMatch(/_background\.mp4$/);
	});
});

describe('news of a job', () => {
	const event = (job: JobFacts, change: object = {}) => ({
		jobKey: job.jobKey,
		attempt: job.attempt,
		h: (job.inputHash ?? '').slice(0, 16),
		outcome: 'completed' as const,
		...change,
	});

	it('counts by hash, not by attempt', () => {
		const video = buildVideo({ texts: ['a'] });
		const music = claim(video, 'music');
		put(video, { ...music, attempt: 3 });

		expect(judgeEvent(video, event(music, { attempt: 1 }))).toBe('take');
		expect(judgeEvent(video, event(music, { attempt: 1, outcome: 'failed' }))).toBe('late_failure');
		expect(judgeEvent(video, event(music, { attempt: 3, outcome: 'failed' }))).toBe('failed');
		expect(judgeEvent(video, event(music, { outcome: 'progress' }))).toBe('progress');
		expect(judgeEvent(video, event(music, { h: '0'.repeat(16) }))).toBe('stale');
		expect(judgeEvent(video, event(music, { jobKey: 'vid_1.nothing' }))).toBe('unknown_job');
	});

	it('changes nothing after the job has ended or was cancelled', () => {
		const video = buildVideo({ texts: ['a'] });
		const music = complete(video, 'music');
		const voice = claim(video, 'voiceover', 1);
		const cancelled = cancelJob(voice, NOW_MS);
		if (cancelled.ok) put(video, cancelled.value);

		expect(judgeEvent(video, event(music))).toBe('duplicate');
		expect(judgeEvent(video, event(voice))).toBe('cancelled');
	});
});

describe('the plan', () => {
	it('says when the next attempt of a failed step may start', () => {
		const video = buildVideo({ texts: ['a'] });
		const music = claim(video, 'music');
		put(video, failJob(video, music, { attempt: 1, failure: FLAKY, nowMs: NOW_MS, random: () => 1 })!);
		put(video, { ...jobOf(video, 'background', 1), nextCheckAtMs: NOW_MS + 9_000 });

		expect(planVideo(video, NOW_MS).nextAttemptAtMs).toBe(NOW_MS + 5_000);
		expect(planVideo(video, NOW_MS + 5_000).claims.map((planned) => planned.job.step)).toContain('music');
	});

	it('does not combine with a clip that is being replaced', () => {
		const video = buildVideo({ texts: ['a'] });
		complete(video, 'voiceover', 1);
		complete(video, 'background', 1);
		video.segments[0].clip = { id: 'att1', url: 'https://x.test/1', fileName: 'c.mp4' };

		const claims = planVideo(video, NOW_MS).claims.map((planned) => planned.job.step);

		expect(claims).toContain('background');
		expect(claims).not.toContain('combine');
	});
});

describe('a job', () => {
	it('can be completed late, after it was given up', () => {
		expect(nextJobStatus('failed', 'complete')).toEqual({ ok: true, value: 'completed' });
	});

	it('refuses what its state does not allow', () => {
		const video = buildVideo({ texts: ['a'] });
		const music = complete(video, 'music');

		expect(completeJob(music, { output: { url: 'x' }, nowMs: NOW_MS })).toMatchObject({
			ok: false,
			code: 'illegal_transition',
		});
		expect(cancelJob(music, NOW_MS)).toMatchObject({ ok: false });
	});

	it('notes its submit once, and of its own attempt only', () => {
		const video = buildVideo({ texts: ['a'] });
		const music = claim(video, 'music');
		const note = { attempt: 1, externalId: 't1', queueId: 'q', nowMs: NOW_MS, tickS: 30 };

		const submitted = submitJob(video, music, note);

		expect(submitted).toMatchObject({ externalId: 't1', queueId: 'q', submittedAtMs: NOW_MS });
		expect(submitJob(video, submitted!, note)).toBeUndefined();
		expect(submitJob(video, music, { ...note, attempt: 2 })).toBeUndefined();
	});

	it('keeps its state when the submit is read after the result', () => {
		const video = buildVideo({ texts: ['a'] });
		const music = { ...complete(video, 'music'), externalId: undefined };

		const submitted = submitJob(video, music, { attempt: 1, externalId: 't1', nowMs: NOW_MS, tickS: 30 });

		expect(submitted).toMatchObject({ status: 'completed', externalId: 't1', nextCheckAtMs: undefined });
	});

	it('adds the costs of all of its attempts', () => {
		const video = buildVideo({ texts: ['a'] });
		const music = { ...claim(video, 'music'), actualCostUsd: 1 };

		expect(completeJob(music, { output: { url: 'x' }, nowMs: NOW_MS })).toMatchObject({ value: { actualCostUsd: 1 } });
	});

	it('bears ten refusals that cost nothing, and three failed attempts', () => {
		const video = buildVideo({ texts: ['a'] });
		const refused = { ...claim(video, 'music'), retries: 8 };
		const info = { attempt: 1, nowMs: NOW_MS, random: () => 0 };

		expect(failJob(video, refused, { ...info, failure: { ...FLAKY, began: 'no' } })?.status).toBe('pending');
		expect(failJob(video, refused, { ...info, failure: FLAKY })?.status).toBe('failed');
		expect(failJob(video, refused, { ...info, failure: { ...FLAKY, retryable: false } })?.status).toBe('failed');
	});

	it('ignores the failure of an attempt that is over', () => {
		const video = buildVideo({ texts: ['a'] });
		const music = claim(video, 'music');

		expect(failJob(video, music, { attempt: 9, failure: FLAKY, nowMs: NOW_MS, random: () => 0 })).toBeUndefined();
		expect(
			failJob(video, resetJob(music, NOW_MS), { attempt: 1, failure: FLAKY, nowMs: NOW_MS, random: () => 0 }),
		).toBeUndefined();
	});

	it('waits longer after each failure, as long as the provider asks, and never beyond the cap', () => {
		const waits = [1, 2, 3, 20].map((failures) => retryDelaySeconds(failures, {}, () => 1));

		expect(waits).toEqual([5, 10, 20, 300]);
		expect(retryDelaySeconds(1, {}, () => 0)).toBe(2.5);
		expect(retryDelaySeconds(1, { retryAfterS: 77 }, () => 0)).toBe(77);
	});

	it('remembers its last twenty events', () => {
		const video = buildVideo({ texts: ['a'] });
		let music = claim(video, 'music');
		for (let turn = 0; turn < 30; turn += 1) music = resetJob(music, NOW_MS);

		expect(music.history).toHaveLength(20);
	});
});

describe('a result', () => {
	const combined = (): { video: VideoSnapshot; job: JobFacts } => {
		const video = buildVideo({ texts: ['a', 'b'] });
		for (const order of [1, 2]) {
			complete(video, 'voiceover', order);
			complete(video, 'background', order);
		}
		return { video, job: claim(video, 'combine', 1) };
	};
	const codeOf = (result: ReturnType<typeof verifyOutput>) => (result.ok ? 'ok' : result.message);

	it('must be as long as what it was made of', () => {
		const { video, job } = combined();

		expect(codeOf(verifyOutput(video, job, { url: 'x', durationS: 10.3 }))).toBe('ok');
		expect(codeOf(verifyOutput(video, job, { url: 'x', durationS: 3 }))).toMatch(/lasts 3\.00 s, but 10\.00 s/);
		expect(codeOf(verifyOutput(video, job, { url: 'x' }))).toBe('ok');
	});

	it('of concatenating may differ a little per segment', () => {
		const { video } = combined();
		complete(video, 'combine', 2);
		put(video, { ...jobOf(video, 'combine', 1), status: 'completed', output: { url: 'x', durationS: 10 } });
		const job = claim(video, 'concatenate');

		expect(codeOf(verifyOutput(video, job, { url: 'x', durationS: 20.6 }))).toBe('ok');
		expect(codeOf(verifyOutput(video, job, { url: 'x', durationS: 20.7 }))).not.toBe('ok');
	});

	it('whose inputs nobody measured passes', () => {
		const { video, job } = combined();
		put(video, { ...jobOf(video, 'voiceover', 1), output: { url: 'x' } });

		expect(codeOf(verifyOutput(video, job, { url: 'x', durationS: 99 }))).toBe('ok');
	});

	it.each<[Step, object, object, RegExp]>([
		['combine', { bytes: 0 }, {}, /empty/],
		['combine', {}, { hasAudio: false }, /no sound/],
		['combine', {}, { hasVideo: false }, /no picture/],
		['background', {}, { container: 'audio/mpeg' }, /use an MP4/],
		['background', {}, { container: 'mp4', width: 100, height: 100 }, /at least 320x180/],
		['background', {}, { container: 'mp4', width: 320, height: 100 }, /at least 320x180/],
		['background', {}, { durationS: 0.1 }, /at least 0\.5 s/],
		['music', {}, { hasAudio: false }, /no sound/],
		['voiceover', {}, {}, /could not be read/],
		['voiceover', { durationS: 0 }, {}, /could not be read/],
	])('of %s that can’t be used is refused with a reason', (step, output, media, reason) => {
		const video = buildVideo({ texts: ['a'] });
		const job = step === 'combine' ? combined().job : jobOf(video, step, step === 'music' ? undefined : 1);

		expect(codeOf(verifyOutput(video, job, { url: 'x', ...output }, media))).toMatch(reason);
	});

	it('of a background may be silent, and of any kind of video', () => {
		const video = buildVideo({ texts: ['a'] });
		const media = { container: 'QuickTime', hasAudio: false, hasVideo: true, width: 1280, height: 720, durationS: 5 };

		expect(codeOf(verifyOutput(video, jobOf(video, 'background', 1), { url: 'x' }, media))).toBe('ok');
		expect(codeOf(verifyOutput(video, jobOf(video, 'music'), { url: 'x' }, { hasAudio: true }))).toBe('ok');
	});
});

describe('the state of a video', () => {
	const derived = (video: VideoSnapshot, waiting: number[] = []) => deriveVideo(video, waiting, NOW_MS).status;

	it('follows its jobs, and never goes back by itself', () => {
		const video = buildVideo({ texts: ['a'] });
		expect(derived(video)).toBe('queued');
		claim(video, 'voiceover', 1);
		expect(derived(video)).toBe('generating_tts');
		put(video, { ...jobOf(video, 'voiceover', 1), status: 'completed', output: { url: 'v', durationS: 10 } });
		expect(derived(video, [1])).toBe('searching_video');
		expect(derived(video)).toBe('generating_video');
		complete(video, 'background', 1);
		expect(derived(video)).toBe('processing_video');
		expect(nextVideoStatus('processing_video', 'generating_tts')).toBe('processing_video');
		expect(nextVideoStatus('failed', 'completed')).toBe('failed');
	});

	it('names the first failure as its reason', () => {
		const video = buildVideo({ texts: ['a', 'b'] });
		put(video, { ...jobOf(video, 'voiceover', 1), status: 'failed', completedAtMs: 2, errorMessage: 'second' });
		put(video, { ...jobOf(video, 'voiceover', 2), status: 'failed', completedAtMs: 1, errorMessage: 'first' });
		put(video, { ...jobOf(video, 'music'), status: 'cancelled' });

		const { status, errorMessage, completedAtMs } = deriveVideo(video, [], NOW_MS);

		expect({ status, errorMessage, completedAtMs }).toEqual({
			status: 'failed',
			errorMessage: 'vid_1.voiceover.002: first',
			completedAtMs: NOW_MS,
		});
	});

	it('says what was done to a job that gives no words', () => {
		const video = buildVideo({ texts: ['a'] });
		put(video, { ...jobOf(video, 'music'), status: 'cancelled' });

		expect(deriveVideo(video, [], NOW_MS).errorMessage).toBe('vid_1.music: cancelled');
	});

	it('shows progress up to 99 until it is done', () => {
		const video = buildVideo({ texts: ['a'] });
		expect(progressOf(video)).toBe(0);
		complete(video, 'music');
		expect(progressOf(video)).toBeGreaterThan(0);
		expect(projectVideo({ ...video, video: { ...video.video, status: 'completed' } }).progress).toBe(100);
		expect(progressOf({ ...video, jobs: [] })).toBe(0);
	});

	it('shows what a segment has', () => {
		const video = buildVideo({ texts: ['a'] });
		complete(video, 'voiceover', 1, 12);
		complete(video, 'background', 1);

		expect(projectSegment(video, video.segments[0])).toMatchObject({
			voiceS: 12,
			clipSource: 'generated',
			clipError: undefined,
		});
		expect(projectVideo(video).narrationS).toBe(12);
	});

	it('shows a person’s clip, and why another could not be used', () => {
		const video = buildVideo({ texts: ['a', 'b'], background: 'user' });
		for (const segment of video.segments)
			segment.clip = { id: `att${segment.order}`, url: 'https://x.test/1', fileName: 'c.mov' };
		complete(video, 'background', 1);
		const bad = claim(video, 'background', 2);
		const failure: Failure = { class: 'verification', message: 'Too short', began: 'yes', retryable: false };
		const refused = failJob(video, bad, { attempt: 1, failure, nowMs: NOW_MS, random: () => 0 });
		put(video, refused!);

		expect(projectSegment(video, video.segments[0]).clipSource).toBe('user');
		expect(projectSegment(video, video.segments[1])).toMatchObject({ clipError: 'Too short', clipUrl: undefined });
		expect(planVideo(video, NOW_MS).waitingForClip).toEqual([2]);
	});

	it('counts a voice of unknown length as nothing', () => {
		const video = buildVideo({ texts: ['a'] });
		const voice = complete(video, 'voiceover', 1);
		put(video, { ...voice, output: { url: 'x' }, actualCostUsd: undefined });

		expect(projectVideo(video)).toMatchObject({ narrationS: 0, actualCostUsd: 0 });
	});

	it('lists jobs as people read them', () => {
		const video = buildVideo({ texts: ['a', 'b'] });

		const keys = inReadingOrder([...video.jobs].reverse()).map((job) => job.jobKey);

		expect(keys).toEqual(video.jobs.map((job) => job.jobKey));
	});
});
