import { CLIP_CHECK_INTERVAL_S } from '../engine/video/constants';
import { deriveVideo } from '../engine/video/derive';
import { planVideo } from '../engine/video/planner';
import { isVideoEnded } from '../engine/video/transitions';
import { MS_PER_S } from './constants';
import type { VideoEntry } from './videoRows';

/**
 * When a video next wants a look, ms since the epoch: `nowMs` where it wants one now, Infinity where it wants none.
 *
 * @param tickS what is under way is looked at no later than after so many seconds, whatever its row says
 */
export function dueAtMs({ snapshot, segmentsReadAtMs }: VideoEntry, nowMs: number, tickS: number): number {
	const { claims, adoptions, waitingForClip, nextAttemptAtMs = Infinity } = planVideo(snapshot, nowMs);
	if (claims.length > 0 || adoptions.length > 0) return nowMs;
	if (deriveVideo(snapshot, waitingForClip, nowMs).status !== snapshot.video.status) return nowMs;
	const latestMs = nowMs + tickS * MS_PER_S;
	const checks = snapshot.jobs
		.filter((job) => job.status === 'processing')
		.map((job) => Math.min(job.nextCheckAtMs ?? nowMs, latestMs));
	const waits = !isVideoEnded(snapshot.video.status) && waitingForClip.length > 0;
	const clipsAtMs = waits ? segmentsReadAtMs + CLIP_CHECK_INTERVAL_S * MS_PER_S : Infinity;
	return Math.min(nextAttemptAtMs, clipsAtMs, ...checks);
}
