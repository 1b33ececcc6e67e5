import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { refuse } from '../../../../engine/result';
import { jobAnswer, videoAnswer } from '../../../../tracker/answers';
import { unwrap } from '../../../shared/errors';
import type { Operation } from '../../../shared/router';
import { getTracker } from '../../connection';
import { targetProperty } from '../common.descriptions';
import { readTarget, toJson } from '../read';

const properties: INodeProperties[] = [targetProperty];

export const description = updateDisplayOptions({ show: { resource: ['job'], operation: ['get'] } }, properties);

/** A job, or a video with all of its jobs, in the form of the API. */
export const execute: Operation = async function (itemIndex) {
	const tracker = await getTracker(this, itemIndex);
	const { videoId, jobKey } = await readTarget(this, tracker, itemIndex);
	const state = unwrap(this, await tracker.getStatus(videoId), itemIndex);
	if (jobKey === undefined) return toJson({ ...videoAnswer(state), jobs: state.jobs.map(jobAnswer) });
	const job = state.jobs.find((candidate) => candidate.jobKey === jobKey);
	if (job) return toJson(jobAnswer(job));
	return unwrap(this, refuse('not_found', 'There is no such job in this video.', 'target'), itemIndex);
};
