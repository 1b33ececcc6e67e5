import { JOB_STATUSES, STEPS, VIDEO_STATUSES } from '../../engine/video/types';
import type { TablePolicy } from './types';

/** A field as the meta API creates it: airtable.com/developers/web/api/field-model. */
export interface FieldSpec {
	name: string;
	type: string;
	options?: Record<string, unknown>;
	/** For links, in place of `options`: the name of the other table. */
	linkTo?: string;
}

/** A table; its first field is the primary one. */
export interface TableSpec {
	name: string;
	description: string;
	fields: [FieldSpec, ...FieldSpec[]];
}

function text(name: string): FieldSpec {
	return { name, type: 'singleLineText' };
}

function longText(name: string): FieldSpec {
	return { name, type: 'multilineText' };
}

function url(name: string): FieldSpec {
	return { name, type: 'url' };
}

function number(name: string, precision = 0): FieldSpec {
	return { name, type: 'number', options: { precision } };
}

/** Dollars; fractions of a cent count when many calls add up. */
function cost(name: string): FieldSpec {
	return number(name, 4);
}

function checkbox(name: string): FieldSpec {
	return { name, type: 'checkbox', options: { icon: 'check', color: 'greenBright' } };
}

function dateTime(name: string): FieldSpec {
	const options = { dateFormat: { name: 'iso' }, timeFormat: { name: '24hour' }, timeZone: 'utc' };
	return { name, type: 'dateTime', options };
}

function select(name: string, choices: readonly string[]): FieldSpec {
	return { name, type: 'singleSelect', options: { choices: choices.map((choice) => ({ name: choice })) } };
}

function attachments(name: string): FieldSpec {
	return { name, type: 'multipleAttachments' };
}

function link(name: string, linkTo: string): FieldSpec {
	return { name, type: 'multipleRecordLinks', linkTo };
}

const VIDEOS: TableSpec = {
	name: 'Videos',
	description: 'One row per video. Computed from its jobs: editing a status here changes nothing.',
	fields: [
		text('video_id'),
		text('title'),
		longText('script'),
		select('status', VIDEO_STATUSES),
		checkbox('ready'),
		longText('options'),
		number('segment_count'),
		number('narration_s', 3),
		number('progress'),
		url('video_url'),
		attachments('Final Video'),
		cost('estimated_cost'),
		cost('actual_cost'),
		text('waiting_for'),
		longText('storyboard_data'),
		checkbox('approved'),
		dateTime('approved_at'),
		longText('error_message'),
		dateTime('created_at'),
		dateTime('updated_at'),
		dateTime('completed_at'),
	],
};

const SEGMENTS: TableSpec = {
	name: 'Segments',
	description: 'One row per segment of a script. Put your own clip into "Video".',
	fields: [
		text('segment_id'),
		link('Video Link', 'Videos'),
		text('video_id'),
		number('order'),
		longText('text'),
		number('start_s', 3),
		number('end_s', 3),
		attachments('Video'),
		url('clip_url'),
		select('clip_source', ['user', 'generated']),
		longText('clip_error'),
		attachments('Voiceover'),
		url('voice_url'),
		number('voice_s', 3),
		attachments('Combined'),
		url('combined_url'),
		dateTime('updated_at'),
	],
};

const JOBS: TableSpec = {
	name: 'Jobs',
	description: 'The ledger: one row per step of a video, kept by the engine.',
	fields: [
		text('job_key'),
		text('job_id'),
		link('Video', 'Videos'),
		link('Segment', 'Segments'),
		text('video_id'),
		text('video_title'),
		select('step', STEPS),
		select('service', ['elevenLabs', 'nca', 'goApi', 'spaces', 'background']),
		select('status', JOB_STATUSES),
		number('attempt'),
		text('input_hash'),
		text('object_key'),
		text('holder'),
		text('external_id'),
		text('queue_id'),
		dateTime('claimed_at'),
		dateTime('submitted_at'),
		dateTime('next_check_at'),
		dateTime('deadline_at'),
		dateTime('completed_at'),
		number('duration_s', 3),
		url('output_url'),
		number('output_bytes'),
		number('retry_count'),
		number('paid_again'),
		text('paid_hash'),
		cost('estimated_cost'),
		cost('actual_cost'),
		checkbox('skipped'),
		longText('error_message'),
		dateTime('alerted_at'),
		longText('history'),
		dateTime('updated_at'),
	],
};

const EVENTS: TableSpec = {
	name: 'Webhook Events',
	description: 'One row per distinct callback; repeated deliveries are counted.',
	fields: [
		text('event_key'),
		text('service'),
		text('job_key'),
		text('video_id'),
		text('verdict'),
		number('deliveries'),
		dateTime('first_at'),
		dateTime('last_at'),
		longText('note'),
		longText('raw'),
	],
};

const PAID_CALLS: TableSpec = {
	name: 'Paid Calls',
	description: 'One row per paid call: reserved with an estimate before it is made, settled with what it cost after.',
	fields: [
		text('call_key'),
		text('job_key'),
		text('video_id'),
		select('step', STEPS),
		select('service', ['elevenLabs', 'nca', 'goApi']),
		number('attempt'),
		text('input_hash'),
		select('state', ['reserved', 'settled', 'released', 'unknown']),
		checkbox('paid_again'),
		cost('estimated_cost'),
		cost('actual_cost'),
		number('units', 3),
		text('unit'),
		dateTime('reserved_at'),
		dateTime('settled_at'),
		longText('note'),
	],
};

const EXPECTATIONS: TableSpec = {
	name: 'Expectations',
	description: 'How long each step takes by the size of its work, learned from the latest runs.',
	fields: [
		text('expectation_key'),
		select('step', STEPS),
		number('size_up_to_s'),
		number('count'),
		number('p50_s', 3),
		number('p90_s', 3),
		number('p99_s', 3),
		longText('samples'),
		dateTime('updated_at'),
	],
};

const ALERTS: TableSpec = {
	name: 'Alerts',
	description: 'What people were told, one row per cause; repeated only when it changes.',
	fields: [
		text('alert_key'),
		text('kind'),
		text('video_id'),
		text('severity'),
		select('state', ['open', 'recovered']),
		longText('message'),
		text('version'),
		number('told'),
		dateTime('first_at'),
		dateTime('last_at'),
		dateTime('recovered_at'),
	],
};

const INSTANCES: TableSpec = {
	name: 'Instances',
	description: 'One row per n8n process that works on this base, with the time of its last sign of life.',
	fields: [
		text('instance_id'),
		select('lock', ['process', 'redis']),
		text('version'),
		dateTime('started_at'),
		dateTime('last_seen_at'),
		longText('note'),
	],
};

/** The tracker's tables. Plain types only: the meta API creates no formulas, lookups or views. */
export const SCHEMA: readonly TableSpec[] = [
	VIDEOS,
	SEGMENTS,
	JOBS,
	EVENTS,
	PAID_CALLS,
	EXPECTATIONS,
	ALERTS,
	INSTANCES,
];

/** What is written first when many writes wait, and where refused values go. */
export const TABLE_POLICIES: Readonly<Record<string, TablePolicy>> = {
	Jobs: { priority: 0, noteField: 'error_message' },
	Videos: { priority: 1, noteField: 'error_message' },
	Segments: { priority: 1, noteField: 'clip_error' },
	'Paid Calls': { priority: 0, noteField: 'note' },
	'Webhook Events': { priority: 2, noteField: 'note', droppable: true },
	Expectations: { priority: 2, noteField: 'samples', droppable: true },
	Alerts: { priority: 1, noteField: 'message' },
	Instances: { priority: 1, noteField: 'note' },
};
