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

/** A video, one of its segments, or one of its jobs. */
export const targetProperties: INodeProperties[] = [
	{
		displayName: 'Video ID or Job Key',
		name: 'target',
		type: 'string',
		default: '={{ $json.jobKey || $json.videoId }}',
		required: true,
		description: 'A video as a whole, or one of its jobs',
	},
	{
		displayName: 'Segment',
		name: 'segment',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 0 },
		default: 0,
		description: 'Order of one segment of the video. 0 for all.',
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
