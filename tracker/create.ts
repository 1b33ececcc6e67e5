import { randomBytes, randomUUID } from 'node:crypto';

import { estimateVideoUsd } from '../engine/costs/estimate';
import { ok, refuse, type Result } from '../engine/result';
import { expectationOf } from '../engine/video/progress';
import { createJobs } from '../engine/video/graph';
import type { JobFacts, SegmentFacts, VideoFacts } from '../engine/video/types';
import { SEGMENTS_MAX, VIDEO_ID_RANDOM_BYTES } from './constants';
import type { TrackerContext } from './context';
import { expectations } from './expectations';
import { jobToFields, newJobToFields, newSegmentToFields, newVideoToFields, TABLES } from './rows';
import type { CreatedVideo, NewVideoRequest } from './types';

interface Written {
	table: string;
	recordId: string;
}

/** Ids of rows by key, or the first refusal. Every row that was made is noted, so that it can be taken back. */
async function createRows<T>(
	context: TrackerContext,
	table: string,
	keyField: string,
	rows: Array<{ key: T; fields: Record<string, unknown> }>,
	written: Written[],
): Promise<Result<Map<T, string>>> {
	const results = await Promise.all(
		rows.map(async ({ fields }) => await context.store.create(table, fields, { keyField })),
	);
	const ids = new Map<T, string>();
	results.forEach((result, index) => {
		if (!result.ok) return;
		ids.set(rows[index].key, result.value.id);
		written.push({ table, recordId: result.value.id });
	});
	const refusal = results.find((result) => !result.ok);
	return refusal && !refusal.ok ? refusal : ok(ids);
}

async function writeRows(
	context: TrackerContext,
	request: NewVideoRequest,
	video: VideoFacts,
	segments: SegmentFacts[],
	jobs: JobFacts[],
	written: Written[],
): Promise<Result<{ videoRecordId: string; segmentIds: Map<number, string>; jobIds: Map<string, string> }>> {
	const nowMs = context.clock.now();
	const { videoId, title, options } = video;
	const snapshot = { video, segments, jobs };
	const expectedS = (job: JobFacts) => expectationOf(snapshot, job, expectations(context)).p50S;
	const estimatedCostUsd = estimateVideoUsd(snapshot, expectedS, context.settings);
	const head = { videoId, title, script: request.script, options, segmentCount: segments.length, estimatedCostUsd };
	const videoFields = newVideoToFields(head, nowMs);
	const videos = await createRows(context, TABLES.videos, 'video_id', [{ key: videoId, fields: videoFields }], written);
	if (!videos.ok) return videos;
	const [videoRecordId] = videos.value.values();

	const segmentRows = segments.map((segment) => ({
		key: segment.order,
		fields: newSegmentToFields(segment, videoId, videoRecordId, nowMs),
	}));
	const segmentIds = await createRows(context, TABLES.segments, 'segment_id', segmentRows, written);
	if (!segmentIds.ok) return segmentIds;

	const jobRows = jobs.map((job) => {
		const segmentRecordId = job.order === undefined ? undefined : segmentIds.value.get(job.order);
		return {
			key: job.jobKey,
			fields: { ...jobToFields(job, nowMs), ...newJobToFields(job, video, videoRecordId, segmentRecordId) },
		};
	});
	const jobIds = await createRows(context, TABLES.jobs, 'job_key', jobRows, written);
	if (!jobIds.ok) return jobIds;

	// The last write: a video without it is never planned nor shown.
	const ready = await context.store.update(TABLES.videos, videoRecordId, { ready: true });
	return ready.ok ? ok({ videoRecordId, segmentIds: segmentIds.value, jobIds: jobIds.value }) : ready;
}

/**
 * Creates a video with all of its rows. Nothing half-written stays: when a row can't be made, the others are removed,
 * and what could not be removed lacks `ready` and is never planned.
 */
export async function createVideo(context: TrackerContext, request: NewVideoRequest): Promise<Result<CreatedVideo>> {
	if (request.segments.length === 0) return refuse('no_segments', 'The script has no segments.', 'segments');
	if (request.segments.length > SEGMENTS_MAX) {
		const words = `The script makes ${request.segments.length} segments, more than ${SEGMENTS_MAX}: divide it, or ask for longer segments.`;
		return refuse('too_many_segments', words, 'script_text');
	}
	const videoId = `vid_${randomBytes(VIDEO_ID_RANDOM_BYTES).toString('hex')}`;
	const segments = request.segments.map((segment) => ({
		...segment,
		segmentId: `${videoId}_${String(segment.order).padStart(3, '0')}`,
	}));
	const video: VideoFacts = {
		videoId,
		title: request.title,
		status: 'queued',
		options: request.options,
		createdAtMs: context.clock.now(),
	};
	const jobs = createJobs(videoId, segments, randomUUID);

	const written: Written[] = [];
	const rows = await writeRows(context, request, video, segments, jobs, written);
	if (!rows.ok) {
		const tables = [...new Set(written.map(({ table }) => table))];
		await Promise.all(
			tables.map(async (table) => {
				await context.store.remove(
					table,
					written.filter((row) => row.table === table).map((row) => row.recordId),
				);
			}),
		);
		return rows;
	}
	context.cache.putNew({
		snapshot: { video, segments, jobs },
		videoRecordId: rows.value.videoRecordId,
		segmentRecordIds: rows.value.segmentIds,
		jobRecordIds: rows.value.jobIds,
		written: new Map(),
		segmentsReadAtMs: context.clock.now(),
	});
	// Where that fails, the other processes read the rows.
	await context.shared?.share(videoId);
	return ok({ videoId, segments });
}
