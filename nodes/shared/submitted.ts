import type { IDataObject } from 'n8n-workflow';

import { videoIdOf } from '../../engine/video/graph';
import type { JobContext } from './jobContext';

/** What a submitting operation gives: the job it works for and the service's own id, for Mark Submitted. */
export function submittedItem(job: JobContext | undefined, externalId: string, more: IDataObject = {}): IDataObject {
	if (!job) return { externalId, ...more, status: 'submitted' };
	const { jobKey, attempt, h, inputHash } = job;
	return { jobKey, attempt, h, inputHash, videoId: videoIdOf(jobKey), externalId, ...more, status: 'submitted' };
}
