import { DateTime } from 'luxon';

import {
	JOB_STATUSES,
	STEPS,
	VIDEO_STATUSES,
	type JobFacts,
	type JobStatus,
	type PersonsClip,
	type SegmentFacts,
	type Step,
	type VideoFacts,
	type VideoOptions,
	type VideoStatus,
} from '../engine/video/types';
import type { SegmentProjection, VideoProjection } from '../engine/video/derive';
import type { Fields, StoredRecord } from './airtable/types';
import { readNote, type Note } from './notes';

/** Names of the tables, as the schema makes them. */
export const TABLES = {
	videos: 'Videos',
	segments: 'Segments',
	jobs: 'Jobs',
	events: 'Webhook Events',
	paidCalls: 'Paid Calls',
	expectations: 'Expectations',
	alerts: 'Alerts',
	instances: 'Instances',
} as const;

const SERVICE_OF_STEP: Record<Step, string> = {
	voiceover: 'elevenLabs',
	background: 'background',
	combine: 'nca',
	concatenate: 'nca',
	music: 'goApi',
	mix: 'nca',
};

function text(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? value : undefined;
}

function number(value: unknown): number | undefined {
	return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function timeMs(value: unknown): number | undefined {
	const parsed = typeof value === 'string' ? DateTime.fromISO(value, { zone: 'utc' }) : undefined;
	return parsed?.isValid ? parsed.toMillis() : undefined;
}

function iso(ms: number | undefined): string | null {
	return ms === undefined ? null : DateTime.fromMillis(ms, { zone: 'utc' }).toISO();
}

/** A value that a person may have typed over: anything else counts as the fallback. */
function oneOf<T extends string>(allowed: readonly T[], value: unknown, fallback: T): T {
	return allowed.find((candidate) => candidate === value) ?? fallback;
}

/** A value of a hash field; one that a person changed is none. */
function hash(value: unknown): string | undefined {
	return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value) ? value : undefined;
}

/** The note of a Jobs or Videos row; a status without its select option stands there. */
function noteOf(fields: Fields): Note {
	return readNote(text(fields.error_message) ?? '');
}

/** One file in an attachment field: people read it there, machines use the text field beside it. */
export function attachment(url: unknown): Array<{ url: string }> | undefined {
	return typeof url === 'string' && url !== '' ? [{ url }] : undefined;
}

/** The Jobs row of a job. Empty cells are written as null, so that a new attempt clears what the former left. */
export function jobToFields(job: JobFacts, nowMs: number): Fields {
	return {
		status: job.status,
		attempt: job.attempt,
		input_hash: job.inputHash ?? null,
		object_key: job.objectKey ?? null,
		holder: job.holder ?? null,
		external_id: job.externalId ?? null,
		queue_id: job.queueId ?? null,
		claimed_at: iso(job.claimedAtMs),
		submitted_at: iso(job.submittedAtMs),
		next_check_at: iso(job.nextCheckAtMs),
		deadline_at: iso(job.deadlineAtMs),
		completed_at: iso(job.completedAtMs),
		duration_s: job.output?.durationS ?? null,
		output_url: job.output?.url ?? null,
		output_bytes: job.output?.bytes ?? null,
		retry_count: job.retries,
		paid_again: job.paidAgain,
		paid_hash: job.paidHash ?? null,
		estimated_cost: job.estimatedCostUsd ?? null,
		actual_cost: job.actualCostUsd ?? null,
		skipped: job.skipped ?? false,
		error_message: job.errorMessage ?? null,
		alerted_at: iso(job.alertedAtMs),
		history: job.history.join('\n') || null,
		updated_at: iso(nowMs),
	};
}

/** The part of a Jobs row that never changes. */
export function newJobToFields(
	job: JobFacts,
	video: VideoFacts,
	videoRecordId: string,
	segmentRecordId?: string,
): Fields {
	return {
		job_key: job.jobKey,
		job_id: job.jobId,
		Video: [videoRecordId],
		...(segmentRecordId === undefined ? {} : { Segment: [segmentRecordId] }),
		video_id: video.videoId,
		video_title: video.title,
		step: job.step,
		service: SERVICE_OF_STEP[job.step],
	};
}

function outputFrom(fields: Fields): JobFacts['output'] {
	const url = text(fields.output_url);
	return url === undefined
		? undefined
		: { url, bytes: number(fields.output_bytes), durationS: number(fields.duration_s) };
}

/** A job from its row; undefined where the row names no job of ours. */
export function jobFromRecord(record: StoredRecord): JobFacts | undefined {
	const { fields } = record;
	const jobKey = text(fields.job_key) ?? '';
	const [, stepName, order] = jobKey.split('.');
	const step = STEPS.find((candidate) => candidate === stepName);
	if (step === undefined) return undefined;
	const note = noteOf(fields);
	return {
		jobKey,
		jobId: text(fields.job_id) ?? '',
		step,
		order: number(Number(order)),
		status: oneOf<JobStatus>(JOB_STATUSES, note.moved.get('status') ?? fields.status, 'pending'),
		attempt: number(fields.attempt) ?? 0,
		retries: number(fields.retry_count) ?? 0,
		inputHash: hash(fields.input_hash),
		objectKey: text(fields.object_key),
		holder: text(fields.holder),
		externalId: text(fields.external_id),
		queueId: text(fields.queue_id),
		claimedAtMs: timeMs(fields.claimed_at),
		submittedAtMs: timeMs(fields.submitted_at),
		nextCheckAtMs: timeMs(fields.next_check_at),
		deadlineAtMs: timeMs(fields.deadline_at),
		completedAtMs: timeMs(fields.completed_at),
		output: outputFrom(fields),
		paidAgain: number(fields.paid_again) ?? 0,
		paidHash: hash(fields.paid_hash),
		estimatedCostUsd: number(fields.estimated_cost),
		actualCostUsd: number(fields.actual_cost),
		skipped: fields.skipped === true ? true : undefined,
		errorMessage: text(note.text),
		alertedAtMs: timeMs(fields.alerted_at),
		history: (text(fields.history) ?? '').split('\n').filter((line) => line !== ''),
	};
}

/** The Segments row of a new segment. */
export function newSegmentToFields(
	segment: SegmentFacts,
	videoId: string,
	videoRecordId: string,
	nowMs: number,
): Fields {
	return {
		segment_id: segment.segmentId,
		'Video Link': [videoRecordId],
		video_id: videoId,
		order: segment.order,
		text: segment.text,
		start_s: segment.startS,
		end_s: segment.endS,
		updated_at: iso(nowMs),
	};
}

/** The clip that a person put into the attachment field `Video`; the newest one when there are several. */
function clipFrom(value: unknown): PersonsClip | undefined {
	const files: unknown[] = Array.isArray(value) ? value : [];
	const file = files[files.length - 1];
	if (file === null || typeof file !== 'object') return undefined;
	const { id, url, filename, size } = file as Fields;
	if (typeof id !== 'string' || typeof url !== 'string') return undefined;
	return { id, url, fileName: text(filename) ?? 'clip.mp4', bytes: number(size) };
}

/** A segment from its row; undefined where the row is not one of ours. */
export function segmentFromRecord(record: StoredRecord): SegmentFacts | undefined {
	const { fields } = record;
	const segmentId = text(fields.segment_id);
	const order = number(fields.order);
	if (segmentId === undefined || order === undefined) return undefined;
	return {
		segmentId,
		order,
		text: typeof fields.text === 'string' ? fields.text : '',
		startS: number(fields.start_s) ?? 0,
		endS: number(fields.end_s) ?? 0,
		clip: clipFrom(fields.Video),
	};
}

/** What people see of a segment, as cells. */
export function segmentProjectionToFields(projection: SegmentProjection): Fields {
	return {
		voice_url: projection.voiceUrl ?? null,
		voice_s: projection.voiceS ?? null,
		Voiceover: attachment(projection.voiceUrl) ?? [],
		clip_url: projection.clipUrl ?? null,
		clip_source: projection.clipSource ?? null,
		clip_error: projection.clipError ?? null,
		combined_url: projection.combinedUrl ?? null,
		Combined: attachment(projection.combinedUrl) ?? [],
	};
}

export interface NewVideo {
	videoId: string;
	title: string;
	script: string;
	options: VideoOptions;
	segmentCount: number;
	estimatedCostUsd: number;
}

/** The Videos row of a new video; `ready` stays off until everything else of it is written. */
export function newVideoToFields(video: NewVideo, nowMs: number): Fields {
	return {
		video_id: video.videoId,
		title: video.title,
		script: video.script,
		status: 'queued',
		ready: false,
		options: JSON.stringify(video.options),
		segment_count: video.segmentCount,
		progress: 0,
		estimated_cost: video.estimatedCostUsd,
		created_at: iso(nowMs),
		updated_at: iso(nowMs),
	};
}

function optionsFrom(value: unknown): VideoOptions | undefined {
	if (typeof value !== 'string') return undefined;
	try {
		const parsed: unknown = JSON.parse(value);
		return parsed !== null && typeof parsed === 'object' && 'voice' in parsed ? (parsed as VideoOptions) : undefined;
	} catch {
		return undefined;
	}
}

/** A video from its row; undefined where it is not ready or its options are not readable. */
export function videoFromRecord(record: StoredRecord): VideoFacts | undefined {
	const { fields } = record;
	const videoId = text(fields.video_id);
	const options = optionsFrom(fields.options);
	if (videoId === undefined || options === undefined || fields.ready !== true) return undefined;
	const note = noteOf(fields);
	return {
		videoId,
		title: text(fields.title) ?? '',
		status: oneOf<VideoStatus>(VIDEO_STATUSES, note.moved.get('status') ?? fields.status, 'queued'),
		options,
		errorMessage: text(note.text),
		waitingFor: text(fields.waiting_for),
		createdAtMs: timeMs(fields.created_at) ?? 0,
		completedAtMs: timeMs(fields.completed_at),
	};
}

/** What people see of a video, as cells. */
export function videoProjectionToFields(projection: VideoProjection): Fields {
	return {
		status: projection.status,
		progress: projection.progress,
		narration_s: projection.narrationS ?? null,
		video_url: projection.videoUrl ?? null,
		'Final Video': attachment(projection.videoUrl) ?? [],
		actual_cost: projection.actualCostUsd,
		waiting_for: projection.waitingFor ?? null,
		error_message: projection.errorMessage ?? null,
		completed_at: iso(projection.completedAtMs),
	};
}
