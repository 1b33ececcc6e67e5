import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import type { SegmentFacts } from '../../../../engine/video/types';
import { readVideoOptions } from '../../../../engine/video/options';
import { refuse, ok, type Result } from '../../../../engine/result';
import { unwrap } from '../../../shared/errors';
import { parseJsonParameter, requireString } from '../../../shared/params';
import type { Operation } from '../../../shared/router';
import { getTracker } from '../../connection';
import { requireObject } from '../read';

const properties: INodeProperties[] = [
	{
		displayName: 'Title',
		name: 'title',
		type: 'string',
		default: '={{ $json.title }}',
		description: 'Shown in the tables; the start of the script when it is empty',
	},
	{
		displayName: 'Script',
		name: 'script',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '={{ $json.script_text }}',
		required: true,
		description: 'The whole narration',
	},
	{
		displayName: 'Segments',
		name: 'segments',
		type: 'json',
		default: '={{ $json.segments }}',
		required: true,
		description: 'What the Script Splitter made of the script',
	},
	{
		displayName: 'Settings',
		name: 'settings',
		type: 'json',
		default: '={{ $json }}',
		description: 'Voice, background, picture and music, by name; what is absent takes its default',
	},
];

export const description = updateDisplayOptions({ show: { resource: ['video'], operation: ['create'] } }, properties);

const TITLE_MAX_CHARS = 200;
const TITLE_FROM_SCRIPT_CHARS = 60;

type NewSegment = Omit<SegmentFacts, 'segmentId' | 'clip'>;

function readSegment(value: unknown, index: number): NewSegment | undefined {
	if (typeof value !== 'object' || value === null) return undefined;
	const { text, startS, endS } = value as Record<string, unknown>;
	if (typeof text !== 'string' || text.trim() === '') return undefined;
	return { order: index + 1, text, startS: Number(startS) || 0, endS: Number(endS) || 0 };
}

function readSegments(value: unknown): Result<NewSegment[]> {
	const list: unknown[] = Array.isArray(value) ? value : [];
	const segments = list.map(readSegment);
	if (segments.length === 0 || segments.includes(undefined)) {
		return refuse(
			'invalid_segments',
			'Segments must be a list of objects with a text, as the Script Splitter gives them.',
			'segments',
		);
	}
	return ok(segments.filter((segment): segment is NewSegment => segment !== undefined));
}

function readTitle(value: unknown, script: string): Result<string> {
	if (typeof value !== 'string') return refuse('invalid_setting', 'title must be text.', 'title');
	return ok((value.trim() || script.slice(0, TITLE_FROM_SCRIPT_CHARS)).slice(0, TITLE_MAX_CHARS));
}

/** Creates a video with all of its rows; nothing half-written stays. */
export const execute: Operation = async function (itemIndex) {
	const script = requireString(this, 'script', 'Script', itemIndex);
	const title = unwrap(this, readTitle(this.getNodeParameter('title', itemIndex, ''), script), itemIndex);
	const segments = unwrap(this, readSegments(parseJsonParameter(this, 'segments', 'Segments', itemIndex)), itemIndex);
	const settings = requireObject(this, 'settings', 'Settings', itemIndex);
	const options = unwrap(this, readVideoOptions(settings), itemIndex);

	const tracker = await getTracker(this, itemIndex);
	const request = { title, script, segments, options };
	const created = unwrap(this, await tracker.createVideo(request), itemIndex);
	return {
		videoId: created.videoId,
		video_id: created.videoId,
		segments: created.segments.map((segment) => ({
			id: segment.segmentId,
			order: segment.order,
			text: segment.text,
			start: segment.startS,
			end: segment.endS,
		})),
	};
};
