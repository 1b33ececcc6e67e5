import type { INodeProperties } from 'n8n-workflow';

/** The video that an operation works on. */
export const videoIdProperty: INodeProperties = {
	displayName: 'Video ID',
	name: 'videoId',
	type: 'string',
	default: '={{ $json.videoId }}',
	required: true,
	description: 'The ID that Create gave',
};

/** A video, or one of its jobs. */
export const targetProperty: INodeProperties = {
	displayName: 'Video ID or Job',
	name: 'target',
	type: 'string',
	default: '={{ $json.jobKey || $json.videoId }}',
	required: true,
	placeholder: 'e.g. vid_9f2c6f5e0b7d4a31.combine.002',
	description: 'A video by its ID, or one of its jobs by its job key or job ID',
};

/** A video, one of its segments, or one of its jobs. */
export const targetProperties: INodeProperties[] = [
	targetProperty,
	{
		displayName: 'Segment',
		name: 'segment',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 0 },
		default: 0,
		hint: '0 for the whole video',
		description: 'The order of one segment of the video. Leave it at 0 when a job is named above.',
	},
];

/** The item that carries an event or a finding. */
export const eventProperty: INodeProperties = {
	displayName: 'Event',
	name: 'event',
	type: 'json',
	default: '={{ $json }}',
	required: true,
	description: 'A normalised event, as our triggers and nodes emit it',
};
