import { sleep } from 'n8n-workflow';

import { SANDBOX_BASE_ID, SANDBOX_TOKEN } from '../../sandbox/airtable/constants';
import { DEFAULT_SETTINGS } from '../../tracker/settings';
import { trackerOf, type Tracker } from '../../tracker/tracker';
import { HOSTS, type World } from '../world/world';
import type { Act } from './scenario';
import { putClip, rowsOf } from './table';

type InProcess = <T>(work: () => Promise<T>) => Promise<T | undefined>;

/** Does what a person does; false when it did not come to it (no such video, n8n is down, refused). */
export async function actOfPerson(
	world: World,
	act: Act,
	videoIds: Map<number, string>,
	inProcess: InProcess,
): Promise<boolean> {
	const videoId = videoIds.get(act.video);
	if (videoId === undefined) return false;
	if (act.kind === 'clip') {
		const rows = await rowsOf(world, 'Segments');
		const row = rows.find(({ fields }) => fields.video_id === videoId && fields.order === act.segment);
		if (!row) return false;
		await putClip(world, row, act.clip, act.id);
		world.journal.note({ kind: 'act', id: act.id, videoId, segment: act.segment, clip: act.clip });
		return true;
	}
	const jobs = (await rowsOf(world, 'Jobs')).filter(({ fields }) => fields.video_id === videoId);
	const picked = jobs[Math.floor(act.pick * jobs.length)]?.fields;
	if (!picked) return false;
	const order = /\.(\d{3})$/.exec(String(picked.job_key))?.[1];
	const target = {
		videoId,
		...(act.of === 'job' ? { jobKey: String(picked.job_key) } : {}),
		...(act.of === 'segment' && order !== undefined ? { segment: Number(order) } : {}),
	};
	const result = await inProcess(async () => await apply(theTracker(), act.kind, target));
	world.journal.note({
		kind: 'act',
		id: act.id,
		target,
		isOk: result?.ok ?? false,
		reason: result && !result.ok ? result.code : undefined,
	});
	return result?.ok ?? false;
}

async function apply(
	tracker: Tracker,
	kind: Act['kind'],
	target: { videoId: string; jobKey?: string; segment?: number },
) {
	if (kind === 'retry') return await tracker.retry(target);
	if (kind === 'cancel') return await tracker.cancel(target);
	if (kind === 'skip') return await tracker.skip(target);
	return await tracker.checkNow(target);
}

/** The tracker that the nodes of this life of n8n share. */
function theTracker(): Tracker {
	const connection = { token: SANDBOX_TOKEN, baseId: SANDBOX_BASE_ID, endpointUrl: `https://${HOSTS.airtable}` };
	return trackerOf(connection, DEFAULT_SETTINGS, { now: () => Date.now(), sleep }, Math.random);
}
