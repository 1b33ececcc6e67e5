import type { INodeProperties } from 'n8n-workflow';

import { STATUS_WINDOW_DEFAULT_S } from '../../constants';

/** The toolkit's own ID of a job. */
export const jobIdProperty: INodeProperties = {
	displayName: 'Job ID',
	name: 'jobId',
	type: 'string',
	default: '={{ $json.externalId }}',
	required: true,
	description: 'The job_id that the toolkit gave when it took the job; our nodes call it externalId',
};

/** How far back a bulk question reaches. */
export const windowProperty: INodeProperties = {
	displayName: 'Window (Seconds)',
	name: 'sinceS',
	type: 'number',
	typeOptions: { minValue: 1, numberPrecision: 0 },
	default: STATUS_WINDOW_DEFAULT_S,
	description: 'How far back the list reaches. It should cover the oldest job that is still wanted.',
};
