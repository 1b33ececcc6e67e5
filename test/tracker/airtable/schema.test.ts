import { createJobs } from '../../../engine/video/graph';
import type { JobFacts, SegmentFacts, VideoFacts, VideoOptions } from '../../../engine/video/types';
import {
	jobToFields,
	newJobToFields,
	newSegmentToFields,
	newVideoToFields,
	segmentProjectionToFields,
	TABLES,
	videoProjectionToFields,
} from '../../../tracker/rows';
import { openBase, type TestBase, valueOf } from './support';

const NOW_MS = Date.parse('2026-01-01T00:00:00.000Z');
const URL = 'https://example.com/film.mp4';
const SEGMENT: SegmentFacts = { segmentId: 'v_001', order: 1, text: 'Hello', startS: 0, endS: 1.5 };
const VIDEO = { videoId: 'v', title: 'T', status: 'queued', createdAtMs: NOW_MS } as VideoFacts;

let base: TestBase;

beforeAll(async () => {
	base = await openBase();
});

afterAll(async () => await base.close());

async function write(table: string, fields: Record<string, unknown>): Promise<string> {
	const written = valueOf(await base.drive(base.store.create(table, fields)));
	expect(written.movedToNote).toBeUndefined();
	return written.id;
}

it('holds every value that the tracker writes', async () => {
	const head = { videoId: 'v', title: 'T', script: 'Hello', options: {} as VideoOptions, segmentCount: 1 };
	const videoId = await write(TABLES.videos, {
		...newVideoToFields({ ...head, estimatedCostUsd: 0.1234 }, NOW_MS),
		...videoProjectionToFields({
			status: 'searching_video',
			progress: 50,
			narrationS: 1.234,
			videoUrl: URL,
			actualCostUsd: 0.5,
			errorMessage: 'words',
			completedAtMs: NOW_MS,
		}),
	});
	const segmentId = await write(TABLES.segments, {
		...newSegmentToFields(SEGMENT, 'v', videoId, NOW_MS),
		...segmentProjectionToFields({
			voiceUrl: URL,
			voiceS: 1.2,
			clipUrl: URL,
			clipSource: 'generated',
			clipError: 'words',
			combinedUrl: URL,
		}),
	});
	const jobs = createJobs('v', [SEGMENT], () => '00000000-0000-4000-8000-000000000000');
	const filled: Partial<JobFacts> = {
		status: 'completed',
		attempt: 1,
		inputHash: 'f'.repeat(64),
		holder: 'h',
		externalId: 'x',
		queueId: '7',
		claimedAtMs: NOW_MS,
		submittedAtMs: NOW_MS,
		nextCheckAtMs: NOW_MS,
		deadlineAtMs: NOW_MS,
		completedAtMs: NOW_MS,
		output: { url: URL, bytes: 5_000_000_000, durationS: 1.5 },
		actualCostUsd: 0.01,
		errorMessage: 'words',
		alertedAtMs: NOW_MS,
		history: ['one', 'two'],
	};

	for (const job of jobs) {
		await write(TABLES.jobs, {
			...jobToFields({ ...job, ...filled }, NOW_MS),
			...newJobToFields(job, VIDEO, videoId, segmentId),
		});
	}

	expect(jobs.map(({ step }) => step)).toEqual(['voiceover', 'background', 'combine', 'concatenate', 'music', 'mix']);
	expect(base.store.stats().recordsPerWrite).toEqual({ 1: 8 });
});

it('holds a row of a callback', async () => {
	await write(TABLES.events, {
		event_key: 'nca|v.mix|1|x|completed',
		service: 'nca',
		job_key: 'v.mix',
		video_id: 'v',
		verdict: 'received',
		deliveries: 2,
		first_at: '2026-01-01T00:00:00.000Z',
		last_at: '2026-01-01T00:00:00.000Z',
		note: 'words',
		raw: '{}',
	});
});
