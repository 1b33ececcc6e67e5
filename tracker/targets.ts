import { ok, refuse, type Result } from '../engine/result';
import { formulaField, formulaString } from './airtable/formula';
import type { TrackerContext } from './context';
import { targetOf, type Target } from './people';
import { jobFromRecord, TABLES } from './rows';

/** The UUID by which a job is known outside, in `job_id`. */
const JOB_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** A video id, or a job key: `{video_id}.{step}[.{order}]`. */
const VIDEO_ID_OR_JOB_KEY = /^[A-Za-z0-9_-]{1,64}(\.[a-z]{1,20}(\.[0-9]{1,4})?)?$/;

const NOT_AN_ID = refuse('invalid_id', 'The id must be a video id, a job key or a job id.', 'id');

/** The job with this UUID, from memory or by one request. */
async function jobKeyOfId(context: TrackerContext, jobId: string): Promise<Result<string>> {
	for (const { snapshot } of context.cache.all()) {
		const known = snapshot.jobs.find((job) => job.jobId === jobId);
		if (known) return ok(known.jobKey);
	}
	const filterByFormula = `${formulaField('job_id')}=${formulaString(jobId)}`;
	const rows = await context.store.list(TABLES.jobs, { filterByFormula, maxRecords: 1 });
	if (!rows.ok) return rows;
	const [found] = rows.value.map(jobFromRecord);
	return found ? ok(found.jobKey) : refuse('not_found', `There is no job "${jobId}" in the tracker.`, 'id');
}

/**
 * What an id from outside names: a video, one of its segments, or one of its jobs. Costs at most one request, and only
 * for a job id that is not in memory.
 *
 * Codes: `invalid_id` for what can be no id (nothing is asked then), `invalid_segment`, `not_found`.
 *
 * @param id a video id, a job key or the UUID in `job_id`
 * @param segment order of a segment, from 1; only of a video
 */
export async function findTarget(context: TrackerContext, id: string, segment?: number): Promise<Result<Target>> {
	const isJobId = JOB_ID.test(id);
	if (!isJobId && !VIDEO_ID_OR_JOB_KEY.test(id)) return NOT_AN_ID;
	const key = isJobId ? await jobKeyOfId(context, id.toLowerCase()) : ok(id);
	if (!key.ok) return key;
	const target = targetOf(key.value, segment);
	if (segment === undefined) return ok(target);
	if (!Number.isSafeInteger(segment) || segment < 1)
		return refuse('invalid_segment', 'segment must be a whole number above zero.', 'segment');
	if (target.jobKey !== undefined)
		return refuse('invalid_segment', 'A job has no segments: leave segment out, or name the video.', 'segment');
	return ok(target);
}
