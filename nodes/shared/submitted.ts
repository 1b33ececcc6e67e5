import type { IDataObject } from 'n8n-workflow';

import type { JobContext } from './jobContext';

/** What a submitting operation gives: the job it works for and the service's own id, for Mark Submitted. */
export function submittedItem(job: JobContext | undefined, externalId: string, more: IDataObject = {}): IDataObject {
	if (!job) return { externalId, ...more, status: 'submitted' };
	const { jobKey, attempt, h, inputHash } = job;
	const videoId = jobKey.split('.')[0];
	return { jobKey, attempt, h, inputHash, videoId, externalId, ...more, status: 'submitted' };
}
